from __future__ import annotations

from django.urls import path

from regard.listening.widgets import views

app_name = "widgets"
urlpatterns = [
    path("w.js", views.script, name="script"),
    path("surveys/<int:pk>/widgets", views.index, name="index"),
    path("surveys/<int:pk>/widgets/new", views.new, name="new"),
    path("surveys/widgets/<int:pk>", views.show, name="show"),
    path("surveys/widgets/<int:pk>/edit", views.edit, name="edit"),
    path("surveys/widgets/<int:pk>/trial", views.try_out, name="trial"),
    path("surveys/widgets/<int:pk>/secret", views.secret, name="secret"),
    path("surveys/widgets/<int:pk>/closing", views.close, name="close"),
]
