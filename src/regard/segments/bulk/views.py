"""Something done to the customers who were ticked in a list, or to all of it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.customers.people.export import how_many
from regard.customers.people.listing import Listing, read_listing
from regard.customers.people.queries import visible
from regard.customers.people.slots import SLOTS
from regard.customers.people.views import chosen_ids
from regard.jobs.defer import defer
from regard.segments.bulk.carry_out import carry_out
from regard.segments.bulk.forms import ListForm, TraitForm
from regard.segments.bulk.jobs import carry_out_bulk
from regard.segments.bulk.models import BulkAction
from regard.segments.computed.queries import names
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

#: So many are done at once; more are a job.
_AT_ONCE = 500


def new(request: RegardRequest) -> HttpResponse:
    """What is to be done with them."""
    listing = read_listing(parse_qs(request.GET.get("list", "")[:4_000]))
    chosen = None if "all" in request.GET else sorted(visible(request.scope, chosen_ids(request.GET.getlist("chosen"))))
    if chosen == []:
        messages.error(request, _("Tick the customers first."))
        return redirect(_back(listing))
    number = how_many(request.scope, listing) if chosen is None else len(chosen)
    does = request.POST.get("does", "")
    lists = ListForm(
        request.POST if does == "list" else None,
        workspace=request.workspace,
        may_make=request.member.may(Right.CATALOGUE),
    )
    computed = names(request.workspace.pk)
    trait = TraitForm(request.POST if does == "trait" else None, workspace=request.workspace)
    form = {"list": lists, "trait": trait}.get(does)
    if request.method == "POST" and form is not None and form.is_valid() and request.member.may(Right.RECORD):
        action = BulkAction(
            workspace=request.workspace,
            member=request.member,
            kind=does,
            chosen=chosen,
            listing_kept=listing.kept(),
            total=number,
        )
        if does == "list":
            action.segment = lists.chosen(actor=request.user.email)
        else:
            action.trait, action.value = trait.cleaned_data["trait"], trait.cleaned_data["value"].strip() or None
        return _begin(request, action, listing)
    context = {
        "number": number, "all": chosen is None, "lists": lists, "trait": trait, "back": _back(listing),
        "traits": [name for name in SLOTS.trait_names(request.scope) if name not in computed],
        "export": listing.query() + ("" if chosen is None else "&" + urlencode([("chosen", one) for one in chosen])),
        "may_record": request.member.may(Right.RECORD), "may_export": request.member.may(Right.EXPORT),
        "any_list": request.member.may(Right.CATALOGUE) or lists.fields["segment"].queryset.exists(),  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "segments/bulk/new.html", context)


def show(request: RegardRequest, pk: int) -> HttpResponse:
    """How far it is; the page asks again by itself."""
    action = get_object_or_404(BulkAction.objects.select_related("segment"), pk=pk, member=request.member)
    template = "segments/bulk/_progress.html" if request.htmx else "segments/bulk/show.html"
    return render(request, template, {"action": action})


def _begin(request: RegardRequest, action: BulkAction, listing: Listing) -> HttpResponse:
    with transaction.atomic():
        action.save()
        AuditEntry.write(
            request.workspace.pk, actor=request.user.email, action=f"customers.{action.kind}", subject=action.trait or str(action.segment),
            customers=action.total,
        )  # fmt: skip
        if action.total > _AT_ONCE:
            defer(carry_out_bulk, pk=action.pk)
    if action.total > _AT_ONCE:
        return redirect("bulk:show", action.pk)
    carry_out(action)
    done = ngettext("Done for %(n)s customer.", "Done for %(n)s customers.", action.done) % {"n": action.done}
    messages.success(request, done)
    return redirect("segments:show", action.segment.pk) if action.segment else redirect(_back(listing))


def _back(listing: Listing) -> str:
    query = listing.query()
    return reverse("customers:index") + (f"?{query}" if query else "")
