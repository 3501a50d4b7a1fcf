from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from regard.customers.people.page import customer_page, people_page
from regard.customers.people.queries import person
from regard.customers.people.slots import SLOTS
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

_BIGGEST = 2**63


def index(request: RegardRequest) -> HttpResponse:
    number = request.GET.get("page", "1")
    place = max(1, min(int(number), 100_000)) if number.isdecimal() and len(number) < 9 else 1
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    page = people_page(request.scope, words, place, may_decide=request.member.may(Right.IDENTITY))
    return render(request, "customers/people/index.html", {"page": page})


def show(request: RegardRequest, pk: int) -> HttpResponse:
    """A customer and the panels that other features add. A merged profile leads to whose it is today."""
    found = person(request.scope, pk) if pk < _BIGGEST else None
    if found is None:
        raise Http404
    if found.id != pk:
        return redirect(reverse("customers:show", args=[found.id]))
    if account := SLOTS.account_of(found.id):
        return redirect("accounts:show", account)
    return render(request, "customers/people/show.html", {"page": customer_page(request.member, request.scope, found)})
