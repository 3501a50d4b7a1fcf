from __future__ import annotations

from django.urls import path

from regard.dashboards.huddle import views

app_name = "huddle"
urlpatterns = [
    path("", views.index, name="index"),
    path("act", views.act, name="act"),
]
