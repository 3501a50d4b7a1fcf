from __future__ import annotations

from django.urls import path

from regard.segments.lists import views

app_name = "lists"
urlpatterns = [
    path("new", views.new, name="new"),
    path("<int:pk>/name", views.rename, name="rename"),
    path("<int:pk>/customers", views.paste, name="paste"),
    path("<int:pk>/without/<int:customer>", views.take_off, name="take_off"),
    path("with/<int:customer>", views.put_on, name="put_on"),
]
