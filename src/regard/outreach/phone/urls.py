from __future__ import annotations

from django.urls import path

from regard.outreach.phone import hooks, views

app_name = "phone"
urlpatterns = [
    path("settings/texts/<slug:kind>", views.show, name="show"),
    path("settings/texts/<slug:kind>/trial", views.trial, name="trial"),
    path("hooks/phone/<str:hook>", hooks.hook, name="hook"),
]
