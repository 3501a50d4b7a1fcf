"""The yardstick for single events: what one would write first, a django-ninja view with an ORM insert, beside our collector."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path
from ninja import NinjaAPI, Schema

from regard.ledger.refused.models import RefusedRequest
from regard.site.urls import urlpatterns as ours


class EventIn(Schema):
    type: str
    event: str
    messageId: str
    userId: str
    timestamp: str
    properties: dict[str, Any]


class Body(Schema):
    batch: list[EventIn]


api = NinjaAPI(urls_namespace="bench")


@api.post("/event")
def take(request: HttpRequest, body: Body) -> dict[str, bool]:
    from django.utils import timezone

    for event in body.batch:
        RefusedRequest.objects.create(
            source_id=1,
            hour=timezone.now(),
            code=event.messageId[-40:],
            detail=event.event,
            latest=timezone.now(),
            sample=str(event.properties).encode(),
        )
    return {"success": True}


urlpatterns = [path("bench/", api.urls), *ours]
