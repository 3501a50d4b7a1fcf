from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query as FromUrl
from pydantic import StringConstraints

from regard.care.cases import work
from regard.care.cases.close import close, reopen
from regard.care.cases.models import Case, State
from regard.care.cases.open import Opening, open_cases
from regard.care.cases.work import NotPossible
from regard.care.queues.models import Cause, Queue
from regard.customers.people.find import customer_or_404
from regard.ledger.touchpoints.models import Touchpoint
from regard.web.moments import Moment
from regard.workspace.keys.caller import Caller, KeyAuth, caller
from regard.workspace.members.models import Member
from regard.workspace.units.models import Unit

router = Router(tags=["cases"])
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=10_000)]
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=160, strip_whitespace=True)]
Title = Annotated[str, StringConstraints(pattern=r"^[^\x00]*[^\x00\s][^\x00]*$", max_length=160, strip_whitespace=True)]
Tag = Annotated[str, StringConstraints(pattern=r"^[^\x00]*[^\x00\s][^\x00]*$", max_length=40, strip_whitespace=True)]


class CaseOut(Schema):
    number: int
    title: str
    state: Literal["new", "open", "waiting", "closed"]
    queue: str
    unit: str
    touchpoint: str | None
    priority: int = Field(description="1 is urgent, 4 is low")
    owner: str | None = Field(description="the member’s address")
    customer: int | None
    words: str
    tags: list[str]
    cause: str | None
    opened: str
    first_due: str | None
    due: str | None
    responded: str | None
    closed: str | None
    solved: bool | None = Field(description="what the customer says; null until they have said so")


class CasesOut(Schema):
    items: list[CaseOut]
    next: int | None = Field(None, description="give it as `before` for what follows; null at the end")


class CaseIn(Schema):
    title: Title
    words: Text = ""
    customer: int | None = Field(None, ge=1, lt=2**63)
    queue: Name = Field("", description="by name; the first one when empty")
    unit: Name = Field("", description="by name; the key’s unit when empty")
    touchpoint: Name = ""
    priority: int = Field(3, ge=1, le=4)
    tags: list[Tag] = Field(default=[], max_length=20)
    key: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=100)] = Field(
        "", description="your own name for it: the same again opens no second case"
    )


class NoteIn(Schema):
    text: Annotated[str, StringConstraints(pattern=r"^[^\x00]*[^\x00\s][^\x00]*$", max_length=5_000)]


class OwnerIn(Schema):
    owner: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=254)] = Field(description="a member’s address; empty for nobody")


class ChangeIn(Schema):
    """What is left out stays as it is."""

    priority: int | None = Field(None, ge=1, le=4)
    queue: Name | None = Field(None, description="by name")
    unit: Name | None = Field(None, description="by name: the case is handed over")
    state: Literal["open", "waiting"] | None = Field(None, description="being worked on, or waiting for the customer")
    tags: list[Tag] | None = Field(None, max_length=20, description="in place of those it has")
    cause: Name | None = Field(None, description="the root cause, by name; empty takes it away")


class ClosureIn(Schema):
    outcome: Text = Field("", description="what was done; the customer reads it")
    cause: Name = Field("", description="the root cause, by name")
    ask: bool | None = Field(None, description="ask the customer whether it is solved; null as the queue has it")


@router.get("", response=CasesOut, summary="Cases, the newest first")
def index(
    request: HttpRequest,
    state: Literal["", "new", "open", "waiting", "closed"] = "",
    customer: int = FromUrl(0, ge=0, lt=2**63),
    since: Moment | None = FromUrl(None, description="opened at that moment or later"),  # noqa: B008
    before: int = FromUrl(0, ge=0, lt=2**31, description="only cases with smaller numbers"),
    limit: int = FromUrl(50, ge=1, le=500),
) -> dict[str, Any]:
    who = caller(request)
    found = mine(who)
    if state:
        found = found.filter(state=state)
    if customer:
        found = found.filter(profile__in=[customer]) | found.filter(profile__merged_into=customer)
    if since is not None:
        found = found.filter(opened__gte=since if since.tzinfo else since.replace(tzinfo=who.workspace.zone))
    if before:
        found = found.filter(number__lt=before)
    rows = list(found.order_by("-number")[: limit + 1])
    return {"items": [_told(one) for one in rows[:limit]], "next": rows[limit - 1].number if len(rows) > limit else None}


@router.get("/{int:number}", response=CaseOut, summary="One case")
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    return _told(case_or_404(request, number))


@router.post("", response={200: CaseOut, 201: CaseOut}, auth=KeyAuth(write=True), summary="Open a case")
def add(request: HttpRequest, given: CaseIn) -> tuple[int, dict[str, Any]]:
    """200 with the case that is there already, where `key` names one."""
    status, case = opened(caller(request), given, now=timezone.now())
    return status, _told(case)


def opened(who: Caller, given: CaseIn, *, now: datetime) -> tuple[int, Case]:
    """201 with the case, or 200 with the one that has this key already. Raises HttpError where the key may not, or a name is unknown."""
    origin = f"api {given.key}" if given.key else ""
    unit = _named(Unit, who, given.unit, "unit") if given.unit else None
    if who.scope.units is not None and (unit.pk if unit else who.scope.units[0]) not in who.scope.units:
        raise HttpError(422, "unit: this key may not open cases there.")
    touchpoint = _named(Touchpoint, who, given.touchpoint, "touchpoint") if given.touchpoint else None
    queue = _named(Queue, who, given.queue, "queue", retired=None) if given.queue else None
    profile = customer_or_404(who.scope, given.customer).id if given.customer else None
    opening = Opening(
        title=given.title, words=given.words, origin=origin, queue=queue, profile=profile, priority=given.priority, tags=tuple(given.tags),
        unit=unit.pk if unit else who.scope.units[0] if who.scope.units else None, touchpoint=touchpoint.pk if touchpoint else None,
    )  # fmt: skip
    made = open_cases(who.workspace, [opening], by=who.id, now=now)
    if made:
        return 201, mine(who).get(pk=made[0].pk)
    known = mine(who).filter(origin=origin).first()
    if known is None:
        raise HttpError(409, "key: a case of another unit has it.")
    return 200, known


@router.post("/{int:number}/notes", response=CaseOut, auth=KeyAuth(write=True), summary="Note something for colleagues")
def note(request: HttpRequest, number: int, given: NoteIn) -> dict[str, Any]:
    case = case_or_404(request, number)
    do(lambda: work.note(case, given.text, by=caller(request).id, now=timezone.now()))
    return _told(case_or_404(request, number))


@router.put("/{int:number}/owner", response=CaseOut, auth=KeyAuth(write=True), summary="Give it to a member")
def own(request: HttpRequest, number: int, given: OwnerIn) -> dict[str, Any]:
    case, who = case_or_404(request, number), caller(request)
    to = Member.objects.filter(workspace=who.workspace, left=None, user__email__iexact=given.owner).first() if given.owner else None
    if given.owner and to is None:
        raise HttpError(422, "owner: there is no such member.")
    do(lambda: work.give(case, to, by=who.id, now=timezone.now()))
    return _told(case_or_404(request, number))


@router.patch("/{int:number}", response=CaseOut, auth=KeyAuth(write=True), summary="Change it")
def change(request: HttpRequest, number: int, given: ChangeIn) -> dict[str, Any]:
    """All of it or nothing. A case that is handed to a unit beyond the key’s is answered once more; from then on it is 404."""
    case, who, now = case_or_404(request, number), caller(request), timezone.now()
    queue = _named(Queue, who, given.queue, "queue", retired=None) if given.queue else None
    unit = _named(Unit, who, given.unit, "unit") if given.unit else None
    cause = _named(Cause, who, given.cause, "cause", retired=None) if given.cause else None
    with transaction.atomic():
        if queue or unit:
            do(lambda: work.hand(case, queue=queue, unit=unit, by=who.id, now=now))
        if given.priority is not None:
            work.prioritise(case, given.priority, by=who.id, now=now)
        if given.cause is not None:
            do(lambda: work.find_cause(case, cause, by=who.id, now=now))
        for name in sorted(set(case.tags) ^ set(given.tags)) if given.tags is not None else ():
            work.tag(case, name, by=who.id, now=now, off=name in case.tags)
        if given.state is not None:
            work.move(case, given.state, by=who.id, now=now)
    return _told(Case.objects.get(pk=case.pk))


@router.post("/{int:number}/closure", response=CaseOut, auth=KeyAuth(write=True), summary="Close it")
def shut(request: HttpRequest, number: int, given: ClosureIn) -> dict[str, Any]:
    """A case that is closed already stays as it is."""
    case, who = case_or_404(request, number), caller(request)
    cause = _named(Cause, who, given.cause, "cause", retired=None) if given.cause else None
    do(lambda: close(case, by=who.id, now=timezone.now(), outcome=given.outcome, cause=cause, ask=given.ask))
    return _told(case_or_404(request, number))


@router.delete("/{int:number}/closure", response=CaseOut, auth=KeyAuth(write=True), summary="Open it again")
def open_again(request: HttpRequest, number: int) -> dict[str, Any]:
    case = case_or_404(request, number)
    do(lambda: reopen(case, by=caller(request).id, now=timezone.now()))
    return _told(case_or_404(request, number))


def mine(who: Caller) -> QuerySet[Case]:
    found = Case.objects.filter(workspace=who.workspace)
    if who.scope.units is not None:
        found = found.filter(unit__in=who.scope.units)
    return found.select_related("queue", "unit", "touchpoint", "owner__user", "profile", "cause").prefetch_related("closures")


def case_or_404(request: HttpRequest, number: int) -> Case:
    """Of the key's units."""
    found = mine(caller(request)).filter(number=number).first() if number < 2**31 else None
    if found is None:
        raise Http404
    return found


def _named(model: Any, who: Caller, name: str, field: str, **more: Any) -> Any:
    found = model.objects.filter(workspace=who.workspace, name__iexact=name, **more).first()
    if found is None:
        raise HttpError(422, f"{field}: there is none of this name.")
    return found


def do(verb: Callable[[], object]) -> None:
    """422 says why it is not possible."""
    try:
        verb()
    except NotPossible as problem:
        raise HttpError(422, str(problem)) from problem


def _told(case: Case) -> dict[str, Any]:
    last = max(case.closures.all(), key=lambda one: one.pk, default=None)
    moments = {name: moment.isoformat() if (moment := getattr(case, name)) else None for name in ("first_due", "due", "responded", "closed")}
    return {
        "number": case.number, "title": case.title, "state": State(case.state).value, "queue": case.queue.name, "unit": case.unit.name,
        "touchpoint": case.touchpoint.name if case.touchpoint else None, "priority": case.priority,
        "owner": case.owner.user.email if case.owner else None, "customer": case.profile.customer_id if case.profile else None,
        "words": case.words, "tags": case.tags, "cause": case.cause.name if case.cause else None, "opened": case.opened.isoformat(), **moments,
        "solved": None if last is None or not last.says else last.says == "solved",
    }  # fmt: skip
