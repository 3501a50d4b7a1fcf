from __future__ import annotations

from django.urls import path

from regard.metrics.accounts import views

app_name = "accountscores"
urlpatterns = [path("<int:pk>/scores", views.panel, name="panel")]
