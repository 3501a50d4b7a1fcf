from __future__ import annotations

from django.urls import path

from regard.listening.look import views

app_name = "look"
urlpatterns = [
    path("surveys/look", views.edit, name="edit"),
    path("look/<slug:key>.png", views.logo, name="logo"),
]
