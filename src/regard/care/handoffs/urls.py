from __future__ import annotations

from django.urls import path

from regard.care.handoffs import views

app_name = "handoffs"
urlpatterns = [path("", views.index, name="index"), path("received", views.received, name="received")]
