from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query as FromUrl
from pydantic import StringConstraints

from regard.care.cases.api import CaseIn, opened
from regard.care.cases.api import mine as cases
from regard.care.cases.work import NotPossible
from regard.care.complaints.complain import Filing, complain
from regard.care.complaints.models import Complaint, Remedy, Ruled, Via
from regard.care.complaints.queries import owed
from regard.care.complaints.rules.models import ComplaintRule
from regard.care.complaints.work import approved_amount
from regard.web.moments import Moment
from regard.workspace.keys.caller import Caller, KeyAuth, caller

router = Router(tags=["complaints"])
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=500)]
_VIAS = Literal["form", "email", "phone", "letter", "person", "chat", "social", "review", "survey", "other"]
_REMEDIES = Literal["", "explanation", "apology", "put right", "refund", "compensation", "cancel", "other"]


class ComplaintOut(Schema):
    number: int = Field(description="of its case, which has the rest: /cases/{number}")
    title: str
    customer: int | None
    via: _VIAS
    remedy: _REMEDIES
    wish: str
    deadlines: str = Field(description="the rule that holds, by name")
    received: str
    acknowledge_by: str
    acknowledged: str | None
    answer_by: str
    answered: str | None
    settled: str | None = Field(description="when it was settled or taken back")
    decision: Literal["upheld", "partly", "rejected"] | None
    given: str = Field(description="money that was approved for the customer, in the workspace’s currency")


class ComplaintsOut(Schema):
    items: list[ComplaintOut]
    next: int | None = Field(None, description="give it as `before` for what follows; null at the end")


class ComplaintIn(CaseIn):
    via: _VIAS = "other"
    received: Moment | None = Field(None, description="when it reached you; now when empty")
    remedy: _REMEDIES = ""
    wish: Line = Field("", description="what they ask for, in their words")
    deadlines: Line = Field("", description="the rule that holds, by name; the one of the unit when empty")
    told: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)] = Field(
        "", description="how they know already that it is here; empty: they get a letter at once"
    )


@router.get("", response=ComplaintsOut, summary="Complaints, the newest first")
def index(
    request: HttpRequest,
    open: bool | None = FromUrl(None, description="whether a final response is still owed"),
    before: int = FromUrl(0, ge=0, lt=2**31, description="only complaints with smaller numbers"),
    limit: int = FromUrl(50, ge=1, le=500),
) -> dict[str, Any]:
    found = _mine(caller(request))
    if open is not None:
        found = found.filter(owed() if open else ~owed())
    if before:
        found = found.filter(case__number__lt=before)
    rows = list(found.order_by("-case__number")[: limit + 1])
    return {"items": [_told(one) for one in rows[:limit]], "next": rows[limit - 1].case.number if len(rows) > limit else None}


@router.get("/{int:number}", response=ComplaintOut, summary="One complaint")
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    found = _mine(caller(request)).filter(case__number=number).first() if number < 2**31 else None
    if found is None:
        raise Http404
    return _told(found)


@router.post("", response={200: ComplaintOut, 201: ComplaintOut}, auth=KeyAuth(write=True), summary="Enter a complaint")
def add(request: HttpRequest, given: ComplaintIn) -> tuple[int, dict[str, Any]]:
    """Opens its case. 200 with what is there already, where `key` names one: a case that is there becomes a complaint."""
    who, now = caller(request), timezone.now()
    rule = ComplaintRule.objects.filter(workspace=who.workspace, name__iexact=given.deadlines, retired=None).first() if given.deadlines else None
    if given.deadlines and rule is None:
        raise HttpError(422, "deadlines: there is no rule of this name.")
    received = given.received
    if received is not None and received.tzinfo is None:
        received = received.replace(tzinfo=who.workspace.zone)
    filing = Filing(
        via=Via(given.via), received=received or now, remedy=Remedy(given.remedy), wish=given.wish, rule=rule, told=" ".join(given.told.split())
    )
    try:
        with transaction.atomic():  # no case without its complaint
            status, case = opened(who, given, now=now)
            made = complain(case, filing, by=who.id, now=now)
    except NotPossible as problem:
        raise HttpError(422, str(problem)) from problem
    return status, _told(_mine(who).get(pk=made.pk))


def _mine(who: Caller) -> Any:
    return Complaint.objects.filter(case__in=cases(who)).select_related("case__profile", "rule")


def _told(one: Complaint) -> dict[str, Any]:
    ruled = Ruled.objects.filter(complaint=one).last()
    moments = {
        name: moment.isoformat() if (moment := getattr(one, name)) else None
        for name in ("received", "acknowledge_by", "acknowledged", "answer_by", "answered")
    }
    return {
        "number": one.case.number, "title": one.case.title, "customer": one.case.profile.customer_id if one.case.profile else None, "via": one.via,
        "remedy": one.remedy, "wish": one.wish, "deadlines": one.rule.name, **moments,
        "settled": one.withdrawn.isoformat() if one.withdrawn else None, "decision": ruled.ruling if ruled else None,
        "given": str(approved_amount(one)),
    }  # fmt: skip
