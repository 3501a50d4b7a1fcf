from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.customers.contact.channels import CHANNELS_OR_ALL, KIND
from regard.customers.contact.channels import Channel as Way
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.restraints.models import Reason
from regard.customers.identity.names import EMAIL, PHONE, USER, titled
from regard.customers.people.find import customer_or_404
from regard.customers.people.models import Profile
from regard.customers.people.queries import Person, persons, visible
from regard.customers.traits.models import Trait
from regard.ledger.touchpoints.models import Channel, Touchpoint
from regard.segments.builder import HELD, JOINS, KINDS, LISTED, SAYS, SCORE_OPS, TIMES_OPS, Draft
from regard.segments.computed.queries import kinds
from regard.segments.computed.words import METRICS
from regard.segments.definition import BadDefinition, Group, read, written
from regard.segments.members.mirror import refresh
from regard.segments.models import Segment
from regard.segments.queries import check_named, comings_and_goings, fit, fitting, members, segments_of, trait_names
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right
from regard.workspace.units.models import branches

PER_PAGE = 50


class SegmentForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Segment
        fields = ["name", "description"]

    def _get_validation_exclusions(self) -> set[str]:
        """The name is checked against the workspace's others."""
        return set(super()._get_validation_exclusions()) - {"workspace", "retired"}  # type: ignore[misc]


def index(request: RegardRequest) -> HttpResponse:
    segments = Segment.objects.filter(workspace=request.workspace, retired=None)
    context = {"segments": segments, "may_edit": request.member.may(Right.CATALOGUE)}
    return render(request, "segments/index.html", context)


def add(request: RegardRequest) -> HttpResponse:
    return _editor(request, Segment(workspace=request.workspace, definition={"kind": "all", "of": []}))


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    if found.definition is None:  # a list has no conditions, and gets none by the way
        return redirect("lists:rename", pk)
    return _editor(request, found)


@require_POST
def draft(request: RegardRequest) -> HttpResponse:
    """The editor as it stands, and how many fit: what the page asks for after each change."""
    return render(request, "segments/_builder.html", _building(request, Draft.posted(request.POST)))


def show(request: RegardRequest, pk: int) -> HttpResponse:
    segment = _find(request, pk)
    after = request.GET.get("after", "")
    found = members(
        request.scope, segment.pk, limit=PER_PAGE + 1, after=int(after) if after.isdecimal() and len(after) < 19 else 0
    )
    since = dict(found[:PER_PAGE])
    allowed = visible(request.scope, since)
    people = persons(request.scope, Profile.objects.filter(workspace=request.workspace, pk__in=allowed).order_by("pk"))
    days = comings_and_goings(request.scope, segment.pk, since=timezone.now() - timedelta(days=30))
    context = {
        "segment": segment,
        "people": [(one, since[one.id]) for one in people],
        "hidden": len(since) - len(people),
        "next": found[PER_PAGE - 1][0] if len(found) > PER_PAGE else None,
        "entered": sum(day.entered for day in days),
        "left": sum(day.left for day in days),
        "may_edit": request.member.may(Right.CATALOGUE),
        "may_fill": segment.definition is None and segment.retired is None and request.member.may(Right.RECORD),
    }
    return render(request, "segments/show.html", context)


def text(request: RegardRequest, pk: int) -> HttpResponse:
    """The conditions as JSON: for those nested deeper than the form goes, and for copying."""
    segment = _find(request, pk)
    if segment.definition is None:
        return redirect("lists:rename", pk)
    given, problem = json.dumps(segment.definition, indent=2, ensure_ascii=False), ""
    if request.method == "POST":
        given = request.POST.get("definition", "")[:100_000]
        try:
            segment.definition = written(check_named(request.scope, read(json.loads(given)), itself=segment.pk))
        except (BadDefinition, ValueError, RecursionError) as wrong:
            problem = (
                str(wrong) if isinstance(wrong, BadDefinition) else _("This is not JSON: %(why)s") % {"why": wrong}
            )
        else:
            segment.keep(actor=request.user.email)
            refresh(segment, now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("segments:show", segment.pk)
    return render(request, "segments/text.html", {"segment": segment, "given": given, "problem": problem})


def retirement(request: RegardRequest, pk: int) -> HttpResponse:
    segment = _find(request, pk)
    if request.method == "POST":
        segment.retire(actor=request.user.email)
        messages.success(request, _("%(name)s is retired.") % {"name": segment.name})
        return redirect("segments:index")
    question = Confirm(
        title=_("Retire %(name)s?") % {"name": segment.name}, act=_("Retire"), keep=_("Keep"), back=reverse("segments:show", args=[segment.pk]),
        crumb=_("Segments"), texts=(_("It is no longer worked out or offered. Who belonged to it and when is kept."),),
    )  # fmt: skip
    return ask(request, question)


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    """The segments of one customer: a fragment of their page."""
    found = customer_or_404(request.scope, pk)
    there = segments_of(request.scope, found.id)
    lists = _lists(request).exclude(pk__in=[one.pk for one in there]) if request.member.may(Right.RECORD) else ()
    return render(request, "segments/_panel.html", {"segments": there, "customer": found, "lists": lists})


def _editor(request: RegardRequest, segment: Segment) -> HttpResponse:
    form = SegmentForm(request.POST or None, instance=segment)
    built = Draft.posted(request.POST) if request.method == "POST" else Draft.begun(segment.group)
    if built is None:
        return redirect("segments:text", segment.pk)
    building = _building(request, built, segment)
    if request.method == "POST" and "save" in request.POST and form.is_valid() and building["group"] is not None:
        segment.definition = written(building["group"])
        segment.keep(actor=request.user.email)
        size = refresh(segment, now=timezone.now())
        told = ngettext("Saved. %(n)s customer belongs to it.", "Saved. %(n)s customers belong to it.", size)
        messages.success(request, told % {"n": f"{size:,}"})
        return redirect("segments:show", segment.pk)
    return render(request, "segments/edit.html", {"form": form, "segment": segment, **building})


def _building(request: RegardRequest, draft: Draft, segment: Segment | None = None) -> dict[str, Any]:
    context: dict[str, Any] = {
        "draft": draft.knowing(Trait.of(request.workspace.pk) | kinds(request.workspace.pk)).placed(),
        "group": None,
        "problem": "",
        "fit": None,
        "some": [],
        "kinds": KINDS,
        "joins": JOINS,
    }
    try:
        context["group"] = group = check_named(
            request.scope, draft.definition(), itself=segment.pk if segment else None
        )
        context["fit"] = fit(request.scope, group, now=timezone.now())
        context["some"] = _some(request, group)
    except BadDefinition as problem:
        context["problem"] = str(problem)
    others = Segment.objects.filter(workspace=request.workspace, retired=None)
    purposes = dict(Purpose.objects.filter(workspace=request.workspace, retired=None).values_list("key", "name"))
    return context | {
        "yes_no": {"true": _("yes"), "false": _("no")},
        "times_ops": TIMES_OPS,
        "score_ops": SCORE_OPS,
        "metrics": METRICS,
        "which": {"last": _("their last answer"), "any": _("any of their answers")},
        "namespaces": {name: titled(name) for name in (EMAIL, PHONE, USER)},
        "channels": {channel.value: channel.label for channel in Channel},
        "touchpoints": {
            str(t.pk): t.name for t in Touchpoint.objects.filter(workspace=request.workspace, retired=None)
        },
        "units": {str(branch.id): branch.name for branch in branches(request.workspace.pk)},
        "segments": {str(one.pk): one.name for one in others if segment is None or one.pk != segment.pk},
        "traits": trait_names(request.scope),
        "says": SAYS,
        "purposes": purposes,
        "reach": dict(CHANNELS_OR_ALL),
        "listed": LISTED,
        "listed_by": {"any": _("any channel"), **{way.value: way.label for way in Way if way in KIND}},
        "held": HELD,
        "reasons": {"any": _("reason of any kind"), **dict(Reason.choices)},
        "held_for": {"any": _("any purpose"), **purposes},
        "held_by": {"any": _("any channel"), **dict(Way.choices)},
    }


def _some(request: RegardRequest, group: Group) -> list[Person]:
    return persons(
        request.scope,
        Profile.objects.filter(
            workspace=request.workspace, pk__in=fitting(request.scope, group, now=timezone.now(), limit=5)
        ),
    )


def _find(request: RegardRequest, pk: int) -> Segment:
    return get_object_or_404(Segment, pk=pk, workspace=request.workspace)


def _lists(request: RegardRequest) -> QuerySet[Segment]:
    return Segment.objects.filter(workspace=request.workspace, retired=None, definition__isnull=True)
