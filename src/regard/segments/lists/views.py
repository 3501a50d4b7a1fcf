"""Lists that people fill: segments without conditions."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.customers.identity.owners import Owners, kinds, owners
from regard.customers.people.queries import person
from regard.segments.lists.forms import PasteForm
from regard.segments.members.mirror import put_in
from regard.segments.models import Segment
from regard.segments.views import SegmentForm
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest


def new(request: RegardRequest) -> HttpResponse:
    form = SegmentForm(request.POST or None, instance=Segment(workspace=request.workspace))
    if request.method == "POST" and form.is_valid():
        form.instance.keep(actor=request.user.email)
        return redirect("lists:paste", form.instance.pk)
    return render(request, "segments/lists/new.html", {"form": form})


def rename(request: RegardRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    was = found.name
    form = SegmentForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        found.rename(was=was, actor=request.user.email)
        messages.success(request, _("Saved."))
        return redirect("segments:show", pk)
    return render(request, "segments/lists/rename.html", {"form": form, "segment": found, "was": was})


def paste(request: RegardRequest, pk: int) -> HttpResponse:
    """Known ones are put on the list; what is nobody's stays in the box to be mended."""
    found, offered = _find(request, pk), kinds(request.scope)
    form = PasteForm(request.POST or None, request.FILES or None, kinds=offered)
    report = None
    if request.method == "POST" and form.is_valid():
        looked_up = [owners(request.scope, one.values, kind=one.kind) for one in form.cleaned_data["read"]]
        report = Owners(
            frozenset().union(*(one.customers for one in looked_up)),
            tuple(value for one in looked_up for value in one.unknown),
            tuple(value for one in looked_up for value in one.doubtful),
        )
        _put(request, found, report.customers)
        left = [*report.unknown, *report.doubtful]
        if not left:
            messages.success(request, _told(report))
            return redirect("segments:show", found.pk)
        form = PasteForm(initial={"identifiers": "\n".join(left), "kind": form.cleaned_data["kind"]}, kinds=offered)
    return render(request, "segments/lists/paste.html", {"segment": found, "form": form, "report": report})


@require_POST
def take_off(request: RegardRequest, pk: int, customer: int) -> HttpResponse:
    found = _find(request, pk)
    whom = person(request.scope, customer) if customer < 2**63 else None
    if whom is None:
        raise Http404
    put_in(found, {customer, whom.id}, now=timezone.now(), out=True)
    AuditEntry.write(
        request.workspace.pk, actor=request.user.email, action="customers.unlist", subject=found.name, customers=1
    )
    messages.success(request, _("%(customer)s is off the list.") % {"customer": whom.title})
    return redirect("segments:show", found.pk)


@require_POST
def put_on(request: RegardRequest, customer: int) -> HttpResponse:
    """From the customer's page."""
    whom = person(request.scope, customer) if customer < 2**63 else None
    if whom is None:
        raise Http404
    chosen = request.POST.get("list", "")
    found = _find(request, int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0)
    _put(request, found, {whom.id})
    messages.success(request, _("%(customer)s is on “%(list)s”.") % {"customer": whom.title, "list": found.name})
    return redirect("customers:show", whom.id)


def _put(request: RegardRequest, found: Segment, customers: frozenset[int] | set[int]) -> None:
    if customers:
        put_in(found, customers, now=timezone.now())
        AuditEntry.write(
            request.workspace.pk, actor=request.user.email, action="customers.list", subject=found.name,
            customers=len(customers),
        )  # fmt: skip


def _told(report: Owners) -> str:
    number = len(report.customers)
    return ngettext("%(n)s customer is on the list.", "%(n)s customers are on the list.", number) % {"n": f"{number:,}"}


def _find(request: RegardRequest, pk: int) -> Segment:
    lists = Segment.objects.filter(workspace=request.workspace, retired=None, definition__isnull=True)
    return get_object_or_404(lists, pk=pk)
