from __future__ import annotations

from django.urls import path

from regard.outreach.mail.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("settings/mailbox", views.show, name="show"),
    path("settings/mailbox/read", views.read, name="read"),
    path("settings/mailbox/remove", views.remove, name="remove"),
]
