from __future__ import annotations

from django.urls import path

from regard.listening.inapp import views

app_name = "inapp"
urlpatterns = [
    path("surveys/<slug:key>", views.survey, name="survey"),
    path("surveys/<slug:key>/definition", views.definition, name="definition"),
    path("widgets/<slug:key>", views.widget, name="widget"),
    path("files/<slug:key>", views.file, name="file"),
    path("responses/<slug:token>", views.response, name="response"),
]
