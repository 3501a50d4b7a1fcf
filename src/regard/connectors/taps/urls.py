from __future__ import annotations

from django.conf import settings
from django.urls import path

from regard.connectors.taps import owner_views, stream_views, views

app_name = "connections"
#: An operator who switches connections off has no pages of them either.
urlpatterns = [
    path("", views.index, name="index"),
    path("new", owner_views.new, name="new"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/progress", views.progress, name="progress"),
    path("<int:pk>/tap", owner_views.edit, name="edit"),
    path("<int:pk>/installation", owner_views.install, name="install"),
    path("<int:pk>/settings", owner_views.settings, name="settings"),
    path("<int:pk>/test", views.test, name="test"),
    path("<int:pk>/run", views.run, name="run"),
    path("<int:pk>/stop", views.stop, name="stop"),
    path("<int:pk>/schedule", views.schedule, name="schedule"),
    path("<int:pk>/runs", views.runs, name="runs"),
    path("<int:pk>/runs/<int:number>", views.log, name="log"),
    path("<int:pk>/starting-over", views.again, name="again"),
    path("<int:pk>/undoing", views.undo, name="undo"),
    path("<int:pk>/removal", views.remove, name="remove"),
    path("<int:pk>/streams", stream_views.choose, name="streams"),
    path("<int:pk>/streams/<int:stream>", stream_views.edit_map, name="map"),
    path("<int:pk>/streams/<int:stream>/text", stream_views.text, name="text"),
    path("<int:pk>/streams/<int:stream>/guess", stream_views.guess, name="guess"),
    path("<int:pk>/streams/<int:stream>/sample", stream_views.sample, name="sample"),
    path("<int:pk>/streams/<int:stream>/fields", stream_views.fields, name="fields"),
    path("<int:pk>/streams/<int:stream>/refused.csv", views.refused, name="refused"),
] if settings.TAPS else []  # fmt: skip
