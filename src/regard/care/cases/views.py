from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.care.cases.act import verb
from regard.care.cases.forms import CaseForm
from regard.care.cases.models import Case, State
from regard.care.cases.offered import offered
from regard.care.cases.open import Opening, first_queue, open_cases
from regard.care.cases.present import others_at, troubles_of
from regard.care.cases.queries import (
    closures_of,
    counts,
    filtered,
    is_late,
    of_customer,
    one,
    page_of,
    place,
    seen,
    story,
    tags_of,
    times_of,
    why_so,
)
from regard.care.cases.work import NotPossible, hours_for, of_all
from regard.care.handoffs.rate import may_rate
from regard.care.letters.write import WAYS, asked, elsewhere
from regard.care.queues.causes import tree
from regard.care.queues.models import Priority, Queue, ReplyTemplate
from regard.care.queues.people import People
from regard.customers.contact.verdict import Outcome
from regard.customers.people.find import customer_or_404
from regard.customers.people.models import profile_ids
from regard.customers.people.page import slots_of
from regard.customers.people.queries import Person, by_id, visible
from regard.listening.inbox.offered import members
from regard.listening.responses.told import told
from regard.outreach.messages.carriers import CARRIERS
from regard.outreach.messages.piped import piped
from regard.outreach.notices.models import Notice
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right
from regard.workspace.units.models import branches


def index(request: RegardRequest) -> HttpResponse:
    """What is open, the most pressing first."""
    now, mine = timezone.now(), seen(request.scope, request.member)
    given = request.GET.dict()
    closed = given.get("state") == State.CLOSED
    found = filtered(mine, given, workspace=request.workspace.pk, me=request.member.pk, now=now)
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "page": page_of(request.scope, found, place(given.get("after", "")), closed=closed, now=now), "offers": offered(request), "given": query,
        "words": given.get("q", ""), "query": query.urlencode(), "counts": counts(mine, me=request.member.pk, now=now), "members": members(request),
        "may_act": request.member.may(Right.RECORD), "closed": closed, "priorities": Priority.choices,
    }  # fmt: skip
    return render(request, "care/cases/index.html", context)


def show(request: RegardRequest, number: int) -> HttpResponse:
    found, now = _find(request, number), timezone.now()
    if request.member.may(Right.RECORD) and found.unheard and found.owner_id == request.member.pk:
        Case.objects.filter(pk=found.pk).update(unheard=False)
    Notice.objects.filter(member=request.member, about=f"case {found.pk}", seen=None).update(seen=now)
    return render(request, "care/cases/show.html", _context(request, found, now, typed=_from_template(request, found)))


def _from_template(request: RegardRequest, case: Case) -> dict[str, str]:
    """The letter begun with the words of a template that was chosen."""
    chosen = request.GET.get("template", "")
    found = ReplyTemplate.objects.filter(workspace=request.workspace, pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 10 else None
    if found is None:
        return {}
    customer = case.profile.merged_into or case.profile if case.profile else None
    known = {
        "name": customer.name if customer and not request.scope.masked else "", "number": f"#{case.number}", "about": case.title,
        "touchpoint": case.touchpoint.name if case.touchpoint else "", "unit": case.unit.name, "agent": str(request.user),
        "company": request.workspace.name,
    }  # fmt: skip
    traits = customer.traits if customer and not request.scope.masked else {}
    known |= {f"trait:{name}": str(value) for name, value in traits.items() if isinstance(value, str | int | float)}
    return {"text": piped(found.text, known)}


def _context(request: RegardRequest, found: Case, now: datetime, *, typed: dict[str, str] | None = None) -> dict[str, object]:
    stays, people = list(found.stays.all()), People(request.workspace.pk)
    hours, end, who = hours_for(found, people), found.closed or now, _who(request, found)
    may_act = request.member.may(Right.RECORD) and found.merged_into is None
    ways = [way for way in WAYS if way in CARRIERS]
    verdicts = {way: asked(found, way, now=now) for way in ways} if may_act else {}
    return {
        "case": found, "who": who, "late": is_late(found, now), "why": why_so(found), "story": story(found), "may_act": may_act,
        "times": times_of(stays, now), "open_hours": hours.between(found.opened, end).total_seconds(), "wall": (end - found.opened).total_seconds(),
        "answers": told(found.response, masked=request.scope.masked) if found.response and _may_read(request, found) else [],
        "members": {pk: name for pk, name in members(request).items() if people.covers(int(pk), found.unit_id)},
        "tags": tags_of(request.workspace.pk), "queues": Queue.objects.filter(workspace=request.workspace, retired=None),
        "units": branches(request.workspace.pk), "priorities": Priority.choices, "causes": tree(request.workspace.pk),
        "closures": closures_of(found), "complaint": getattr(found, "complaint", None),
        "children": found.children.select_related("owner__user")[:50],
        "breaches": list(found.breaches.select_related("unit")), "watched": found.watchers.filter(member=request.member).exists(),
        "ways": {way: verdict for way, verdict in verdicts.items() if verdict.outcome is not Outcome.REFUSED},
        "unreached": next(iter(verdicts.values())).sentence if verdicts else "", "others": others_at(found, request.member, now=now),
        "templates": ReplyTemplate.objects.filter(workspace=request.workspace),
        "unrated": [one for one in found.handoffs.filter(good=None).select_related("from_unit") if may_rate(one, request.member, people)],
        "typed": typed or {}, "elsewhere": elsewhere(found), "troubles": troubles_of(found),
        "files": found.files.all()[:100], "enclosed": request.POST.getlist("enclosed"),
        "checklist": [(point, point in found.done) for point in found.queue.checklist], "masked": request.scope.masked,
        "slots": slots_of(request.member, request.workspace.pk, who.id, in_cases=True) if who and visible(request.scope, {who.id}) else [],
    }  # fmt: skip


def presence(request: RegardRequest, number: int) -> HttpResponse:
    """Asked by the page every few seconds: who else is there, and whether the case has changed meanwhile."""
    found, now = _find(request, number), timezone.now()
    changed = request.GET.get("changed", "") not in ("", found.changed.isoformat())
    return render(request, "care/cases/_others.html", {"case": found, "others": others_at(found, request.member, now=now), "stale": changed})


@require_POST
def act(request: RegardRequest, number: int) -> HttpResponse:
    found, now = _find(request, number), timezone.now()
    given = request.POST.dict()
    try:
        verb(request, given, now=now)(found)
    except NotPossible as problem:
        messages.error(request, str(problem))
        if any(given.get(name, "").strip() for name in ("text", "outcome")) or request.FILES:  # what was typed stays
            return render(request, "care/cases/show.html", _context(request, _find(request, number), now, typed=given), status=422)
    if one(seen(request.scope, request.member), number) is None:  # it was handed to others
        messages.success(request, _("Case %(number)s is with others now.") % {"number": number})
        return redirect("cases:index")
    return redirect("cases:show", number)


@require_POST
def act_on_many(request: RegardRequest) -> HttpResponse:
    """On those that are ticked."""
    numbers = [int(one) for one in request.POST.getlist("chosen")[:200] if one.isdecimal() and len(one) < 10]
    found = list(seen(request.scope, request.member).filter(number__in=numbers).select_related("unit", "queue"))
    if not found:
        messages.error(request, _("Tick the cases first."))
    else:
        try:
            done, why = of_all(found, verb(request, request.POST.dict(), now=timezone.now()))
        except NotPossible as problem:
            done, why = 0, [str(problem)]
        if done:
            messages.success(request, ngettext("Done for %(n)s case.", "Done for %(n)s cases.", done) % {"n": done})
        for sentence in why:
            messages.error(request, sentence)
    query = request.GET.urlencode()
    return redirect(reverse("cases:index") + (f"?{query}" if query else ""))


def add(request: RegardRequest) -> HttpResponse:
    """By hand, about a customer where one is named."""
    asked_for = request.GET.get("customer", "")
    customer = customer_or_404(request.scope, int(asked_for)) if asked_for.isdecimal() and len(asked_for) < 19 else None
    first = first_queue(request.workspace.pk)
    home = next(iter(request.member.units.values_list("pk", flat=True)), None)
    form = CaseForm(request.POST or None, scope=request.scope, unit=home, instance=Case(workspace=request.workspace, queue=first))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        opening = Opening(
            title=given["title"], queue=given["queue"], unit=given["unit"], touchpoint=given["touchpoint"].pk if given["touchpoint"] else None,
            profile=customer.id if customer else None, owner=request.member.pk if given["mine"] else None, words=given["words"],
            priority=given["priority"] or Priority.NORMAL, weigh=not given["priority"],
        )  # fmt: skip
        (made,) = open_cases(request.workspace, [opening], by=request.user.email, now=timezone.now(), member=request.member)
        messages.success(request, _("Case %(number)s is open.") % {"number": made.number})
        return redirect("cases:show", made.number)
    return render(request, "care/cases/new.html", {"form": form, "customer": customer})


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    """The cases of one customer: a fragment of their page."""
    found = customer_or_404(request.scope, pk)
    cases = of_customer(request.scope, request.member, profile_ids([found.id]))
    return render(request, "care/cases/_panel.html", {"cases": cases, "customer": found, "may_act": request.member.may(Right.RECORD)})


def _find(request: RegardRequest, number: int) -> Case:
    found = one(seen(request.scope, request.member), number) if number < 2**31 else None
    if found is None:
        raise Http404
    return found


def _who(request: RegardRequest, case: Case) -> Person | None:
    """The customer as this reader may know them."""
    found = by_id(request.scope, [case.profile.customer_id]) if case.profile else []
    return found[0] if found else None


def _may_read(request: RegardRequest, case: Case) -> bool:
    """What they answered was answered at the case's unit; of an anonymous programme there is no case with a name."""
    return case.response is not None and not case.response.test
