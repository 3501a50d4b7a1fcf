from __future__ import annotations

from django.urls import path

from regard.customers.people import views
from regard.customers.saved import views as saved

app_name = "customers"
urlpatterns = [
    path("", views.index, name="index"),
    path("export", views.export, name="export"),
    path("<int:pk>", views.show, name="show"),
    path("views/new", saved.add, name="view_new"),
    path("views/<int:pk>/removal", saved.remove, name="view_remove"),
]
