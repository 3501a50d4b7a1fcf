from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from regard.customers.people.models import Profile
from regard.customers.people.queries import Person, persons, visible
from regard.ledger.notes.models import Mention
from regard.ledger.notes.write import BY_HAND, ledger_id
from regard.ledger.sources.models import Source, SourceKind
from regard.ledger.timeline.queries import Entry
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.members.models import Member

_MOST = 100


def colleagues(workspace: int, entries: Iterable[Entry]) -> dict[int, str]:
    """Who of us wrote these down by hand: inbox row → name. An event that merely says so is nobody's."""
    hand = by_hand(workspace)
    wrote = {one.inbox: str(one.properties.get("by", "")) for one in entries if hand is not None and one.source == hand}
    members = Member.objects.filter(
        workspace_id=workspace, pk__in=[_number(by) for by in wrote.values()]
    ).select_related("user")
    named = {one.pk: str(one.user) for one in members}
    return {inbox: named.get(_number(by), _("a former colleague")) for inbox, by in wrote.items()}


def by_hand(workspace: int) -> int | None:
    """The source of what is written by hand, if anything was."""
    return (
        Source.objects.filter(workspace_id=workspace, kind=SourceKind.PRODUCT, name=BY_HAND)
        .values_list("pk", flat=True)
        .first()
    )


def _number(by: str) -> int:
    text = by.removeprefix("member ")
    return int(text) if text.isdecimal() and len(text) < 12 else 0


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


def written_by_hand(scope: Scope, profiles: list[int], inbox: int) -> bool:
    """Whether this inbox row is something that one of us wrote about these profiles, and that the scope may see."""
    rows = warehouse().select(
        scope,
        "select 1 from ledger where $scope and profile in {profiles:Array(UInt64)} and inbox = {inbox:UInt64} and source = {hand:UInt32} limit 1",
        {"profiles": profiles, "inbox": inbox, "hand": by_hand(scope.workspace) or 0},
    )
    return bool(rows)
