from __future__ import annotations

from django.urls import path

from regard.listening.kiosk import views

app_name = "kiosk"
urlpatterns = [
    path("k/kiosk.js", views.script, name="script"),
    path("k/worker.js", views.service_worker, name="worker"),
    path("k/<slug:token>", views.show, name="show"),
    path("k/<slug:token>/app.webmanifest", views.manifest, name="manifest"),
    path("surveys/<int:pk>/kiosks", views.index, name="index"),
    path("surveys/<int:pk>/kiosks/new", views.add, name="new"),
]
