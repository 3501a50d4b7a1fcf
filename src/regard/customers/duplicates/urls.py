from __future__ import annotations

from django.urls import path

from regard.customers.duplicates import views

app_name = "duplicates"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/decision", views.decide, name="decide"),
    path("search", views.search, name="search"),
    path("progress", views.progress, name="progress"),
    path("acceptance", views.accept, name="accept"),
    path("settings", views.settings, name="settings"),
]
