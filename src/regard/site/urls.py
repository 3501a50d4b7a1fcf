from __future__ import annotations

from django.urls import include, path

from regard.site import health

urlpatterns = [
    path("health", health.show, name="health"),
    path("account/", include("allauth.urls")),
    path("", include("regard.workspace.urls")),
]
