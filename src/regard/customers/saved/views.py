from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from regard.customers.people.listing import read_listing
from regard.customers.saved.models import SavedView
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest


class ViewForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SavedView
        fields = ["name", "shared"]

    def _get_validation_exclusions(self) -> set[str]:
        """The name is checked against the member's others."""
        return set(super()._get_validation_exclusions()) - {"member"}  # type: ignore[misc]


def add(request: RegardRequest) -> HttpResponse:
    """Keep the list that the address describes under a name."""
    listing = read_listing(dict(request.GET.lists()))
    view = SavedView(workspace=request.workspace, member=request.member, listing_kept=listing.kept())
    form = ViewForm(request.POST or None, instance=view)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. It is among the views of your lists."))
        return redirect(reverse("customers:index") + view.address)
    return render(request, "customers/saved/new.html", {"form": form, "back": f"?{listing.query()}"})


def remove(request: RegardRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, member=request.member)
    if request.method == "POST":
        view.delete()
        messages.success(request, _("%(name)s is gone.") % {"name": view.name})
        return redirect("customers:index")
    others = (_("Others who use it no longer find it."),) if view.shared else ()
    question = Confirm(
        title=_("Remove the view %(name)s?") % {"name": view.name}, act=_("Remove"), keep=_("Keep"), back=reverse("customers:index"),
        crumb=_("Customers"), texts=(_("The customers stay as they are."), *others),
    )  # fmt: skip
    return ask(request, question)
