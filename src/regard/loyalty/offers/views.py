from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.customers.contact.may_contact import may_contact
from regard.customers.people.find import customer_or_404
from regard.customers.people.models import Profile, profile_ids
from regard.customers.people.queries import by_id, visible
from regard.loyalty.offers.accept import NotAccepted, accept
from regard.loyalty.offers.forms import OfferForm
from regard.loyalty.offers.give import NotGiven, give_one
from regard.loyalty.offers.give_one_telling import TellingWish, give_one_telling
from regard.loyalty.offers.models import Grant, Offer
from regard.loyalty.offers.queries import of_customer, seen, told
from regard.loyalty.offers.words import KNOWN, said, would_say
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

_PER_PAGE = 50
#: What was typed of an offer that could not be given, in the session until the panel is shown again.
_TYPED, _FIELDS = "offers.typed ", ("offer", "why", "tell", "channel", "purpose", "subject")


def index(request: RegardRequest) -> HttpResponse:
    """Each with what was given and taken up of it."""
    offers = list(Offer.objects.filter(workspace=request.workspace, retired=None))
    found = told(request.scope, offers, now=timezone.now())
    context = {"offers": found, "may_edit": request.member.may(Right.CONFIGURE), "accepted": sum(one.accepted_count for one in found)}
    return render(request, "loyalty/offers/index.html", context)


def show(request: RegardRequest, pk: int) -> HttpResponse:
    """One, and who was given it."""
    offer = _find(request, pk)
    (found,) = told(request.scope, [offer], now=timezone.now())
    page = Paginator(seen(request.scope).filter(offer=offer).select_related("profile"), _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "offer": offer, "told": found, "page": page, "lines": _lines(request, list(page.object_list)), "now": timezone.now(),
        "may_edit": request.member.may(Right.CONFIGURE), "left": None if offer.code else offer.pool.filter(given=None).count(),
    }  # fmt: skip
    return render(request, "loyalty/offers/show.html", context)


def _lines(request: RegardRequest, grants: list[Grant]) -> list[tuple[Grant, object]]:
    """Each grant with its customer, where the reader may see them."""
    whose = {one.pk: one.profile.customer_id for one in grants if one.profile}
    people = {one.id: one for one in by_id(request.scope, visible(request.scope, set(whose.values())))}
    return [(one, people.get(whose.get(one.pk, 0))) for one in grants]


def edit(request: RegardRequest, pk: int = 0) -> HttpResponse:
    known = _find(request, pk) if pk else Offer(workspace=request.workspace)
    form = OfferForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        added = form.instance.keep(by=request.user.email, codes=form.cleaned_data["codes"])
        more = " " + ngettext("%(n)s code is new.", "%(n)s codes are new.", added) % {"n": added} if added else ""
        messages.success(request, _("Saved.") + more)
        return redirect("offers:show", form.instance.pk)
    context = {"form": form, "known": Offer.objects.filter(pk=pk).first() if pk else None, "holes": KNOWN}
    return render(request, "loyalty/offers/edit.html", context, status=422 if form.errors else 200)


def retirement(request: RegardRequest, pk: int) -> HttpResponse:
    offer = _find(request, pk)
    if request.method == "POST":
        offer.retire(by=request.user.email, now=timezone.now())
        messages.success(request, _("%(name)s is retired.") % {"name": offer.name})
        return redirect("offers:index")
    question = Confirm(
        title=_("Retire %(name)s?") % {"name": offer.name}, act=_("Retire"), keep=_("Keep"), back=reverse("offers:show", args=[pk]), crumb=offer.name,
        texts=(_("Nobody is given it any more, and playbooks leave it out. What was given stays good until it ends."),),
    )  # fmt: skip
    return ask(request, question)


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    """What one customer was given, and what they can be given: a fragment of their page."""
    found, now = customer_or_404(request.scope, pk), timezone.now()
    grants = of_customer(request.scope, profile_ids([found.id]))
    may_act = request.member.may(Right.RECORD)
    had = {one.offer_id for one in grants}
    offers = [one for one in Offer.objects.filter(workspace=request.workspace, retired=None) if one.pk not in had] if may_act else []
    typed = request.session.pop(f"{_TYPED}{found.id}", {})
    chosen = next((one for one in offers if str(one.pk) == typed.get("offer")), next(iter(offers), None))
    context = {
        "customer": found, "may_act": may_act, "offers": offers, "offer": chosen, "why": typed.get("why", ""), "now": now,
        "grants": [(one, said(one) if may_act and not request.scope.masked else "") for one in grants],
    }  # fmt: skip
    if typed and chosen is not None:
        context |= _telling(request, found.id, chosen.pk, typed, now)
    return render(request, "loyalty/offers/_panel.html", context)


@require_POST
def act(request: RegardRequest, pk: int) -> HttpResponse:
    """Give the customer one, or note that they took one up."""
    customer, now = customer_or_404(request.scope, pk), timezone.now()
    what, _colon, which = request.POST.get("act", "").partition(":")
    try:
        if what == "give":
            messages.success(request, _given(request, customer.id, now))
        elif what == "accept":
            mine = Grant.objects.filter(offer__workspace=request.workspace, profile__in=profile_ids([customer.id]))
            accept(get_object_or_404(mine, pk=_number(which)), by=request.user.email, now=now)
            messages.success(request, _("Noted: they took it up."))
        else:
            raise Http404
    except (NotGiven, NotAccepted) as problem:
        messages.error(request, str(problem))
        request.session[f"{_TYPED}{customer.id}"] = {name: request.POST[name][:300] for name in _FIELDS if name in request.POST}
    return redirect(_back(request) or reverse("customers:show", args=[customer.id]))


def _given(request: RegardRequest, customer: int, now: datetime) -> str:
    """A sentence for whoever gave it. Raises NotGiven."""
    offer = get_object_or_404(Offer, pk=_number(request.POST.get("offer", "")), workspace=request.workspace)
    why, by = request.POST.get("why", ""), request.user.email
    if "tell" not in request.POST:
        give_one(offer, customer, why=why, by=by, now=now)
        return _("They have it: what to tell them stands under Offers.")
    wish = TellingWish.read(request.workspace.pk, request.POST)
    if wish.purpose is None:
        raise NotGiven(_("Choose what it is told them for."))
    profile = Profile.objects.get(pk=customer)
    verdict = give_one_telling(offer, profile, purpose=wish.purpose, channel=wish.channel, subject=wish.subject, why=why, by=by, now=now)
    return _("They have it, and are told.") if verdict.allowed else _("They have it, and are told as soon as they may be written to.")


def telling(request: RegardRequest, pk: int) -> HttpResponse:
    """A fragment of the panel: whether and how they are told of the offer that is chosen, and in which words."""
    found = customer_or_404(request.scope, pk)
    context = _telling(request, found.id, _number(request.GET.get("offer", "")), request.GET, timezone.now())
    return render(request, "loyalty/offers/_telling.html", {"customer": found, **context})


def _telling(request: RegardRequest, customer: int, offer: int, given: Mapping[str, str], now: datetime) -> dict[str, object]:
    chosen = Offer.objects.filter(pk=offer, workspace=request.workspace, retired=None).first()
    wish = TellingWish.read(request.workspace.pk, given)
    context: dict[str, object] = {"wish": wish, "offer": chosen, "tell": "tell" in given}
    if chosen is None or wish.purpose is None or not context["tell"]:
        return context
    (verdict,) = may_contact(request.workspace.pk, [customer], purpose=wish.purpose.key, channel=wish.channel, now=now)
    language, text = would_say(chosen, Profile.objects.select_related("workspace").get(pk=customer), now=now)
    return context | {"verdict": verdict, "language": language, "text": "" if request.scope.masked else text}


def _back(request: RegardRequest) -> str:
    """Where the panel stood, if that was a case."""
    path = urlsplit(request.headers.get("Referer", "")).path
    try:
        return path if resolve(path).view_name == "cases:show" else ""
    except Resolver404:
        return ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _find(request: RegardRequest, pk: int) -> Offer:
    return get_object_or_404(Offer.objects.select_related("workspace"), pk=pk, workspace=request.workspace, retired=None)
