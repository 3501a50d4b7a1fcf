from __future__ import annotations

import json

import msgspec
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.connectors.sources.mapping.forms import RuleForm
from regard.connectors.sources.mapping.queries import (
    known_events,
    known_properties,
    mapping_page,
    replaced,
    trial,
)
from regard.ledger.mapping.models import Mapping
from regard.ledger.mapping.rules import Rule, rules
from regard.ledger.record.correct import inboxes_of, replay
from regard.ledger.sources.models import Source, SourceKind
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest

_TESTED = "mapping-rule-tested"


def index(request: RegardRequest) -> HttpResponse:
    page = mapping_page(request.scope)
    return render(request, "connectors/sources/mapping/index.html", {"page": page})


def rule(request: RegardRequest, place: int | None = None) -> HttpResponse:
    """A rule is tested on recent events first; only what was tested, as it was tested, is saved."""
    known = _at(request, place)
    start = RuleForm.start(known) if known else {"event": request.GET.get("event", "")[:200]}
    form = RuleForm(request.POST or None, workspace=request.workspace.pk, initial=start)
    tested, seal = None, ""
    if request.method == "POST" and form.is_valid():
        wanted = form.rule()
        if (
            "save" in request.POST
            and request.POST.get("seal")
            and _seal(request, wanted) == _opened(request.POST["seal"])
        ):
            _save(request, replaced(request.workspace.pk, place, wanted))
            return redirect("sources:mapping")
        tested, seal = trial(wanted, request.scope), signing.dumps(_seal(request, wanted), salt=_TESTED)
    event = request.POST.get("event") or str(start.get("event", ""))
    context = {
        "form": form,
        "tested": tested,
        "seal": seal,
        "known": known,
        "events": known_events(request.scope),
        "properties": known_properties(request.scope, event) if event else [],
    }
    return render(request, "connectors/sources/mapping/rule.html", context)


def remove(request: RegardRequest, place: int) -> HttpResponse:
    known = _at(request, place)
    assert known is not None
    if request.method == "POST":
        current = rules(Mapping.current(request.workspace.pk))
        _save(request, [one for at, one in enumerate(current) if at != place])
        return redirect("sources:mapping")
    question = Confirm(
        title=_("Remove the rule for %(event)s?") % {"event": known.event},
        act=_("Remove"),
        keep=_("Keep"),
        back=reverse("sources:mapping"),
        crumb=_("What events mean"),
        texts=(
            _(
                "New events of this name are then placed by the next rule that fits, or not at all. "
                "What is in the ledger stays as it is until you read it again."
            ),
        ),
    )
    return ask(request, question)


@require_POST
def move(request: RegardRequest, place: int) -> HttpResponse:
    """One place up: the first rule that fits decides."""
    current = rules(Mapping.current(request.workspace.pk))
    if 0 < place < len(current):
        current[place - 1], current[place] = current[place], current[place - 1]
        _save(request, current)
    return redirect("sources:mapping")


@require_POST
def again(request: RegardRequest) -> HttpResponse:
    """Read every event that is still in the inbox with the mapping of now."""
    sources = Source.objects.filter(workspace=request.workspace, kind=SourceKind.KEY).values_list("pk", flat=True)
    replay(request.workspace.pk, [inbox for source in sources for inbox in inboxes_of(source)])
    messages.success(request, _("Past events are read again with these rules; numbers follow in a moment."))
    return redirect("sources:mapping")


def _at(request: RegardRequest, place: int | None) -> Rule | None:
    if place is None:
        return None
    current = rules(Mapping.current(request.workspace.pk))
    if place >= len(current):
        raise Http404
    return current[place]


def _save(request: RegardRequest, wanted: list[Rule] | object) -> None:
    stored = json.loads(msgspec.json.encode(wanted))
    Mapping.save_version(workspace_id=request.workspace.pk, rules=stored, author=request.user.email)
    messages.success(
        request,
        _("Saved. From now on events are read so; “Apply to past events” reads the earlier ones again."),
    )


def _seal(request: RegardRequest, rule: Rule) -> list[object]:
    return [request.workspace.pk, json.loads(msgspec.json.encode(rule))]


def _opened(seal: str) -> object:
    try:
        return signing.loads(seal, salt=_TESTED, max_age=3600)
    except signing.BadSignature:
        return None
