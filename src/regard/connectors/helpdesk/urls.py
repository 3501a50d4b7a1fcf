from __future__ import annotations

from django.urls import path

from regard.connectors.helpdesk import views

app_name = "helpdesk"
urlpatterns = [
    path("", views.show, name="show"),
    path("read", views.read, name="read"),
    path("pause", views.pause, name="pause"),
    path("remove", views.remove, name="remove"),
]
