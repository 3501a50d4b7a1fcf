from __future__ import annotations

from django.urls import path

from regard.outreach.templates import views

app_name = "templates"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.edit, name="new"),
    path("<int:pk>", views.edit, name="edit"),
    path("<int:pk>/preview", views.preview, name="preview"),
    path("<int:pk>/test", views.trial, name="trial"),
    path("<int:pk>/retirement", views.retire, name="retire"),
]
