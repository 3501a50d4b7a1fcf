from __future__ import annotations

from django.urls import path

from regard.listening.answering import views

app_name = "answering"
urlpatterns = [
    path("i/<str:token>", views.invited, name="invited"),
    path("s/<slug:token>", views.start, name="start"),
    path("r/<slug:token>", views.go_on, name="response"),
    path("s/<str:token>/colours.css", views.brand, name="brand"),
]
