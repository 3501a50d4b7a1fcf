"""What is sent of whom: a page of customers, and each of them as a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from regard.connectors.writeback.models import Delivery, Destination
from regard.customers.identity.models import Identifier
from regard.customers.people.models import Profile
from regard.customers.privacy.models import Erasure
from regard.segments.computed.queries import worked_out
from regard.segments.models import Segment
from regard.segments.queries import members
from regard.warehouse import WarehouseAway as LedgerAway
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope

Row = dict[str, Any]
METRICS = ("nps", "csat", "ces")
__all__ = [
    "METRICS",
    "LedgerAway",
    "Page",
    "Row",
    "customers_after",
    "destinations_of",
    "names_of",
    "rows_of",
    "sending",
]


@dataclass(frozen=True)
class Page:
    customers: tuple[int, ...]
    last: int  # the id after which the next page begins
    end: bool


def customers_after(destination: Destination, after: int, *, limit: int) -> Page:
    """Customers by id: no accounts, one of each person."""
    people = Profile.objects.filter(workspace_id=destination.workspace_id, merged_into=None, is_account=False)
    # Who is being erased is not sent in the last moment: the destination would never be told.
    people = people.exclude(pk__in=[who for some in _going(destination) for who in some])
    if destination.segment_id is None:
        ids = list(people.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])
        return Page(tuple(ids), ids[-1] if ids else after, len(ids) < limit)
    # The segment is as it was last worked out; who was merged or deleted since then is no customer any more.
    listed = [who for who, _ in members(_scope(destination), destination.segment_id, limit=limit, after=after)]
    ids = sorted(people.filter(pk__in=listed).values_list("pk", flat=True))
    return Page(tuple(ids), listed[-1] if listed else after, len(listed) < limit)


def rows_of(destination: Destination, customers: Sequence[int]) -> list[Row]:
    """One row a customer, in their order; what was chosen is always there, and null or empty when it is not known."""
    owner, traits = _owner(customers), _traits(destination, customers)
    scores = _scores(destination, owner)
    segments = _segments(destination, owner)
    rows = _names(destination, customers, owner)
    for who, row in zip(customers, rows, strict=True):
        if destination.traits:
            row["traits"] = {name: (traits.get(who) or {}).get(name) for name in destination.traits}
        if destination.scores:
            row["scores"] = {metric: scores.get((who, metric)) for metric in destination.scores}
        if destination.memberships:
            row["segments"] = sorted(segments[who])
    return rows


def names_of(destination: Destination, customers: Sequence[int]) -> list[Row]:
    """Only what the destination knows them by: their ids, and identifiers of the kinds that were chosen."""
    return _names(destination, customers, _owner(customers))


@dataclass(frozen=True)
class Listed:
    destination: Destination
    latest: Delivery | None


def destinations_of(workspace: int) -> list[Listed]:
    found = Destination.objects.filter(workspace_id=workspace).select_related("segment")
    return [Listed(one, one.deliveries.filter(erasures_only=False).first()) for one in found]


def _scope(destination: Destination) -> Scope:
    """The whole company: only owners make destinations."""
    return Scope(destination.workspace_id)


def sending(workspace: int, trait: str) -> list[str]:
    """Destinations that a trait is sent to, in words."""
    found = Destination.objects.filter(workspace_id=workspace, traits__contains=[trait])
    return [_("the destination “%(name)s”") % {"name": one.name} for one in found]


def _traits(destination: Destination, customers: Sequence[int]) -> dict[int, Row]:
    """What sources say, and what follows from the ledger as it was last worked out: that counts where both are called the same."""
    if not destination.traits:
        return {}
    said = dict(Profile.objects.filter(pk__in=customers).values_list("pk", "traits"))
    worked = worked_out(_scope(destination), customers)
    return {
        who: {**(said.get(who) or {}), **{name: one.value for name, one in worked[who].items()}} for who in customers
    }


def _owner(customers: Sequence[int]) -> dict[int, int]:
    """Each profile of theirs with its customer."""
    merged = dict(Profile.objects.filter(merged_into__in=customers).values_list("pk", "merged_into_id"))
    return {**{who: who for who in customers}, **merged}


def _names(destination: Destination, customers: Sequence[int], owner: dict[int, int]) -> list[Row]:
    identifiers = _identifiers(destination, owner)
    also: dict[int, list[int]] = defaultdict(list)
    for profile, customer in sorted(owner.items()):
        if profile != customer:
            also[customer].append(profile)
    rows: list[Row] = []
    for who in customers:
        row: Row = {"id": who, "also": also[who]}
        if destination.identifiers:
            row["identifiers"] = {kind: sorted(identifiers[who, kind]) for kind in destination.identifiers}
        rows.append(row)
    return rows


def _going(destination: Destination) -> Iterable[list[int]]:
    return Erasure.objects.filter(workspace_id=destination.workspace_id, done=None).values_list("profiles", flat=True)


def _identifiers(destination: Destination, owner: dict[int, int]) -> dict[tuple[int, str], list[str]]:
    """Those that tell who somebody is: shared ones do not."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    if destination.identifiers:
        held = Identifier.objects.filter(profile__in=owner, namespace__in=destination.identifiers, shared=None)
        for profile, kind, value in held.values_list("profile_id", "namespace", "value"):
            found[owner[profile], kind].append(value)
    return found


def _scores(destination: Destination, owner: dict[int, int]) -> dict[tuple[int, str], Row]:
    """The last score of each metric, whichever of a customer's profiles gave it."""
    if not destination.scores or not owner:
        return {}
    sql = (
        "select profile, metric, max(at), argMax((assumeNotNull(score), scale_low, scale_high), (at, id, part)) from ledger "
        "where $scope and kind = 'answer' and isNotNull(score) and profile in {profiles:Array(UInt64)} "
        "and metric in {metrics:Array(String)} group by profile, metric order by max(at), profile"
    )
    values = {"profiles": list(owner), "metrics": list(destination.scores)}
    found: dict[tuple[int, str], Row] = {}
    for profile, metric, at, (score, low, high) in warehouse().select(_scope(destination), sql, values):
        found[owner[profile], metric] = {"score": score, "low": low, "high": high, "at": _iso(at)}
    return found


def _segments(destination: Destination, owner: dict[int, int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    if destination.memberships and owner:
        names = dict(
            Segment.objects.filter(workspace_id=destination.workspace_id, retired=None).values_list("pk", "name")
        )
        sql = (
            "select customer, segment from segment_members where $workspace and customer in {customers:Array(UInt64)} "
            "group by customer, segment having argMax(entered, (at, entered))"
        )
        for customer, segment in warehouse().select(_scope(destination), sql, {"customers": list(owner)}):
            if int(segment) in names and int(customer) in owner:
                found[owner[int(customer)]].add(names[int(segment)])
    return found


def _iso(at: datetime) -> str:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
