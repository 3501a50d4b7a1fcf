from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from regard.customers.people.models import Profile
from regard.customers.people.queries import Person, persons, visible
from regard.ledger.notes.models import Mention
from regard.ledger.notes.write import ledger_id
from regard.ledger.timeline.queries import Entry
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.members.models import Member

_MOST = 100


def colleagues(workspace: int, entries: Iterable[Entry]) -> dict[str, str]:
    """Who wrote these down by hand: `by` as the row has it → name."""
    said = {str(entry.properties.get("by", "")) for entry in entries}
    numbers = [int(word[7:]) for word in said if word.startswith("member ") and word[7:].isdecimal() and len(word) < 20]
    members = Member.objects.filter(workspace_id=workspace, pk__in=numbers).select_related("user")
    return {f"member {one.pk}": str(one.user) for one in members}


@dataclass(frozen=True)
class Named:
    """A note in which the reader was named."""

    person: Person
    by: str
    at: datetime
    text: str
    new: bool


def mentions_of(member: Member) -> list[Named]:
    """Newest first; about customers the member may see today."""
    found = list(Mention.objects.filter(member=member).select_related("by__user", "profile")[:_MOST])
    scope = member.scope()
    allowed = visible(scope, {one.profile.customer_id for one in found})
    people = {one.id: one for one in persons(scope, Profile.objects.filter(workspace=member.workspace, pk__in=allowed))}
    texts = _texts(scope, [ledger_id(one.note) for one in found])
    return [
        Named(people[one.profile.customer_id], str(one.by.user), one.at, texts[ledger_id(one.note)], one.seen is None)
        for one in found
        if one.profile.customer_id in people and ledger_id(one.note) in texts
    ]


def _texts(scope: Scope, ids: list[str]) -> dict[str, str]:
    """The notes' texts. A note taken back has none; one written by a colleague of another unit for us is ours to read."""
    if not ids:
        return {}
    rows = warehouse().select(
        scope,
        "select hex(id), text from ledger where $workspace and kind = 'note' and hex(id) in {ids:Array(String)}",
        {"ids": ids},
    )
    return dict(rows)


def unseen(member: Member) -> int:
    return Mention.objects.filter(member=member, seen=None).count()


def written_by_hand(scope: Scope, profiles: list[int], inbox: int) -> set[int]:
    """The inbox row itself, if it holds something of these profiles that a member wrote down and the scope may see."""
    rows = warehouse().select(
        scope,
        "select distinct inbox from ledger where $scope and profile in {profiles:Array(UInt64)} and inbox = {inbox:UInt64} "
        "and startsWith(props['by'], 'member ')",
        {"profiles": profiles, "inbox": inbox},
    )
    return {int(found) for (found,) in rows}
