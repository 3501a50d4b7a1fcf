from __future__ import annotations

from django.urls import path

from regard.listening.invitations import views as invitations
from regard.listening.planner import views as planner
from regard.listening.programmes import views

app_name = "programmes"
urlpatterns = [
    path("", views.index, name="index"),
    path("begin", views.begin, name="begin"),
    path("new", views.add, name="new"),
    path("of/<int:pk>", invitations.panel, name="panel"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/edit", views.edit, name="edit"),
    path("<int:pk>/message", views.message, name="message"),
    path("<int:pk>/mail", views.mail, name="mail"),
    path("<int:pk>/plan", planner.show, name="plan"),
    path("<int:pk>/launch", views.launching, name="launch"),
    path("<int:pk>/pause", views.pause, name="pause"),
    path("<int:pk>/end", views.ending, name="end"),
    path("<int:pk>/unanswered", views.unanswered, name="unanswered"),
]
