from __future__ import annotations

from django.urls import path

from regard.customers.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.add, name="new"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/edit", views.edit, name="edit"),
    path("<int:pk>/people", views.join, name="join"),
    path("<int:pk>/people/<int:id>/departure", views.leave, name="leave"),
    path("of/<int:pk>", views.panel, name="panel"),
]
