from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from regard.customers.contact.suppression.addresses import read_address
from regard.customers.contact.suppression.models import Suppression

PER_PAGE = 50


def suppressions(workspace: int, words: str = "", why: str = "") -> QuerySet[Suppression]:
    """Newest first; `words` is part of an address, or a phone number in any spelling."""
    found = Suppression.objects.filter(workspace_id=workspace)
    if why:
        found = found.filter(why=why)
    if words:
        read = read_address(words)
        spelled = read[1] if read else words.casefold()
        found = found.filter(address__icontains=spelled)
    return found


def suppression_page(workspace: int, words: str, why: str, number: str) -> Page[Suppression]:
    return Paginator(suppressions(workspace, words, why), PER_PAGE).get_page(number)


def rows_for_file(workspace: int) -> Iterator[list[str]]:
    yield ["address", "kind", "reason", "note", "added", "added_by"]
    for row in suppressions(workspace).iterator(chunk_size=5_000):
        yield [row.address, row.kind, row.why, row.note, row.added.isoformat(timespec="seconds"), row.added_by]
