from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from defusedcsv import csv
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.customers.contact.suppression.forms import SuppressForm
from regard.customers.contact.suppression.models import Suppression, Why
from regard.customers.contact.suppression.queries import rows_for_file, suppression_page
from regard.customers.contact.suppression.suppress import from_csv, pasted, suppress
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest


def index(request: RegardRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    why = request.GET.get("why", "")
    why = why if why in Why.values else ""
    page = suppression_page(request.workspace.pk, words, why, request.GET.get("page", "1"))
    context = {"page": page, "words": words, "why": why, "reasons": Why.choices}
    return render(request, "customers/contact/suppression/index.html", context)


def add(request: RegardRequest) -> HttpResponse:
    form = SuppressForm(request.POST or None, request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        lines = chain(pasted(given["addresses"]), from_csv(given["file"].read()) if given["file"] else ())
        report = suppress(
            request.workspace.pk, lines, why=given["why"], note=given["note"], by=request.user.email, now=timezone.now()
        )
        if not report.bad:
            messages.success(request, _told(report.added, report.known))
            return redirect("contact:suppressions")
        if not given["file"]:  # what is left to mend
            left = "\n".join(text for _number, text, _fault in report.faults)
            form = SuppressForm(initial={**given, "addresses": left})
    return render(request, "customers/contact/suppression/new.html", {"form": form, "report": report})


def remove(request: RegardRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Suppression, pk=pk, workspace=request.workspace)
    if request.method == "POST":
        found.remove(actor=request.user.email)
        messages.success(request, _("%(address)s is off the list.") % {"address": found.address})
        return redirect("contact:suppressions")
    question = Confirm(
        title=_("Take %(address)s off the list?") % {"address": found.address},
        act=_("Take off"), keep=_("Keep"), back=reverse("contact:suppressions"), crumb=_("Suppression list"),
        texts=(
            _("It stands there because: %(reason)s.") % {"reason": found.get_why_display()},
            _("From then on their consent, restraints and the other rules decide again. The audit log notes who did it."),
        ),
    )  # fmt: skip
    return ask(request, question)


def as_csv(request: RegardRequest) -> StreamingHttpResponse:
    """The whole list. Cells that a spreadsheet would run as formulas are defused."""
    answer = StreamingHttpResponse(_csv(request.workspace.pk), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="suppression-list.csv"'
    return answer


class _Echo:
    """What the CSV writer writes is handed on at once."""

    def write(self, text: str) -> str:
        return text


def _csv(workspace: int) -> Iterator[str]:
    writer = csv.writer(_Echo())
    for row in rows_for_file(workspace):
        yield writer.writerow(row)


def _told(added: int, known: int) -> str:
    said = ngettext("%(n)s address added.", "%(n)s addresses added.", added) % {"n": added}
    there = ngettext("%(n)s was there already.", "%(n)s were there already.", known) % {"n": known}
    return f"{said} {there}" if known else said
