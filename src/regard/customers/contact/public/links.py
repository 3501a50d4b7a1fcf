"""Links that customers are sent. Whoever has one may act for the customer it names, and for nobody else; it says no more than ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from regard.customers.contact.channels import Channel
from regard.customers.contact.consent.models import Consent
from regard.customers.contact.purposes.models import Purpose
from regard.customers.people.models import Profile
from regard.workspace.workspaces.models import Workspace

#: How long a link to confirm works, and how long a click on "that was a mistake" does.
CONFIRM_WITHIN = timedelta(days=7)
UNDO_WITHIN = timedelta(days=1)
_CONFIRM, _UNSUBSCRIBE, _UNDO = "regard.contact.confirm", "regard.contact.unsubscribe", "regard.contact.undo"


@dataclass(frozen=True)
class Subscription:
    """What an unsubscribe link stands for."""

    workspace: Workspace
    customer: int
    purpose: Purpose
    channel: str


def unsubscribe_link(workspace: int, customer: int, *, purpose: str, channel: str) -> str:
    """For the foot of every message. It does not expire: mail is read late."""
    about = Purpose.objects.get(workspace_id=workspace, key=purpose)
    return links_to_unsubscribe(workspace, [customer], purpose=about, channel=channel)[customer]


def links_to_unsubscribe(workspace: int, customers: list[int], *, purpose: Purpose, channel: str) -> dict[int, str]:
    """The same for many customers, without asking the database."""
    channel = Channel(channel)
    return {
        customer: _public("contact:unsubscribe", signing.dumps([workspace, customer, purpose.pk, channel], salt=_UNSUBSCRIBE))
        for customer in customers
    }  # fmt: skip


def unsubscribe_headers(link: str) -> dict[str, str]:
    """RFC 2369 and RFC 8058: mail programs show a button of their own for these."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read_unsubscribe(link: str) -> Subscription | None:
    """What a link stands for; None for one that is not ours or whose customer is gone."""
    read = _read(link, _UNSUBSCRIBE)
    if not isinstance(read, list):
        return None
    workspace, customer, purpose, channel = read
    profile = Profile.objects.filter(pk=customer, workspace_id=workspace).select_related("workspace").first()
    about = Purpose.objects.filter(pk=purpose, workspace_id=workspace).first()
    if profile is None or about is None or channel not in Channel.values:
        return None
    return Subscription(profile.workspace, profile.customer_id, about, channel)


def confirm_link(request: Consent) -> str:
    return _public("contact:confirm", signing.dumps(request.pk, salt=_CONFIRM))


def read_confirm(link: str) -> Consent | None:
    """The request behind a link, used or not; None when it is not ours or too old."""
    pk = _read(link, _CONFIRM, CONFIRM_WITHIN)
    return (
        Consent.objects.select_related("purpose", "workspace", "text").filter(pk=pk).first()
        if isinstance(pk, int)
        else None
    )


def undo_token(rows: list[Consent]) -> str:
    return signing.dumps([row.pk for row in rows], salt=_UNDO)


def read_undo(token: str) -> list[int]:
    read = _read(token, _UNDO, UNDO_WITHIN)
    return read if isinstance(read, list) else []


def _public(route: str, link: str) -> str:
    """Built from the configured address, never from a request's Host header."""
    return f"{settings.SURVEY_URL or settings.PUBLIC_URL}{reverse(route, args=[link])}"


def _read(link: str, salt: str, within: timedelta | None = None) -> object:
    try:
        return signing.loads(link, salt=salt, max_age=within)
    except (signing.BadSignature, ValueError):
        return None
