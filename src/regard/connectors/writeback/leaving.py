"""Who was sent to a destination and is not for it any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regard.connectors.writeback.models import Destination, Sent
from regard.connectors.writeback.queries import Row, names_of
from regard.segments.queries import members_among
from regard.warehouse.scope import Scope

#: So many of those who were sent are looked at together.
_PAGE = 5_000


@dataclass(frozen=True)
class Left:
    rows: list[Row]
    last: int  # of those who were sent, all up to this id were looked at
    end: bool


def left_after(destination: Destination, after: int, *, most: int) -> Left:
    """At most so many who left, by id: out of the segment, joined to another customer, or found to be an account."""
    known = Sent.objects.filter(destination=destination, customer__gt=after, content__isnull=False).order_by("customer")
    page = list(known.values_list("customer", "customer__merged_into", "customer__is_account")[:_PAGE])
    into = {who: merged for who, merged, _account in page if merged}
    accounts = {who for who, merged, account in page if account and not merged}
    there = _still_there(destination, [who for who, _, _ in page if who not in into and who not in accounts])
    gone = [who for who, _, _ in page if who not in there]
    some, cut = gone[:most], len(gone) > most
    rows = names_of(destination, some)
    for row in rows:
        row["left"] = "joined" if row["id"] in into else "account" if row["id"] in accounts else "segment"
        if merged := into.get(row["id"]):
            # What they are known by is the other's now: whoever deletes by it would delete the wrong one.
            row |= {"into": merged}
            row.pop("identifiers", None)
    return Left(rows, some[-1] if cut else page[-1][0] if page else after, len(page) < _PAGE and not cut)


def _still_there(destination: Destination, customers: Sequence[int]) -> set[int]:
    if destination.segment_id is None or not customers:
        return set(customers)
    return members_among(Scope(destination.workspace_id), destination.segment_id, customers)
