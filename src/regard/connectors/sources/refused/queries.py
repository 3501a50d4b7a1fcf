"""Events and rows that could not be used, by reason, as they came."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count

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
    counts = every.order_by().values("code").annotate(n=Count("pk")).order_by("-n")[:30]
    words = {
        row["code"]: every.filter(code=row["code"]).values_list("detail", flat=True).first() or "" for row in counts
    }
    reasons = [Reason(row["code"], words[row["code"]], row["n"]) for row in counts]
    chosen = every.filter(code=code) if code else every
    items = Paginator(chosen.select_related("source"), PER_PAGE).get_page(number)
    return RefusedPage(reasons, items, sum(reason.count for reason in reasons), code, source)
