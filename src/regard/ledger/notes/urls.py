from __future__ import annotations

from django.urls import path

from regard.ledger.notes import views

app_name = "notes"
urlpatterns = [
    path("mentions", views.mentions, name="mentions"),
    path("<int:pk>", views.panel, name="panel"),
    path("<int:pk>/note", views.note, name="note"),
    path("<int:pk>/contact", views.contact, name="contact"),
    path("<int:pk>/written/<int:id>/removal", views.removal, name="removal"),
]
