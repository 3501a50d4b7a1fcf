from __future__ import annotations

from django.urls import path

from regard.metrics.explore import views

app_name = "explore"
urlpatterns = [path("", views.index, name="index"), path("csv", views.csv, name="csv")]
