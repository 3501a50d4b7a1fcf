from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from regard.care.queues.models import Priority, Queue
from regard.customers.contact.purposes.models import Purpose
from regard.customers.people.queries import by_id, visible
from regard.ledger.touchpoints.models import Touchpoint
from regard.listening.inbox.offered import members
from regard.listening.programmes.models import Programme
from regard.loyalty.offers.models import Offer
from regard.metrics.dimensions import Names as Dimensions
from regard.metrics.period import BadQuery
from regard.metrics.query import read_filters
from regard.metrics.sql import Parts, condition
from regard.outreach.messages.carriers import CARRIERS
from regard.outreach.messages.piped import holes
from regard.outreach.templates.models import MessageTemplate
from regard.outreach.webhooks.models import Endpoint
from regard.playbooks.rules.definition import MOST_RULES, Answered, BadRule, Happened, Rule, read
from regard.playbooks.rules.draft import ONLY, STEPS, WHENS, Draft
from regard.playbooks.rules.models import NotReady, Playbook
from regard.playbooks.rules.retired import retired_messages
from regard.playbooks.rules.said import Names, told
from regard.playbooks.rules.starts import STARTS
from regard.playbooks.runs.batch import KNOWN
from regard.playbooks.runs.models import Run, RunState
from regard.playbooks.runs.queries import Uplift, customers_of, uplifts
from regard.playbooks.runs.trial import try_out
from regard.segments.models import Segment
from regard.warehouse import WarehouseAway
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

_PER_PAGE = 50
_METRICS = {"": _lazy("whatever was asked"), "nps": "NPS", "csat": "CSAT", "ces": "CES", "rating": _lazy("rating"),
            "expectation": _lazy("expectation"), "emotion": _lazy("emotion")}  # fmt: skip
_OPS = {"<=": "≤", ">=": "≥", "=": "=", "fell": _lazy("fell by at least"), "rose": _lazy("rose by at least")}


class PlaybookForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Playbook
        fields = ["name", "most_per_hour"]

    def _get_validation_exclusions(self) -> set[str]:
        """The name is checked against the workspace's others."""
        return set(super()._get_validation_exclusions()) - {"workspace", "retired"}  # type: ignore[misc]


def index(request: RegardRequest) -> HttpResponse:
    lately = Q(runs__begun__gt=timezone.now() - timedelta(days=30))
    found = Playbook.objects.filter(workspace=request.workspace, retired=None).annotate(lately=Count("runs", lately), last=Max("runs__begun"))
    found = found.order_by("name")  # what is counted with it drops the order of the model
    context = {"playbooks": found, "on": sum(one.running for one in found), "may_edit": request.member.may(Right.CONFIGURE)}
    return render(request, "playbooks/rules/index.html", context)


def begin(request: RegardRequest) -> HttpResponse:
    """A playbook from the library, or an empty one; it does nothing before it is switched on."""
    if request.method != "POST":
        return render(request, "playbooks/rules/begin.html", {"starts": STARTS.values()})
    start = STARTS.get(request.POST.get("from", ""))
    made = Playbook(workspace=request.workspace, name=_free(request, str(start.name) if start else _("New playbook")))
    made.keep([], by=request.user.email)
    if start is None:
        return redirect("playbooks:rule_new", made.pk)
    ready, missing = [], ""
    for given in start.rules:
        try:
            ready.append(read(given))
        except BadRule:
            missing = missing or given["name"]
    made.keep(ready, by=request.user.email)
    if missing:  # what it needs is chosen on the page of the rule
        return redirect(f"{reverse('playbooks:rule_new', args=[made.pk])}?from={start.key}")
    return redirect("playbooks:show", made.pk)


def _free(request: RegardRequest, name: str) -> str:
    taken = {one.casefold() for one in Playbook.objects.filter(workspace=request.workspace, retired=None).values_list("name", flat=True)}
    names = (name, *(_("%(name)s, %(n)s") % {"name": name, "n": number} for number in range(2, 100)))
    return next(one for one in names if one.casefold() not in taken)


def show(request: RegardRequest, pk: int) -> HttpResponse:
    """What it does, what it did, and whether it is on."""
    playbook = _find(request, pk)
    names, rules = Names(request.workspace.pk), playbook.version.read
    runs = Run.objects.filter(playbook=playbook)
    states = dict(runs.order_by().values("state").annotate(n=Count("pk")).values_list("state", "n"))
    state = request.GET.get("state", "")
    if state in RunState.values:
        runs = runs.filter(state=state)
    page = Paginator(runs.order_by("-begun", "-id").select_related("case"), _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "playbook": playbook, "rules": [(number, one, told(one, names), _fault(request, one)) for number, one in enumerate(rules)],
        "page": page, "lines": _lines(request, list(page.object_list)),
        "states": [(one, label, states.get(one, 0)) for one, label in RunState.choices],
        "state": state, "may_edit": request.member.may(Right.CONFIGURE), "versions": playbook.versions.count(),
        "more": len(rules) < MOST_RULES, "uplifts": _uplifts(playbook),
    }  # fmt: skip
    return render(request, "playbooks/rules/show.html", context)


def _uplifts(playbook: Playbook) -> list[Uplift]:
    """Nothing while the ledger is away: the page stands without."""
    try:
        return uplifts(playbook)
    except WarehouseAway:
        return []


def _lines(request: RegardRequest, runs: list[Run]) -> list[tuple[Run, object]]:
    """Each run with its customer, where the reader may see them."""
    customers = customers_of([one.profile_id or 0 for one in runs])
    people = {one.id: one for one in by_id(request.scope, visible(request.scope, set(customers.values())))}
    return [(one, people.get(customers.get(one.profile_id or 0, 0))) for one in runs]


def _fault(request: RegardRequest, rule: Rule) -> str:
    """What is wrong with it today, though it was right when it was saved."""
    if gone := retired_messages(request.workspace.pk, [rule]):
        return gone[0]
    if isinstance(rule.when, Answered | Happened):
        try:
            for one in read_filters(rule.when.where):
                condition(one, Dimensions.of(request.workspace.pk), request.workspace.zone, Parts())
        except BadQuery as problem:
            return str(problem)
    return ""


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    playbook = _find(request, pk)
    form = PlaybookForm(request.POST or None, instance=playbook)
    if request.method == "POST" and form.is_valid():
        form.instance.keep(by=request.user.email)
        messages.success(request, _("Saved."))
        return redirect("playbooks:show", pk)
    return render(request, "playbooks/rules/edit.html", {"form": form, "playbook": Playbook.objects.get(pk=pk)})


def rule(request: RegardRequest, pk: int, number: int = -1) -> HttpResponse:
    """One rule of it, in a form that changes with what is chosen."""
    playbook = _find(request, pk)
    rules = list(playbook.version.read)
    if number >= len(rules):
        raise Http404
    problem = ""
    if request.method == "POST":
        draft = Draft.posted(request.POST)
        if "save" in request.POST:
            try:
                made = _checked(request, draft.rule())
            except (BadRule, BadQuery) as wrong:
                problem = str(wrong)
            else:
                playbook.keep([*rules[:number], made, *rules[number + 1 :]] if number >= 0 else [*rules, made], by=request.user.email)
                messages.success(request, _("Saved. What was begun before goes on as it was."))
                return redirect("playbooks:show", pk)
    elif number >= 0:
        draft, problem = Draft.begun(rules[number]), next(iter(retired_messages(request.workspace.pk, [rules[number]])), "")
    else:
        draft = _started(request)
    context = {"playbook": playbook, "number": number, "problem": problem, "draft": draft, **_choices(request)}
    part = "playbooks/rules/_rule.html" if request.htmx and "save" not in request.POST else "playbooks/rules/rule.html"
    return render(request, part, context, status=422 if problem and request.method == "POST" else 200)


def _started(request: RegardRequest) -> Draft:
    """As a start has it, with what it needs left to be chosen."""
    start = STARTS.get(request.GET.get("from", ""))
    if start is None:
        return Draft(steps=[{"do": "case"}])
    given = start.rules[0]
    when = given["when"]
    return Draft(given["name"], when["kind"], {**when, "came": "yes" if when.get("came", True) else ""}, "", str(given.get("hold_out", 0)),
                 str(given.get("rest_days", 1)), [dict(one) for one in given["then"]])  # fmt: skip


def _checked(request: RegardRequest, rule: Rule) -> Rule:
    """Every number in it is one of this workspace. Raises BadRule and BadQuery."""
    known = _choices(request)
    told = rule.model_dump()
    for part in (told, told["when"], *told["then"]):
        for name, table in (("segment", "segments"), ("only_segment", "segments"), ("queue", "queues"), ("programme", "programmes"),
                            ("member", "members"), ("endpoint", "endpoints"), ("offer", "offers"), ("template", "templates")):  # fmt: skip
            if part.get(name) is not None and str(part[name]) not in known[table]:
                raise BadRule(_("What was chosen is not there any more: choose again."))
        for name in ("title", "text", "subject", "value"):
            if unknown := holes(part.get(name) or "", KNOWN):
                listed = ", ".join(f"{{{{ {one} }}}}" for one in KNOWN)
                raise BadRule(_("Nothing can stand for {{ %(name)s }}. Known are: %(known)s.") % {"name": unknown[0], "known": listed})
    if isinstance(rule.when, Answered | Happened):
        read_filters(rule.when.where)
        if fault := _fault(request, rule):
            raise BadRule(fault)
    return rule


def _choices(request: RegardRequest) -> dict[str, Any]:
    mine = {"workspace": request.workspace}

    def named(found: Any) -> dict[str, str]:
        return {str(pk): name for pk, name in found.values_list("pk", "name")}

    return {
        "whens": WHENS, "kinds": STEPS, "only": ONLY, "metrics": _METRICS, "ops": _OPS,
        "segments": named(Segment.objects.filter(retired=None, **mine).order_by("name")),
        "queues": named(Queue.objects.filter(retired=None, **mine)), "programmes": named(Programme.objects.filter(ended=None, **mine)),
        "templates": _templates(request), "offers": named(Offer.objects.filter(retired=None, **mine)),
        "endpoints": named(Endpoint.objects.filter(removed=None, **mine)), "members": members(request),
        "touchpoints": named(Touchpoint.objects.filter(retired=None, **mine).order_by("name")),
        "purposes": dict(Purpose.objects.filter(retired=None, **mine).values_list("key", "name")),
        "channels": {one: one for one in ("e-mail", "SMS", "WhatsApp") if one in CARRIERS},
        "priorities": {str(value): label for value, label in Priority.choices},
        "case_whats": {
            "opened": _("it is opened"), "closed": _("it is closed"), "reopened": _("it is opened again"),
            "confirmed": _("the customer says: solved"), "denied": _("the customer says: not solved"),
            "late": _("it runs late"), "heard": _("the customer writes"),
        },
        "everys": {"day": _("every day"), "week": _("every Monday"), "month": _("on the first of the month")},
        "units": {"minutes": _("minutes"), "hours": _("hours"), "days": _("days")}, "came": {"yes": _("comes into"), "": _("leaves")},
        "whoms": {"managers": _("those who answer for the unit"), "owner": _("the case’s owner"), "member": _("one of us:")},
        "holes": _("In texts can stand: %(known)s, and traits as {{ trait:plan }}.") % {"known": ", ".join(f"{{{{ {name} }}}}" for name in KNOWN)},
    }  # fmt: skip


def _templates(request: RegardRequest) -> dict[str, str]:
    """With how they are sent: a step that sends one goes by its way."""
    found = MessageTemplate.objects.filter(workspace=request.workspace, retired=None)
    return {str(one.pk): f"{one.name} ({one.get_channel_display()})" for one in found}


@require_POST
def rule_remove(request: RegardRequest, pk: int, number: int) -> HttpResponse:
    playbook = _find(request, pk)
    rules = list(playbook.version.read)
    if number < len(rules):
        del rules[number]
        playbook.keep(rules, by=request.user.email)
        messages.success(request, _("The rule is gone. What it began goes on."))
    return redirect("playbooks:show", pk)


def trial(request: RegardRequest, pk: int) -> HttpResponse:
    """What it would have done in the last 30 days."""
    playbook = _find(request, pk)
    names = Names(request.workspace.pk)
    found = [(one, told(one.rule, names), _people(request, one.some), _fault(request, one.rule)) for one in try_out(playbook, now=timezone.now())]
    context = {"playbook": playbook, "trials": found, "may_edit": request.member.may(Right.CONFIGURE)}
    return render(request, "playbooks/rules/trial.html", context)


def _people(request: RegardRequest, some: list[Any]) -> list[tuple[Any, object]]:
    customers = customers_of([one.profile for one in some])
    people = {one.id: one for one in by_id(request.scope, visible(request.scope, set(customers.values())))}
    return [(one, people.get(customers.get(one.profile, 0))) for one in some]


@require_POST
def switch(request: RegardRequest, pk: int) -> HttpResponse:
    playbook, now = _find(request, pk), timezone.now()
    if playbook.running:
        playbook.switch_off(by=request.user.email, now=now)
        messages.success(request, _("It is off. What waits goes on waiting until it is on again."))
    else:
        try:
            playbook.switch_on(by=request.user.email, now=now)
        except NotReady as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("It is on. What happens from now on counts."))
    return redirect("playbooks:show", pk)


def stop_all(request: RegardRequest) -> HttpResponse:
    """Everything stands still at once."""
    if request.method == "POST":
        count = 0
        for one in Playbook.objects.filter(workspace=request.workspace, retired=None, paused=None).exclude(since=None):
            one.switch_off(by=request.user.email, now=timezone.now(), why=_("Everything was stopped by %(who)s.") % {"who": request.user.email})
            count += 1
        messages.success(request, _("%(n)s playbooks are off.") % {"n": count})
        return redirect("playbooks:index")
    question = Confirm(
        title=_("Stop every playbook?"), act=_("Stop everything"), keep=_("Leave them on"), back=reverse("playbooks:index"), crumb=_("Playbooks"),
        texts=(_("Nothing more is begun or done, and no message of theirs goes out. Each can be switched on again; what waited goes on then."),),
    )  # fmt: skip
    return ask(request, question)


def retirement(request: RegardRequest, pk: int) -> HttpResponse:
    playbook = _find(request, pk)
    if request.method == "POST":
        playbook.retire(by=request.user.email, now=timezone.now())
        messages.success(request, _("%(name)s is retired.") % {"name": playbook.name})
        return redirect("playbooks:index")
    waiting = Run.objects.filter(playbook=playbook, state=RunState.WAITING).count()
    question = Confirm(
        title=_("Retire %(name)s?") % {"name": playbook.name}, act=_("Retire"), keep=_("Keep"), back=reverse("playbooks:show", args=[pk]),
        crumb=playbook.name, texts=(_("It begins nothing more, and its name is free again. What it did is kept."),),
        lost=(_("%(n)s runs that still wait are never finished.") % {"n": waiting},) if waiting else (),
    )  # fmt: skip
    return ask(request, question)


def run(request: RegardRequest, pk: int, run: int) -> HttpResponse:
    """One run: the occasion, and what was done."""
    playbook = _find(request, pk)
    found = get_object_or_404(Run.objects.select_related("version", "case"), pk=run, playbook=playbook)
    ((_run, customer),) = _lines(request, [found])
    if not request.scope.sees(found.about.get("unit", 0)) and customer is None:
        raise Http404
    rule = found.version.read[found.rule] if found.rule < len(found.version.read) else None
    context = {"playbook": playbook, "run": found, "customer": customer, "deeds": found.deeds.select_related("version__template"),
               "told": told(rule, Names(request.workspace.pk)) if rule else None}  # fmt: skip
    return render(request, "playbooks/rules/run.html", context)


def _find(request: RegardRequest, pk: int) -> Playbook:
    return get_object_or_404(Playbook.objects.select_related("workspace"), pk=pk, workspace=request.workspace, retired=None)
