from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from regard.insights.verbatims import asked
from regard.insights.verbatims.queries import verbatims
from regard.insights.verbatims.quotes import Quote, quotes
from regard.metrics.period import BadQuery
from regard.metrics.periods import chosen_period
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

PER_PAGE = 25
_FARTHEST = 2_000  # pages; whoever looks deeper searches


@dataclass(frozen=True)
class Feedback:
    """The page: one screen of quotes and where it stands among all of them."""

    quotes: list[Quote]
    total: int
    words: str
    offers: list[asked.Offer]
    at: Page[int]
    wrong: str = ""
    withheld: int = 0


def index(request: RegardRequest) -> HttpResponse:
    page = _page(request)
    return render(request, "insights/verbatims/index.html", {"page": page, "given": request.GET, "words": page.words})


def _page(request: RegardRequest) -> Feedback:
    period, _chosen = chosen_period(request.GET, timezone.localdate(), usual="all")
    number = request.GET.get("page", "1")
    place = min(int(number), _FARTHEST) if number.isdecimal() and len(number) < 9 else 1
    words, offers = asked.words(request.GET), asked.offered(request.scope)
    try:
        found = verbatims(
            request.scope, request.workspace, text=words, filters=asked.filters(request.GET), period=period,
            feeling=request.GET.get("tone", ""), limit=PER_PAGE, offset=(max(place, 1) - 1) * PER_PAGE,
        )  # fmt: skip
    except BadQuery as wrong:
        return Feedback([], 0, words, offers, Paginator(range(0), PER_PAGE).get_page(1), str(wrong))
    shown = quotes(found.verbatims, request.scope, with_people=request.member.may(Right.CUSTOMERS))
    at = Paginator(range(found.total), PER_PAGE).get_page(place)
    return Feedback(shown, found.total, words, offers, at, withheld=found.withheld)
