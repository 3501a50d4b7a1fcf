"""What became of messages: noted once, told to whoever had them sent, and to the contact policy where it says something of the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from regard.customers.contact.suppression.models import Why
from regard.customers.contact.suppression.suppress import Line, suppress
from regard.outreach.messages.models import Bounce, Message
from regard.outreach.messages.senders import SENDERS, Outcome

_FIELD = {
    Outcome.SENT: "sent", Outcome.DROPPED: "dropped", Outcome.DELIVERED: "delivered", Outcome.OPENED: "opened", Outcome.SOFT: "bounced",
    Outcome.HARD: "bounced", Outcome.COMPLAINED: "complained",
}  # fmt: skip
#: An address that so many messages in a row came back from, if only for now, counts as gone.
_SOFT_IN_A_ROW = 5


@transaction.atomic
def note(messages: Sequence[Message], outcome: Outcome, *, now: datetime, trouble: str = "") -> None:
    """Repeats change nothing. A hard bounce may follow a soft one, never the other way round."""
    field = _FIELD[outcome]
    open_ones = Message.objects.select_for_update().filter(pk__in=[one.pk for one in messages])
    if outcome is Outcome.HARD:
        fresh = list(open_ones.exclude(bounce=Bounce.HARD))
    else:
        fresh = list(open_ones.filter(**{field: None}))
    if not fresh:
        return
    changes: dict[str, object] = {field: now}
    if outcome in (Outcome.SOFT, Outcome.HARD):
        changes["bounce"] = Bounce(outcome.value)
    if trouble:
        changes["trouble"] = trouble[:300]
    Message.objects.filter(pk__in=[one.pk for one in fresh]).update(**changes)
    _bar(fresh, outcome, now)
    for kind in {one.sender_kind for one in fresh}:
        if kind in SENDERS:
            SENDERS[kind].told([one for one in fresh if one.sender_kind == kind], outcome, now)


def _bar(messages: Sequence[Message], outcome: Outcome, now: datetime) -> None:
    """Addresses that are never to be used again."""
    barred = {Outcome.HARD: Why.BOUNCE, Outcome.SOFT: Why.BOUNCE, Outcome.COMPLAINED: Why.COMPLAINT}.get(outcome)
    if barred is None:
        return
    for one in messages:
        if outcome is not Outcome.SOFT or _keeps_coming_back(one):
            lines = [Line(1, one.address)]
            suppress(one.workspace_id, lines, why=barred, by=f"{one.channel} provider", now=now)


def _keeps_coming_back(message: Message) -> bool:
    last = Message.objects.filter(
        workspace=message.workspace_id, profile=message.profile_id, address=message.address
    ).exclude(sent=None)
    bounces = list(last.order_by("-sent").values_list("bounce", flat=True)[:_SOFT_IN_A_ROW])
    return len(bounces) == _SOFT_IN_A_ROW and all(bounces)
