from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.customers.accounts.belong import found_account, put_in, rename
from regard.customers.accounts.forms import AccountForm, MemberForm
from regard.customers.accounts.models import Account, AccountMember, AccountRefused
from regard.customers.accounts.queries import account, account_page, accounts_of, accounts_page
from regard.customers.identity.owners import known_by
from regard.customers.people.find import customer_or_404
from regard.customers.people.models import profile_ids
from regard.customers.people.queries import person
from regard.customers.people.slots import SLOTS
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def index(request: RegardRequest) -> HttpResponse:
    number = request.GET.get("page", "1")
    place = max(1, min(int(number), 100_000)) if number.isdecimal() and len(number) < 9 else 1
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    page = accounts_page(request.scope, words, place)
    return render(
        request, "customers/accounts/index.html", {"page": page, "may_edit": request.member.may(Right.IDENTITY)}
    )


def add(request: RegardRequest) -> HttpResponse:
    form = AccountForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = found_account(
                workspace=request.workspace.pk, name=given["name"], kind=given["kind"], key=given["key"].replace("\0", ""),
                parent=given["parent"], by=request.user.email,
            )  # fmt: skip
            messages.success(request, _("Saved. Now say who belongs to it."))
            return redirect("accounts:show", made.pk)
        except AccountRefused:
            form.add_error("key", _("Another account has this key."))
    return render(request, "customers/accounts/edit.html", {"form": form})


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    known = _find(request, pk)
    first = {"name": known.profile.name, "kind": known.kind, "parent": str(known.parent) if known.parent else ""}
    form = AccountForm(request.POST or None, scope=request.scope, known=known, initial=first)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                if given["parent"] != known.parent:
                    known.move(given["parent"], by=request.user.email)
                known.kind = given["kind"]
                known.save(update_fields=["kind"])
                rename(known, given["name"], by=request.user.email)
            messages.success(request, _("Saved."))
            return redirect("accounts:show", known.pk)
        except AccountRefused as refused:
            form.add_error("parent", str(refused))
    return render(request, "customers/accounts/edit.html", {"form": form, "known": known})


def show(request: RegardRequest, pk: int) -> HttpResponse:
    return _show(request, _find(request, pk), MemberForm())


@require_POST
def join(request: RegardRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = MemberForm(request.POST)
    if form.is_valid():
        customer = known_by(request.scope, form.cleaned_data["who"])
        if customer is None:
            form.add_error("who", _("Nobody is known by exactly that."))
        elif customer == found.profile_id:
            form.add_error("who", _("That is the account itself."))
        else:
            put_in(found, customer, role=form.cleaned_data["role"], by=request.user.email)
            messages.success(request, _("They belong to it."))
            return redirect("accounts:show", found.pk)
    return _show(request, found, form)


def leave(request: RegardRequest, pk: int, id: int) -> HttpResponse:
    found = _find(request, pk)
    member = get_object_or_404(AccountMember, pk=id, account=found, until=None)
    shown = person(request.scope, member.profile_id)
    if shown is None:
        raise Http404
    if request.method == "POST":
        member.leave(by=request.user.email)
        messages.success(request, _("They do not belong to it any more."))
        return redirect("accounts:show", found.pk)
    question = Confirm(
        title=_("Does %(name)s not belong to %(account)s any more?") % {"name": shown.title, "account": found}, act=_("They left"),
        keep=_("They belong to it"), back=reverse("accounts:show", args=[found.pk]), crumb=str(found),
        texts=(_("What they did and said no longer counts for the account. That they belonged to it stays in its history."),),
    )  # fmt: skip
    return ask(request, question)


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    """The accounts of a customer, on their page."""
    found = customer_or_404(request.scope, pk)
    return render(
        request, "customers/accounts/_panel.html", {"accounts": accounts_of(request.scope, profile_ids([found.id]))}
    )


def _show(request: RegardRequest, found: Account, form: MemberForm) -> HttpResponse:
    panels = [reverse(route, args=[found.pk]) for route in SLOTS.account_panels]
    context = {
        "page": account_page(request.scope, found),
        "form": form,
        "panels": panels,
        "may_edit": request.member.may(Right.IDENTITY),
    }
    return render(request, "customers/accounts/show.html", context)


def _find(request: RegardRequest, pk: int) -> Account:
    found = account(request.scope, pk)
    if found is None:
        raise Http404
    return found
