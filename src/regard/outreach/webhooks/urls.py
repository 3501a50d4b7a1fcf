from __future__ import annotations

from django.urls import path

from regard.outreach.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/act", views.act, name="act"),
    path("<int:pk>/deliveries/<int:delivery>", views.body, name="body"),
]
