from __future__ import annotations

from django.urls import path

from regard.segments.computed import views

app_name = "computed"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.add, name="new"),
    path("draft", views.draft, name="draft"),
    path("<int:pk>", views.edit, name="edit"),
    path("<int:pk>/removal", views.removal, name="removal"),
    path("of/<int:pk>", views.panel, name="panel"),
]
