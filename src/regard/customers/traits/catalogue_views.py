"""The settings of traits: what kind each has, and whom to believe."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from regard.customers.people.slots import SLOTS
from regard.customers.traits.enter import enter, strike, trust
from regard.customers.traits.forms import TraitForm
from regard.customers.traits.models import BY_HAND, Refold, Trait, TrustOrder, trusted
from regard.customers.traits.queries import catalogue, fit, source_names
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest


def index(request: RegardRequest) -> HttpResponse:
    context = {
        "page": catalogue(request.scope),
        "job": _job(request),
        "trust": _named(request, TrustOrder.of(request.workspace.pk)),
    }
    return render(request, "customers/traits/index.html", context)


def progress(request: RegardRequest) -> HttpResponse:
    return render(request, "customers/traits/_progress.html", {"job": _job(request)})


def edit(request: RegardRequest) -> HttpResponse:
    """The trait that the address names, or a new one."""
    name = request.GET.get("trait", "").replace("\0", "")
    trait = Trait.objects.filter(workspace=request.workspace, name=name).first() if name else None
    form = TraitForm(
        request.POST or None, workspace=request.workspace, instance=trait, initial={} if trait else {"name": name}
    )
    if request.method == "POST" and form.is_valid():
        enter(form.save(commit=False), by=request.user.email)
        messages.success(request, _("Saved. What customers have is read so from now on."))
        return redirect("traits:index")
    context = {
        "form": form,
        "trait": trait,
        "named": name,
        "trust": _named(request, trusted(trait.trust)) if trait and trait.trust else [],
    }
    return render(request, "customers/traits/edit.html", context)


def show_fit(request: RegardRequest) -> HttpResponse:
    """How much of what was said fits the kind that is being chosen."""
    given = request.GET
    known = Trait.objects.filter(
        workspace=request.workspace, name=given.get("name", "") or given.get("trait", "")
    ).first()
    form = TraitForm(_as_posted(given, known), workspace=request.workspace, instance=known)
    asked = form.is_valid()
    told = fit(request.workspace.pk, form.save(commit=False)) if asked else None
    return render(request, "customers/traits/_fit.html", {"fit": told, "form": form})


def _as_posted(given: QueryDict, known: Trait | None) -> QueryDict:
    """A disabled field is not sent."""
    data = given.copy()
    if known:
        data["name"] = known.name
    return data


def remove(request: RegardRequest) -> HttpResponse:
    trait = get_object_or_404(Trait, workspace=request.workspace, name=request.GET.get("trait", ""))
    if request.method == "POST":
        strike(trait, by=request.user.email)
        messages.success(request, _("Values count as sources say them."))
        return redirect("traits:index")
    question = Confirm(
        title=_("Take the kind of “%(name)s” away?") % {"name": trait}, act=_("Take it away"), keep=_("Keep it"),
        back=f"{reverse('traits:edit')}?{urlencode({'trait': trait.name})}", crumb=_("Traits"),
        texts=(_("No value is lost: each counts as its source says it again. Its title and its own order of trust go."),),
    )  # fmt: skip
    return ask(request, question)


def trust_order(request: RegardRequest) -> HttpResponse:
    """Whom to believe, about every trait or about the one that the address names. Nothing counts until it is saved."""
    name = request.GET.get("trait", "")
    trait = get_object_or_404(Trait, workspace=request.workspace, name=name) if name else None
    workspace = request.workspace.pk
    if request.method == "POST":
        order = _moved(request.POST, workspace)
        if "save" in request.POST:
            trust(workspace, order, by=request.user.email, of=trait)
            messages.success(request, _("Saved. Whom to believe is worked out anew for everybody."))
            return redirect("traits:index")
    else:
        order = (trusted(trait.trust) if trait and trait.trust else []) or TrustOrder.of(workspace)
    names = source_names(workspace, order)
    listed = [(one, names[one]) for one in order if one in names]
    others = {BY_HAND: names[BY_HAND]} | SLOTS.source_names(workspace, None)
    rest = [(one, label) for one, label in others.items() if one not in order]
    return render(request, "customers/traits/trust.html", {"listed": listed, "rest": rest, "trait": trait})


def _moved(post: QueryDict, workspace: int) -> list[int]:
    """The order as it stands on the page, changed by the button that was pressed: `up`, `down`, `drop` (a source), `add` (with `more`)."""
    order = list(dict.fromkeys(number for text in post.getlist("order") if (number := _number(text)) is not None))
    added = _number(post.get("more", "")) if "add" in post else None
    if added is not None and added not in order:
        order.append(added)
    known = source_names(workspace, order)
    if any(one not in known for one in order):
        raise Http404
    for press, step in (("up", -1), ("down", 1)):
        if (one := _number(post.get(press, ""))) in order:
            place = order.index(one)
            other = min(max(place + step, 0), len(order) - 1)
            order[place], order[other] = order[other], order[place]
    if (one := _number(post.get("drop", ""))) in order:
        order.remove(one)
    return order


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _named(request: RegardRequest, order: list[int]) -> list[str]:
    names = source_names(request.workspace.pk, order)
    return [names[one] for one in order if one in names]


def _job(request: RegardRequest) -> Refold | None:
    return Refold.objects.filter(workspace=request.workspace, finished=None).first()
