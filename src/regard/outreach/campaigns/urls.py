from __future__ import annotations

from django.urls import path

from regard.outreach.campaigns import views

app_name = "campaigns"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.edit, name="new"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/change", views.edit, name="edit"),
    path("<int:pk>/start", views.starting, name="starting"),
    path("<int:pk>/act", views.act, name="act"),
]
