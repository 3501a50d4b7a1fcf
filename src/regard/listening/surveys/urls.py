from __future__ import annotations

from django.urls import path

from regard.listening.links import asking
from regard.listening.links import views as links
from regard.listening.mine import heard
from regard.listening.surveys import views
from regard.listening.surveys.blocks import views as blocks
from regard.listening.surveys.imports import views as imports
from regard.listening.surveys.versions import views as versions

app_name = "surveys"
urlpatterns = [
    path("", views.index, name="index"),
    path("begin", views.begin, name="begin"),
    path("new", views.add, name="new"),
    path("preview", views.preview, name="preview"),
    path("<int:pk>", views.show, name="show"),
    path("colours/<slug:colour>.css", views.colours, name="colours"),
    path("import", imports.add, name="import"),
    path("<int:pk>/edit", blocks.edit, name="edit"),
    path("<int:pk>/edit/text", views.text, name="text"),
    path("<int:pk>/edit/kinds", blocks.kinds, name="kinds"),
    path("<int:pk>/edit/act", blocks.act, name="act"),
    path("<int:pk>/edit/removal/<str:what>", blocks.removal, name="removal"),
    path("<int:pk>/edit/renewal", blocks.renewal, name="renewal"),
    path("<int:pk>/versions", versions.index, name="versions"),
    path("asking/<int:pk>", asking.ask, name="ask"),
    path("<int:pk>/heard", heard.index, name="heard"),
    path("heard/<int:pk>/removal", heard.remove, name="heard_remove"),
    path("<int:pk>/translations.csv", views.translations, name="translations"),
    path("<int:pk>/translations.xlf", views.xliff, name="xliff"),
    path("<int:pk>/translations", views.translate, name="translate"),
    path("<int:pk>/publication", views.publish, name="publish"),
    path("<int:pk>/retirement", views.retirement, name="retirement"),
    path("<int:pk>/links", links.add, name="link_new"),
    path("links/<int:pk>/code.svg", links.code, name="code"),
    path("links/<int:pk>/closing", links.close, name="link_close"),
]
