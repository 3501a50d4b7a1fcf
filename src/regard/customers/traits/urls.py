from __future__ import annotations

from django.urls import path

from regard.customers.traits import catalogue_views, views

app_name = "traits"
urlpatterns = [
    path("", catalogue_views.index, name="index"),
    path("progress", catalogue_views.progress, name="progress"),
    path("one", catalogue_views.edit, name="edit"),
    path("one/fit", catalogue_views.show_fit, name="fit"),
    path("one/removal", catalogue_views.remove, name="removal"),
    path("trust", catalogue_views.trust_order, name="trust"),
    path("of/<int:pk>", views.panel, name="panel"),
    path("of/<int:pk>/one", views.one, name="one"),
    path("of/<int:pk>/one/return", views.put_back, name="return"),
]
