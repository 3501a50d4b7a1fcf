from __future__ import annotations

from django.urls import path

from regard.connectors.files import map_views, views

app_name = "imports"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.new, name="new"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/progress", views.progress, name="progress"),
    path("<int:pk>/refused.csv", views.refused, name="refused"),
    path("<int:pk>/undoing", views.undo, name="undo"),
    path("<int:pk>/dropping", views.drop, name="drop"),
    path("<int:pk>/map", map_views.edit, name="map"),
    path("<int:pk>/map/answers", map_views.answer, name="answer"),
    path("<int:pk>/map/guess", map_views.again, name="guess"),
    path("<int:pk>/map/text", map_views.text, name="text"),
]
