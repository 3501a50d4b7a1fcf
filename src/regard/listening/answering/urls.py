from __future__ import annotations

from django.urls import path

from regard.listening.answering import views

app_name = "answering"
urlpatterns = [
    path("s/<slug:token>", views.start, name="start"),
    path("r/<slug:token>", views.go_on, name="response"),
    path("s/<slug:token>/colours.css", views.brand, name="brand"),
]
