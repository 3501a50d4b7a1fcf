from __future__ import annotations

from django.urls import path

from regard.ledger.timeline import views

app_name = "timeline"
urlpatterns = [path("<int:pk>", views.panel, name="panel"), path("<int:pk>/scores", views.scores, name="scores")]
