from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from regard.care.complaints.public.models import ComplaintDoor


def address_of(door: ComplaintDoor) -> str:
    return f"{settings.SURVEY_URL or settings.PUBLIC_URL}{reverse('complaints:form', args=[door.token])}"
