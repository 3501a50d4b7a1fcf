from __future__ import annotations

from django.urls import path

from regard.care.closures import views

app_name = "closures"
urlpatterns = [path("solved/<str:token>", views.solved, name="solved")]
