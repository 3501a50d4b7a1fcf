"""Words by which somebody says in a text that they want no more, or again, and what follows from them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from regard.customers.contact.consent.models import Consent, Decision
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.record_consent import record_consent
from regard.customers.contact.suppression.models import Why
from regard.customers.contact.suppression.suppress import Line, suppress
from regard.customers.identity.models import Identifier
from regard.customers.identity.names import PHONE, normalised

#: What providers take for it, and what people write in the languages that the product speaks.
_STOP = frozenset({
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "arret", "arrêt", "arrêter", "stopp", "abmelden",
    "baja", "parar", "alto", "basta", "ferma", "إيقاف", "توقف", "الغاء", "إلغاء",
})  # fmt: skip
_START = frozenset({"start", "unstop", "yes", "oui", "ja", "si", "sí", "sì", "alta", "نعم", "ابدأ"})


def word_of(text: str) -> str:
    """`stop`, `start`, or "" for anything else: only a text that is nothing but the word counts."""
    plain = " ".join(text.strip(" .!\u200f").casefold().split())
    return "stop" if plain in _STOP else "start" if plain in _START else ""


@transaction.atomic
def stop(workspace: int, number: str, *, channel: str, now: datetime, by: str) -> None:
    """Nothing that can be refused goes to them by this channel any more. A number that is nobody's is barred itself."""
    customer = customer_of(workspace, number)
    if customer is None:
        suppress(workspace, [Line(1, normalised(PHONE, number) or number)], why=Why.ASKED, by=by, now=now)
        return
    for purpose in Purpose.objects.filter(workspace=workspace, retired=None):
        if purpose.can_be_refused:
            _record(workspace, customer, purpose, Decision.WITHDRAWN, channel, number, now, by)


@transaction.atomic
def start(workspace: int, number: str, *, channel: str, now: datetime, by: str) -> None:
    """They take back a no that they said by this channel; what they never refused stays as it is."""
    customer = customer_of(workspace, number)
    if customer is None:
        return
    for purpose in Purpose.objects.filter(workspace=workspace, retired=None):
        last = Consent.objects.filter(profile=customer, purpose=purpose, channel=channel).order_by("-at", "-id").first()
        if last is not None and last.decision == Decision.WITHDRAWN:
            _record(workspace, customer, purpose, Decision.GIVEN, channel, number, now, by)


def customer_of(workspace: int, number: str) -> int | None:
    spelled = normalised(PHONE, number)
    found = Identifier.objects.filter(workspace=workspace, namespace=PHONE, value=spelled).select_related("profile").first()
    return found.profile.customer_id if found is not None and spelled else None


def _record(workspace: int, customer: int, purpose: Purpose, decision: str, channel: str, number: str, now: datetime, by: str) -> None:
    record_consent(
        workspace, customer, purpose=purpose.key, channel=channel, decision=decision, source="customer", by=by, now=now,
        address=normalised(PHONE, number),
    )  # fmt: skip
