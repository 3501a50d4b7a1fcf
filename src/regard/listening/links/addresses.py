from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def host_of_surveys(request: HttpRequest) -> str:
    """Where respondents find surveys: the host that is set for them, else the one that the member is at."""
    return settings.SURVEY_URL or request.build_absolute_uri("/").rstrip("/")
