from __future__ import annotations

from django.urls import path

from regard.care.queues import views

app_name = "queues"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.edit, name="new"),
    path("<int:pk>", views.edit, name="edit"),
    path("<int:pk>/retirement", views.retire, name="retire"),
    path("hours/<int:pk>", views.hours, name="hours"),
    path("templates/new", views.template, name="template_new"),
    path("templates/<int:pk>", views.template, name="template"),
    path("causes", views.cause, name="cause"),
    path("causes/<int:pk>", views.cause_rename, name="cause_rename"),
    path("causes/<int:pk>/retirement", views.cause_retire, name="cause_retire"),
]
