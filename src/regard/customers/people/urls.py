from __future__ import annotations

from django.urls import path

from regard.customers.people import views

app_name = "customers"
urlpatterns = [path("", views.index, name="index"), path("<int:pk>", views.show, name="show")]
