"""What colleagues write down about customers by hand: notes, and contacts that no system recorded. They go through the inbox like all else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from regard.ledger.inbox.models import InboxRow
from regard.ledger.inbox.put import put_rows
from regard.ledger.notes.models import Mention
from regard.ledger.record.correct import forget
from regard.ledger.record.events import item_id
from regard.ledger.sources.product import product_source
from regard.workspace.members.models import Member

#: The source of what people write by hand.
BY_HAND = "Written by hand"
_MENTION = re.compile(r"(?<![\w@])@([\w.+-]+(?:@[\w.-]+\w)?)")


@dataclass(frozen=True)
class Contact:
    """A call, visit or message that a colleague had with a customer."""

    at: datetime
    channel: str
    touchpoint: str = ""
    outcome: str = ""
    minutes: float | None = None
    text: str = ""


@transaction.atomic
def write_note(*, customer: int, text: str, by: Member, now: datetime) -> UUID:
    """Returns the note's id. Colleagues named with @ (the start of their address, or all of it) find it under their mentions."""
    note = uuid4()
    _put(
        by,
        {
            "kind": "note",
            "message_id": str(note),
            "at": now.isoformat(),
            "event": "Note",
            "text": text,
            "about": customer,
        },
    )
    named = mentioned(text, by.workspace_id)
    Mention.objects.bulk_create(
        Mention(workspace_id=by.workspace_id, member=one, profile_id=customer, note=note, by=by, at=now)
        for one in named
        if one != by
    )
    return note


@transaction.atomic
def write_contact(*, customer: int, contact: Contact, by: Member) -> UUID:
    """An interaction, as if the channel itself had told of it."""
    number = uuid4()
    row: dict[str, object] = {
        "kind": "interaction", "message_id": str(number), "at": contact.at.isoformat(), "event": "Contact", "channel": contact.channel,
        "touchpoint": contact.touchpoint or None, "outcome": contact.outcome or None, "text": contact.text or None, "about": customer,
        "duration": None if contact.minutes is None else contact.minutes * 60,
    }  # fmt: skip
    _put(by, row)
    return number


def take_back(*, workspace: int, inbox: int) -> bool:
    """What was written down goes from the ledger and every number; False when the inbox has let it go. Whoever calls checks whose it is."""
    kept = InboxRow.objects.filter(workspace_id=workspace, pk=inbox).exists()
    if kept:
        forget(workspace, [inbox])
    return kept


def mentioned(text: str, workspace: int) -> list[Member]:
    """Members named with @: by the whole address, or by what stands before its @ where that is one member's alone."""
    words = {word.casefold().rstrip(".") for word in _MENTION.findall(text)}
    if not words:
        return []
    members = list(
        Member.objects.filter(workspace_id=workspace, left=None, user__is_active=True).select_related("user")
    )
    found = []
    for word in sorted(words):
        fits = [one for one in members if one.user.email == word or one.user.email.partition("@")[0] == word]
        found += fits if len(fits) == 1 else []
    return list(dict.fromkeys(found))


def ledger_id(note: UUID) -> str:
    """How the ledger knows it."""
    return item_id(str(note)).hex().upper()


def _put(by: Member, row: dict[str, object]) -> None:
    unit = (
        None if by.at_root else next(unit.name for unit in by.units.all())
    )  # theirs, so that they see what they wrote
    row |= {"properties": f'{{"by":"member {by.pk}"}}', "unit": unit}
    put_rows(
        workspace=by.workspace_id,
        source=product_source(by.workspace_id, BY_HAND),
        rows=[{name: value for name, value in row.items() if value is not None}],
    )
