from __future__ import annotations

from django.urls import path

from regard.care.loop import views

app_name = "loop"
urlpatterns = [path("", views.index, name="index")]
