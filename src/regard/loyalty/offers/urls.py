from __future__ import annotations

from django.urls import path

from regard.loyalty.offers import views

app_name = "offers"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.edit, name="new"),
    path("of/<int:pk>", views.panel, name="panel"),
    path("of/<int:pk>/telling", views.telling, name="telling"),
    path("of/<int:pk>/act", views.act, name="act"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/edit", views.edit, name="edit"),
    path("<int:pk>/retirement", views.retirement, name="retirement"),
]
