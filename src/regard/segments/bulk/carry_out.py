"""Does to many customers what was asked for, a page at a time, within what the member who asked may see today."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from regard.customers.people.export import ids
from regard.customers.people.queries import visible
from regard.customers.traits.describe import Telling, describe
from regard.customers.traits.models import BY_HAND
from regard.segments.bulk.models import BulkAction
from regard.segments.members.mirror import put_in

_AT_ONCE = 1_000


def carry_out(action: BulkAction) -> None:
    """Safe to repeat: it goes on after the last customer who was seen to."""
    if action.finished or action.member.left is not None:
        return
    for some in _pages(action):
        _do(action, some)
        action.done, action.reached = action.done + len(some), max(some)
        action.save(update_fields=["done", "reached"])
    action.finished, action.chosen, action.listing_kept, action.value = (
        timezone.now(),
        None,
        {},
        None,
    )  # nothing of anybody stays
    action.save(update_fields=["finished", "chosen", "listing_kept", "value"])


def _pages(action: BulkAction) -> Iterator[list[int]]:
    scope = action.member.scope()
    if action.chosen is None and not action.listing.words:
        yield from ids(scope, action.listing, after=action.reached)
        return
    found = action.chosen if action.chosen is not None else [one for some in ids(scope, action.listing) for one in some]
    rest = sorted(one for one in visible(scope, found) if one > action.reached)
    for start in range(0, len(rest), _AT_ONCE):
        yield rest[start : start + _AT_ONCE]


def _do(action: BulkAction, customers: list[int]) -> None:
    now = timezone.now()
    if action.kind == BulkAction.Kind.LIST and action.segment is not None:
        put_in(action.segment, customers, now=now)
    elif action.kind == BulkAction.Kind.TRAIT:
        with transaction.atomic():
            told = {action.trait: action.value}
            describe(action.workspace_id, [Telling(one, BY_HAND, now, traits=told) for one in customers])
