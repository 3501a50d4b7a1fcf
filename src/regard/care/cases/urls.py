from __future__ import annotations

from django.urls import path

from regard.care.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.add, name="new"),
    path("act", views.act_on_many, name="act_on_many"),
    path("of/<int:pk>", views.panel, name="panel"),
    path("<int:number>", views.show, name="show"),
    path("<int:number>/act", views.act, name="act"),
    path("<int:number>/others", views.presence, name="presence"),
]
