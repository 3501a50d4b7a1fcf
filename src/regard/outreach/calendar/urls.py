from __future__ import annotations

from django.urls import path

from regard.outreach.calendar import views

app_name = "calendar"
urlpatterns = [
    path("notices/calendar", views.settings_of, name="settings"),
    path("calendar/<str:secret>.ics", views.feed, name="feed"),
]
