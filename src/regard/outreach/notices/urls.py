from __future__ import annotations

from django.urls import path

from regard.outreach.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>", views.open_one, name="open"),
]
