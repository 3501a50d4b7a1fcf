from __future__ import annotations

from django.urls import path

from regard.governance.initiatives import comment_views, views

app_name = "initiatives"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.edit, name="new"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/edit", views.edit, name="edit"),
    path("<int:pk>/measure", views.again, name="measure"),
    path("<int:pk>/tasks", views.task, name="task"),
    path("<int:pk>/stage", views.move, name="stage"),
    path("<int:pk>/comments", comment_views.comments, name="comments"),
]
