from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.care.cases.models import Case
from regard.care.cases.open import Opening, first_queue, open_cases
from regard.care.cases.queries import one, seen
from regard.care.cases.work import NotPossible
from regard.care.complaints.act import verb
from regard.care.complaints.complain import Filing, complain, way_to
from regard.care.complaints.forms import AssessmentForm, FilingForm, NewForm, RedressForm
from regard.care.complaints.models import VIA_OF, Assessment, Complaint, Ruling, Via
from regard.care.complaints.offered import offered
from regard.care.complaints.queries import (
    TABS,
    by_name,
    complaint_of,
    counts,
    filtered,
    may_be_one,
    next_due,
    of_reader,
    redress_of,
    stages,
)
from regard.care.complaints.words import final_response
from regard.care.complaints.work import approved_amount, change, refer_until
from regard.customers.people.find import customer_or_404
from regard.customers.people.queries import by_id
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

PER_PAGE = 50


def index(request: RegardRequest) -> HttpResponse:
    """What is owed to those who complained, the most pressing first."""
    now, given = timezone.now(), {name: value for name, value in request.GET.dict().items() if value and name != "page"}
    mine = of_reader(request.scope, request.member)
    page = Paginator(filtered(mine, given, workspace=request.workspace.pk, now=now), PER_PAGE).get_page(request.GET.get("page", "1"))
    people = {one.id: one for one in by_id(request.scope, {one.case.profile.customer_id for one in page if one.case.profile})}
    lines = [(one, people.get(one.case.profile.customer_id) if one.case.profile else None, next_due(one)) for one in page]
    tab = given.get("tab", "")
    context = {
        "page": page, "lines": lines, "counts": counts(mine, now=now), "given": given, "tab": tab if tab in TABS else "", "now": now,
        "query": request.GET.urlencode(), "offers": offered(request), "may_act": request.member.may(Right.RECORD), "words": given.get("q", ""),
    }  # fmt: skip
    return render(request, "care/complaints/index.html", context)


def show(request: RegardRequest, number: int) -> HttpResponse:
    return render(request, "care/complaints/show.html", _context(request, _find(request, number)))


def _context(request: RegardRequest, found: Complaint, typed: dict[str, str] | None = None) -> dict[str, Any]:
    now, given = timezone.now(), typed or {}
    act = given.get("act", "").partition(":")[0]
    ruled, who = found.rulings.last(), found.case.profile
    customer = next(iter(by_id(request.scope, [who.customer_id])), None) if who else None
    draft = final_response(found, ruled, approved_amount(found), refer_until(found, now)) if ruled and not found.done else ""
    context: dict[str, Any] = {
        "complaint": found, "case": found.case, "who": customer, "stages": stages(found, now), "next": next_due(found), "now": now,
        "may_act": request.member.may(Right.RECORD), "way": way_to(found.case, now=now) if found.case.open else None, "typed": given, "act": act,
        "assessments": list(found.assessments.all()), "findings": list(found.findings.all()), "extensions": list(found.extensions.all()),
        "money": redress_of(found, request.member), "ruled": ruled, "answers": list(found.answers.all()), "referrals": list(found.referrals.all()),
        "packs": list(found.packs.all()), "rulings": Ruling.choices, "draft": given.get("text", "") if act == "answer" else draft,
        "assessment": AssessmentForm(given if act == "assess" else None, instance=_as_assessed(found)),
        "redress": RedressForm(given if act == "offer" else None), "currency": found.case.workspace.currency,
    }  # fmt: skip
    rows = [ruled] if ruled else []
    for name in ("assessments", "findings", "extensions", "answers", "packs"):
        rows += context[name]
    by_name([*rows, *(one.redress for one in context["money"])])
    return context


def _as_assessed(found: Complaint) -> Assessment:
    """What was thought last is where the next thought begins."""
    last = found.assessments.last()
    if last is None:
        return Assessment()
    last.pk, last.text = None, ""
    return last


@require_POST
def act(request: RegardRequest, number: int) -> HttpResponse:
    found = _find(request, number)
    given = request.POST.dict()
    try:
        verb(request, given, now=timezone.now())(found)
    except NotPossible as problem:
        messages.error(request, str(problem))
        return render(request, "care/complaints/show.html", _context(request, _find(request, number), typed=given), status=422)
    return redirect("complaints:show", number)


def add(request: RegardRequest) -> HttpResponse:
    """By an agent, about a customer where one is named."""
    asked_for, now = request.GET.get("customer", ""), timezone.now()
    customer = customer_or_404(request.scope, int(asked_for)) if asked_for.isdecimal() and len(asked_for) < 19 else None
    home = next(iter(request.member.units.values_list("pk", flat=True)), None)
    instance = Case(workspace=request.workspace, queue=first_queue(request.workspace.pk))
    form = NewForm(request.POST or None, scope=request.scope, unit=home, instance=instance)
    start = {"received": timezone.localtime(now)}
    filing = FilingForm(request.POST or None, workspace=request.workspace.pk, now=now, nobody=customer is None, initial=start)
    if request.method == "POST" and all([form.is_valid(), filing.is_valid()]):
        given, told = form.cleaned_data, filing.cleaned_data
        opening = Opening(
            title=given["title"], queue=given["queue"], unit=given["unit"], touchpoint=given["touchpoint"].pk if given["touchpoint"] else None,
            profile=customer.id if customer else None, owner=request.member.pk if given["mine"] else None, priority=given["priority"],
            words=given["words"],
        )  # fmt: skip
        with transaction.atomic():  # no case without its complaint
            (case,) = open_cases(request.workspace, [opening], by=request.user.email, now=now, member=request.member)
            complain(case, Filing(**told), by=request.user.email, now=now)
        messages.success(request, _("Complaint %(number)s is entered.") % {"number": case.number})
        return redirect("complaints:show", case.number)
    return render(request, "care/complaints/new.html", {"form": form, "filing": filing, "customer": customer})


def turn(request: RegardRequest, number: int) -> HttpResponse:
    """A case that turns out to be a complaint."""
    case = one(seen(request.scope, request.member), number) if number < 2**31 else None
    if case is None:
        raise Http404
    if not may_be_one(case):
        known = complaint_of(request.scope, request.member, number)
        return redirect("complaints:show" if known else "cases:show", number)
    now = timezone.now()
    start = {"received": timezone.localtime(case.opened), "via": VIA_OF.get(case.channel, Via.SURVEY if case.response_id else Via.OTHER)}
    filing = FilingForm(request.POST or None, workspace=request.workspace.pk, now=now, initial=start)
    if request.method == "POST" and filing.is_valid():
        try:
            complain(case, Filing(**filing.cleaned_data), by=request.user.email, now=now)
        except NotPossible as problem:
            messages.error(request, str(problem))
        else:
            return redirect("complaints:show", number)
    return render(request, "care/complaints/turn.html", {"filing": filing, "case": case})


def mend(request: RegardRequest, number: int) -> HttpResponse:
    """What was entered wrongly about how it came in."""
    found, now = _find(request, number), timezone.now()
    start = {
        "received": timezone.localtime(found.received), "via": found.via, "remedy": found.remedy, "wish": found.wish, "rule": found.rule_id,
    }  # fmt: skip
    filing = FilingForm(request.POST or None, workspace=request.workspace.pk, now=now, begun=True, initial=start)
    if request.method == "POST" and filing.is_valid():
        given = filing.cleaned_data
        try:
            change(found, rule=given["rule"] or found.rule, received=given["received"], given=given, by=request.user.email, now=now)
        except NotPossible as problem:
            messages.error(request, str(problem))
        else:
            return redirect("complaints:show", number)
    return render(request, "care/complaints/turn.html", {"filing": filing, "case": found.case, "complaint": found})


def _find(request: RegardRequest, number: int) -> Complaint:
    found = complaint_of(request.scope, request.member, number)
    if found is None:
        raise Http404
    return found
