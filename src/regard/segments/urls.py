from __future__ import annotations

from django.urls import path

from regard.segments import views

app_name = "segments"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.add, name="new"),
    path("draft", views.draft, name="draft"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/editing", views.edit, name="edit"),
    path("<int:pk>/conditions", views.text, name="text"),
    path("<int:pk>/retirement", views.retirement, name="retirement"),
    path("of/<int:pk>", views.panel, name="panel"),
]
