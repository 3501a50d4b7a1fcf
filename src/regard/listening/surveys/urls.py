from __future__ import annotations

from django.urls import path

from regard.listening.links import views as links
from regard.listening.responses import views as responses
from regard.listening.surveys import views

app_name = "surveys"
urlpatterns = [
    path("", views.index, name="index"),
    path("begin", views.begin, name="begin"),
    path("new", views.add, name="new"),
    path("preview", views.preview, name="preview"),
    path("<int:pk>", views.show, name="show"),
    path("<int:pk>/edit", views.edit, name="edit"),
    path("<int:pk>/answers", responses.index, name="answers"),
    path("<int:pk>/translations.csv", views.translations, name="translations"),
    path("<int:pk>/translations", views.translate, name="translate"),
    path("<int:pk>/publication", views.publish, name="publish"),
    path("<int:pk>/retirement", views.retirement, name="retirement"),
    path("<int:pk>/links", links.add, name="link_new"),
    path("links/<int:pk>/code.svg", links.code, name="code"),
    path("links/<int:pk>/closing", links.close, name="link_close"),
]
