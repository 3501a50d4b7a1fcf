from __future__ import annotations

from django.urls import path

from regard.listening.inbox import views

app_name = "inbox"
urlpatterns = [
    path("", views.index, name="index"),
    path("export", views.export, name="export"),
    path("act", views.act_on_many, name="act_on_many"),
    path("<uuid:response>", views.show, name="show"),
    path("<uuid:response>/files/<slug:question>", views.file, name="file"),
    path("<uuid:response>/act", views.act, name="act"),
]
