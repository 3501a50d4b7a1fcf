from __future__ import annotations

from django.urls import path

from regard.listening.visits import views

app_name = "visits"
urlpatterns = [
    path("surveys/<int:pk>/visits", views.index, name="index"),
    path("visits/<int:pk>/telling", views.tell, name="tell"),
    path("visits/<int:pk>/cancelling", views.cancel, name="cancel"),
]
