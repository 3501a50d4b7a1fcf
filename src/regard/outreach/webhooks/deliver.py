"""Delivers what waits, signed by the Standard Webhooks scheme, through the one client that reaches no private network."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from standardwebhooks import Webhook

from regard import outbound
from regard.outreach.sealed import Unreadable
from regard.outreach.webhooks.models import Delivery, Endpoint, Kind

_BATCH = 50
_LEASE = timedelta(minutes=3)
#: How long it waits before each further try: three days in all.
WAITS = (
    timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6), timedelta(hours=12),
    timedelta(hours=24), timedelta(hours=24),
)  # fmt: skip
_SECONDS = 10.0


class NotTaken(Exception):
    """It was not delivered. The message says why."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


def refuse_unfit(url: str) -> None:
    """What is told of customers travels encrypted, unless the operator named the host. Raises outbound.Refused."""
    outbound.checked(url, encrypted=True)


def deliver_due(*, seconds: float = 50.0) -> int:
    """For about so long, or until nothing is due. Returns how many were taken."""
    end, taken = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        batch = _lease(now=timezone.now())
        if not batch:
            break
        for one in batch:
            if time.monotonic() > end:
                break  # its lease ends by itself
            taken += _deliver(one)
    return taken


@transaction.atomic
def _lease(*, now: datetime) -> list[Delivery]:
    """Few of each endpoint: one that hangs holds up its own alone."""
    open_ones = Delivery.objects.filter(delivered=None, given_up=None, due__lte=now).exclude(leased__gt=now)
    found = list(open_ones.select_for_update(of=("self",), skip_locked=True).select_related("endpoint").order_by("due", "id")[:_BATCH])
    Delivery.objects.filter(pk__in=[one.pk for one in found]).update(leased=now + _LEASE)
    return found


def _deliver(one: Delivery) -> bool:
    now = timezone.now()
    try:
        if one.endpoint.removed is not None:
            raise NotTaken(_("There is no such address any more."))
        status = send(one.endpoint, one.key, one.event, one.body)
    except NotTaken as problem:
        over = one.attempts >= len(WAITS) or one.endpoint.removed is not None
        Delivery.objects.filter(pk=one.pk).update(
            attempts=one.attempts + 1, trouble=str(problem)[:300], status=problem.status, leased=None, given_up=now if over else None,
            due=one.due if over else now + WAITS[one.attempts],
        )  # fmt: skip
        Endpoint.objects.filter(pk=one.endpoint_id).update(trouble=str(problem)[:300])
        return False
    Delivery.objects.filter(pk=one.pk).update(attempts=one.attempts + 1, delivered=now, status=status, trouble="", leased=None)
    if one.endpoint.trouble:
        Endpoint.objects.filter(pk=one.endpoint_id).update(trouble="")
    return True


def _written(endpoint: Endpoint, key: str, event: str, body: Mapping[str, object]) -> tuple[bytes, dict[str, str]]:
    """What is sent, and its headers. Raises Unreadable."""
    plain = {"Content-Type": "application/json", "webhook-id": key}
    if endpoint.kind != Kind.SYSTEM:
        return msgspec.json.encode(chat(endpoint.kind, str(body.get("text") or event), str(body.get("link") or ""))), plain
    at = datetime.now(UTC)
    payload = msgspec.json.encode({"type": event, "timestamp": at.isoformat(), "data": body})
    signature = Webhook(endpoint.settings["secret"]).sign(key, at, payload.decode())
    return payload, plain | {"webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def chat(kind: str, text: str, link: str) -> dict[str, object]:
    """As channels take it: nothing that customers typed is markup there."""
    if kind == Kind.SLACK:
        plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return {"text": f"{plain}\n<{link}|{link}>" if link else plain}
    card: dict[str, object] = {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": text, "wrap": True}]}
    if link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Regard", "url": link}]
    return {"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]}


def send(endpoint: Endpoint, key: str, event: str, body: Mapping[str, object]) -> int:
    """Once; the status of what was answered. Raises NotTaken."""
    try:
        refuse_unfit(endpoint.address)
        payload, headers = _written(endpoint, key, event, body)
        answer = outbound.post(endpoint.address, payload, headers, seconds=_SECONDS)
    except (outbound.Refused, outbound.Unreachable, Unreadable) as problem:
        raise NotTaken(str(problem)) from None
    if 300 <= answer.status < 400:
        raise NotTaken(_("It answered with a redirect (%(n)s), which is not followed.") % {"n": answer.status}, answer.status)
    if not answer.good:
        raise NotTaken(_("It answered %(n)s.") % {"n": answer.status}, answer.status)
    return answer.status
