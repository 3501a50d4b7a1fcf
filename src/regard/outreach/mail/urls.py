from __future__ import annotations

from django.urls import path

from regard.outreach.mail import hooks, views

app_name = "mail"
urlpatterns = [
    path("settings/mail", views.show, name="show"),
    path("settings/mail/trial", views.trial, name="trial"),
    path("hooks/mail/<str:hook>", hooks.report, name="report"),
    path("hooks/mail/<str:hook>/returned", hooks.returned, name="returned"),
]
