from __future__ import annotations

from django.urls import path

from regard.dashboards.pulse import views

app_name = "pulse"
urlpatterns = [path("", views.index, name="index")]
