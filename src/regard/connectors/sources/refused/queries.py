"""Events and rows that could not be used, by reason, as they came."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, F, Max, QuerySet, Value, When
from django.db.models.functions import MD5, Cast, Coalesce

from regard.connectors.sources.queries import seen_sources
from regard.ledger.refused.models import RefusedItem
from regard.warehouse.scope import Scope

PER_PAGE = 25


@dataclass(frozen=True)
class Reason:
    """A reason with how many were refused for it, and one example of its words."""

    code: str
    detail: str
    count: int


@dataclass(frozen=True)
class RefusedPage:
    reasons: list[Reason]
    items: Page[RefusedItem]
    total: int
    code: str
    source: int | None


def refused_page(scope: Scope, *, code: str, source: int | None, number: str) -> RefusedPage:
    every = RefusedItem.objects.filter(workspace_id=scope.workspace, source__in=seen_sources(scope))
    if source is not None:
        every = every.filter(source=source)
    every = every.filter(pk__in=_newest(every))
    counts = every.order_by().values("code").annotate(n=Count("pk")).order_by("-n")[:30]
    words = {
        row["code"]: every.filter(code=row["code"]).values_list("detail", flat=True).first() or "" for row in counts
    }
    reasons = [Reason(row["code"], words[row["code"]], row["n"]) for row in counts]
    chosen = every.filter(code=code) if code else every
    items = Paginator(chosen.select_related("source"), PER_PAGE).get_page(number)
    return RefusedPage(reasons, items, sum(reason.count for reason in reasons), code, source)


def _newest(every: QuerySet[RefusedItem]) -> QuerySet[RefusedItem, int]:
    """Of what was sent more than once, the last: the same row of the same file, or the same event of a key."""
    row = Case(When(source__file_import__isnull=False, then=F("position")), default=Value(0))
    sent_by = Coalesce("source__file_import__sha256", Cast("source_id", CharField()))
    same = every.order_by().values("code", row=row, sent_by=sent_by, as_it_came=MD5("raw"))
    return same.annotate(newest=Max("pk")).values_list("newest", flat=True)
