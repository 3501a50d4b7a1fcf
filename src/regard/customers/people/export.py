"""Customers as a file: streamed in pages, so that its size does not matter to the server's memory."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from regard.customers.people.listing import Listing
from regard.customers.people.page import filled, titles
from regard.customers.people.queries import in_order
from regard.customers.people.slots import SLOTS
from regard.customers.search.queries import search
from regard.warehouse.scope import Scope

_AT_ONCE = 1_000


def ids(scope: Scope, listing: Listing, *, after: int = 0) -> Iterator[list[int]]:
    """All customers of a list, a page at a time, by id after `after`. By words: those that the search finds."""
    if listing.words:
        found = [person.id for person in search(scope, listing.words).people]
        if listing.filtered and found:
            found = SLOTS.listed(scope, listing, len(found), 0, found)
        yield from _pages(found)
        return
    while some := SLOTS.following(scope, listing, after, _AT_ONCE):
        yield some
        after = some[-1]


def how_many(scope: Scope, listing: Listing) -> int:
    return sum(len(some) for some in ids(scope, listing)) if listing.words else SLOTS.number(scope, listing)


def table(scope: Scope, listing: Listing, zone: ZoneInfo, chosen: list[int] | None = None) -> Iterator[list[str]]:
    """A row of titles, then one for each customer; the reader's language and the workspace's zone are kept while it is streamed."""
    language = translation.get_language() or "en"
    head = [_("Id"), _("Name"), *titles(listing)]
    return _table(scope, listing, zone, language, head, chosen)


def _table(
    scope: Scope, listing: Listing, zone: ZoneInfo, language: str, head: list[str], chosen: list[int] | None
) -> Iterator[list[str]]:
    yield head
    for some in ids(scope, listing) if chosen is None else _pages(chosen):
        with timezone.override(zone), translation.override(language):
            rows = filled(scope, listing, in_order(scope, some), plain=True)
            page = [[str(row.person.id), row.person.name, *(cell for _title, cell in row.cells)] for row in rows]
        yield from page


def _pages(customers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(customers), _AT_ONCE):
        yield customers[start : start + _AT_ONCE]
