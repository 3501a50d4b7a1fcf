from __future__ import annotations

from django.urls import path

from regard.connectors.writeback import views

app_name = "writeback"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.new, name="new"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/settings", views.edit, name="edit"),
    path("<int:pk>/secret", views.secret, name="secret"),
    path("<int:pk>/old-secret", views.old_secret, name="old_secret"),
    path("<int:pk>/server-key", views.host_key, name="host_key"),
    path("<int:pk>/trial", views.trial, name="trial"),
    path("<int:pk>/switch", views.switch, name="switch"),
    path("<int:pk>/delivery", views.send, name="send"),
    path("<int:pk>/deliveries/<int:number>/again", views.again, name="again"),
    path("<int:pk>/deliveries/<int:number>/end", views.stop, name="stop"),
    path("<int:pk>/heeding", views.heed, name="heed"),
    path("<int:pk>/removal", views.remove, name="remove"),
]
