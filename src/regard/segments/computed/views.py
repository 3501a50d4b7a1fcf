from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.customers.people.find import customer_or_404
from regard.segments.computed.forms import MeasureForm, NameForm
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.queries import listed, preview, worked_out
from regard.segments.computed.save import InUse, check, remove, save
from regard.segments.computed.uses import uses
from regard.segments.definition import BadDefinition
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def index(request: RegardRequest) -> HttpResponse:
    context = {"traits": listed(request.workspace), "may_edit": request.member.may(Right.CATALOGUE)}
    return render(request, "segments/computed/index.html", context)


def add(request: RegardRequest) -> HttpResponse:
    return _editor(request, ComputedTrait(workspace=request.workspace))


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    return _editor(request, _find(request, pk))


@require_POST
def draft(request: RegardRequest) -> HttpResponse:
    """The measure as it stands, and what it comes out at: what the page asks for after each change."""
    form = MeasureForm(request.POST.dict(), ComputedTrait(workspace=request.workspace))
    return render(request, "segments/computed/_measure.html", _measuring(request, form))


def removal(request: RegardRequest, pk: int) -> HttpResponse:
    trait = _find(request, pk)
    back = reverse("computed:edit", args=[trait.pk])
    if request.method == "POST":
        try:
            remove(trait, actor=request.user.email)
        except InUse as problem:
            messages.error(request, str(problem))
            return redirect(back)
        messages.success(request, _("“%(name)s” is no longer worked out.") % {"name": trait.name})
        return redirect("computed:index")
    lost = ngettext("%(n)s customer has a value", "%(n)s customers have a value", trait.number)
    question = Confirm(
        title=_("Remove “%(name)s”?") % {"name": trait.name}, act=_("Remove"), keep=_("Keep"), back=back, crumb=_("Computed traits"),
        texts=(_("It is no longer worked out or offered. What it is worked out from stays: the same can be made again."),),
        lost=(lost % {"n": f"{trait.number:,}"},),
    )  # fmt: skip
    return ask(request, question)


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    """What was worked out of one customer: a fragment of their page."""
    found = customer_or_404(request.scope, pk)
    worked = worked_out(request.scope, [found.id])[found.id]
    oldest = (
        ComputedTrait.objects.filter(workspace=request.workspace).exclude(refreshed=None).order_by("refreshed").first()
    )
    context = {"worked": worked, "as_of": oldest.refreshed if oldest else None}
    return render(request, "segments/computed/_panel.html", context)


def _editor(request: RegardRequest, trait: ComputedTrait) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    title, name = trait.name, NameForm(posted, instance=trait)
    form = MeasureForm(posted.dict() if posted else None, trait)
    measuring = _measuring(request, form)
    if posted is not None and "save" in posted and name.is_valid() and measuring["definition"] is not None:
        try:
            save(
                trait,
                measuring["definition"],
                name=name.cleaned_data["name"],
                actor=request.user.email,
                now=timezone.now(),
            )
        except ValidationError as problem:
            name.add_error(None if "name" not in getattr(problem, "message_dict", {}) else "name", problem.messages)
        except (InUse, BadDefinition) as problem:
            name.add_error(None, str(problem))
        else:
            told = ngettext("Saved. %(n)s customer has a value.", "Saved. %(n)s customers have a value.", trait.number)
            messages.success(request, told % {"n": f"{trait.number:,}"})
            return redirect("computed:index")
    used = uses(request.workspace.pk, title) if trait.pk else []
    context = {"name": name, "trait": trait, "title": title, "uses": used, **measuring}
    return render(request, "segments/computed/edit.html", context)


def _measuring(request: RegardRequest, form: MeasureForm) -> dict[str, Any]:
    context: dict[str, Any] = {"form": form, "definition": None, "preview": None, "problem": ""}
    try:
        definition = form.definition()
        check(request.workspace.pk, definition)
    except BadDefinition as problem:
        return context | {"problem": str(problem)}
    return context | {"definition": definition, "preview": preview(request.workspace, definition, now=timezone.now())}


def _find(request: RegardRequest, pk: int) -> ComputedTrait:
    return get_object_or_404(ComputedTrait, pk=pk, workspace=request.workspace)
