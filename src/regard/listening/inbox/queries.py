"""Responses that a reader may see, filtered, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from regard.listening.responses.models import Response, State
from regard.listening.responses.told import Said, told
from regard.warehouse.scope import Scope
from regard.web.moments import in_utc
from regard.workspace.units.models import at_and_below
from regard.workspace.workspaces.models import Workspace

PER_PAGE = 40
#: Numbers in the address that stand for what is chosen, and the columns that they choose.
_NUMBERS = {"survey": "version__survey", "programme": "programme", "touchpoint": "touchpoint"}
_LAST = {"7d": 7, "30d": 30, "90d": 90}


def seen(scope: Scope, workspace: Workspace) -> QuerySet[Response]:
    """Those that count as they are, of the reader's units, without anonymous ones of which there are too few to keep it unknown whose they are.
    A response without a unit is the whole workspace's.
    """
    found, few = _counting(scope), _too_few(workspace)
    return found.exclude(_of(few)) if few else found


def withheld(scope: Scope, workspace: Workspace) -> int:
    """How many are not shown because they are too few."""
    few = _too_few(workspace)
    return _counting(scope).filter(_of(few), test=False).count() if few else 0


def _counting(scope: Scope) -> QuerySet[Response]:
    ended = Q(completed__isnull=False) | Q(final__isnull=False)
    found = Response.objects.filter(ended, workspace=scope.workspace, screened=False).exclude(answers={})
    return found if scope.units is None else found.filter(unit__in=scope.units)


Group = tuple[int | None, int | None]


def _too_few(workspace: Workspace) -> list[Group]:
    """Anonymous programmes and units of which so few have answered that who it was could be guessed."""
    counted = (
        Response.objects.filter(workspace=workspace, programme__anonymous=True, test=False)
        .order_by()
        .values_list("programme", "unit")
        .annotate(n=Count("pk"))
    )
    return [(programme, unit) for programme, unit, count in counted if count < workspace.threshold]


def _of(groups: Sequence[Group]) -> Q:
    return Q(*(Q(programme=programme, unit=unit) for programme, unit in groups), _connector=Q.OR)


def filtered(found: QuerySet[Response], given: Mapping[str, str], *, workspace: int, me: int) -> QuerySet[Response]:
    """As the address says; what makes no sense in it is passed over. Tests show only where they are asked for."""
    state = given.get("state", "")
    found = found.filter(test=True) if state == "test" else found.filter(test=False)
    if state in State.values:
        found = found.filter(state=state)
    for name, column in _NUMBERS.items():
        if given.get(name, "").isdecimal():
            found = found.filter(**{column: int(given[name][:18])})
    if given.get("unit", "").isdecimal():
        found = found.filter(unit__in=at_and_below(workspace, {int(given["unit"][:18])}))
    for name in ("channel", "tone"):
        if given.get(name):
            found = found.filter(**{name: given[name][:40]})
    if given.get("tag"):
        found = found.filter(tags__contains=[given["tag"][:40]])
    match given.get("whose", ""):
        case "mine":
            found = found.filter(assignee=me)
        case "nobody":
            found = found.filter(assignee=None)
        case other if other.isdecimal():
            found = found.filter(assignee=int(other[:18]))
    if given.get("last") in _LAST:
        found = found.filter(saved__gte=timezone.now() - timedelta(days=_LAST[given["last"]]))
    for word in given.get("q", "").replace("\0", "").split()[:6]:
        found = found.filter(answers__icontains=word[:100])
    return found


@dataclass(frozen=True)
class Place:
    """Where a page begins: after this response."""

    saved: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.saved.isoformat()}~{self.id}"


def place(text: str) -> Place | None:
    """None for what is none of ours."""
    moment, _sep, id = text.partition("~")
    try:
        found = Place(in_utc(datetime.fromisoformat(moment)), UUID(id))
    except ValueError:
        return None
    return found if found.saved.tzinfo else None


@dataclass(frozen=True)
class Line:
    response: Response
    score: Said | None
    words: str

    @property
    def day_only(self) -> bool:
        """The moment could say whose it is."""
        return self.response.programme is not None and self.response.programme.anonymous


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    next: str


def page_of(found: QuerySet[Response], after: Place | None) -> Page:
    rows, following = some(found, after, PER_PAGE)
    return Page([line(one) for one in rows], following)


def some(found: QuerySet[Response], after: Place | None, most: int) -> tuple[list[Response], str]:
    """The newest after a place, and the place after them; "" at the end."""
    rows = list(_with(_beyond(found, after))[: most + 1])
    last = rows[most - 1] if len(rows) > most else None
    return rows[:most], str(Place(last.saved, last.id)) if last else ""


def line(response: Response) -> Line:
    answers = told(response, masked=True)
    return Line(response, next((one for one in answers if one.tone), None), next((one.answer for one in answers if one.words), ""))


def neighbours(found: QuerySet[Response], of: Response) -> tuple[UUID | None, UUID | None]:
    """The one before and the one after it, in the list as it is filtered."""
    here = Place(of.saved, of.id)
    newer = found.filter(Q(saved__gt=here.saved) | Q(saved=here.saved, id__gt=here.id)).order_by("saved", "id")
    return newer.values_list("id", flat=True).first(), _beyond(found, here).values_list("id", flat=True).first()


def _beyond(found: QuerySet[Response], after: Place | None) -> QuerySet[Response]:
    if after is not None:
        found = found.filter(Q(saved__lt=after.saved) | Q(saved=after.saved, id__lt=after.id))
    return found.order_by("-saved", "-id")


def _with(found: QuerySet[Response]) -> QuerySet[Response]:
    return found.select_related("version__survey", "programme", "unit", "touchpoint", "link", "widget", "assignee__user", "profile").defer(
        "version__definition", "version__survey__draft"
    )


def one(found: QuerySet[Response], id: UUID) -> Response | None:
    return _with(found).filter(pk=id).first()


def tags_of(workspace: int) -> list[str]:
    """Those in use lately, by name."""
    recent = Response.objects.filter(workspace=workspace).exclude(tags=[]).order_by("-saved").values_list("tags", flat=True)[:2_000]
    return sorted({tag for tags in recent for tag in tags}, key=str.casefold)


def counts(found: QuerySet[Response], *, me: int) -> dict[str, int]:
    """How many are new, and how many of those that are not done are the reader's own."""
    open_ones = found.filter(test=False).exclude(state=State.DONE)
    return {"new": open_ones.filter(state=State.NEW).count(), "mine": open_ones.filter(assignee=me).count()}


def chosen(found: QuerySet[Response], ids: Sequence[str]) -> list[Response]:
    """Of those ticked, the ones that the reader may see."""
    known = []
    for id in ids[:200]:
        try:
            known.append(UUID(id))
        except ValueError:
            continue
    return list(found.filter(pk__in=known).select_related("version__survey"))
