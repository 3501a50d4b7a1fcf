from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from regard.site import health
from regard.site.api import api

urlpatterns = [
    path("health", health.show, name="health"),
    path("language", set_language, name="language"),
    path("api/", api.urls),
    path("control/", include("regard.site.control")),
    path("account/", include("allauth.urls")),
    path("", include("regard.workspace.urls")),
]
