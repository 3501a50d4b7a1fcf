"""A customer's traits on their page, and each with what was ever said of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.customers.people.find import customer_or_404
from regard.customers.traits.forms import NamedForm, ValueForm
from regard.customers.traits.models import Trait
from regard.customers.traits.queries import Told, known_names, personal, titled, told_of
from regard.customers.traits.set_by_hand import set_by_hand, take_back
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    found = customer_or_404(request.scope, pk)
    told = [one for one in told_of(request.scope, found.id) if one.believed is not None and one.believed.value]
    above = {found.name, *(known.value for known in found.known_as)}  # what stands elsewhere on the page already
    shown = [one for one in told if one.believed and one.believed.value not in above]
    context = {"customer": found, "traits": shown, "may_set": request.member.may(Right.RECORD)}
    return render(request, "customers/traits/_panel.html", context)


def one(request: RegardRequest, pk: int) -> HttpResponse:
    """One trait of a customer: what is said of it and was, and a colleague's own word. Without `trait`, which one is asked first."""
    found = customer_or_404(request.scope, pk)
    naming = NamedForm(request.GET if "trait" in request.GET else None, workspace=request.workspace)
    if not naming.is_valid():
        context = {"customer": found, "naming": naming, "known": known_names(request.scope)}
        return render(request, "customers/traits/which.html", context)
    name = naming.cleaned_data["trait"]
    catalogue = Trait.of(request.workspace.pk)
    trait = catalogue.get(name)
    told = next((told for told in told_of(request.scope, found.id) if told.name == name), None) or Told(
        name, titled(name, catalogue)
    )
    hidden = request.scope.masked and personal(name, catalogue)
    may_set = request.member.may(Right.RECORD) and not hidden
    form = ValueForm(request.POST or None, trait=trait)
    if request.method == "POST":
        if not may_set:
            raise Http404
        if form.is_valid():
            set_by_hand(
                workspace=request.workspace.pk, customer=found.id, name=name, value=form.cleaned_data["value"], by=request.user.email
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return redirect(_here(found.id, name))
    context = {"customer": found, "told": told, "form": form, "may_set": may_set, "trait": trait}
    return render(request, "customers/traits/one.html", context)


@require_POST
def put_back(request: RegardRequest, pk: int) -> HttpResponse:
    """Take back what was written by hand."""
    found, name = customer_or_404(request.scope, pk), request.POST.get("trait", "")
    if request.scope.masked and personal(name, Trait.of(request.workspace.pk)):
        raise Http404
    if take_back(workspace=request.workspace.pk, customer=found.id, name=name, by=request.user.email):
        messages.success(request, _("Taken back: what the sources say counts again."))
    return redirect(_here(found.id, name))


def _here(customer: int, name: str) -> str:
    return f"{reverse('traits:one', args=[customer])}?{urlencode({'trait': name})}"
