from __future__ import annotations

from django.urls import path

from regard.segments.bulk import views

app_name = "bulk"
urlpatterns = [path("new", views.new, name="new"), path("<int:pk>", views.show, name="show")]
