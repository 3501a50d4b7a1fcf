from __future__ import annotations

from django.urls import path

from regard.outreach.direct import views

app_name = "direct"
urlpatterns = [path("<int:pk>", views.write, name="write")]
