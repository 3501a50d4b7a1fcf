from __future__ import annotations

from django.urls import path

from regard.playbooks.rules import views

app_name = "playbooks"
urlpatterns = [
    path("", views.index, name="index"),
    path("begin", views.begin, name="begin"),
    path("stop", views.stop_all, name="stop_all"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/edit", views.edit, name="edit"),
    path("<int:pk>/trial", views.trial, name="trial"),
    path("<int:pk>/switch", views.switch, name="switch"),
    path("<int:pk>/retirement", views.retirement, name="retirement"),
    path("<int:pk>/rules/new", views.rule, name="rule_new"),
    path("<int:pk>/rules/<int:number>", views.rule, name="rule"),
    path("<int:pk>/rules/<int:number>/removal", views.rule_remove, name="rule_remove"),
    path("<int:pk>/runs/<int:run>", views.run, name="run"),
]
