"""The panel of the customer page, and what a colleague records there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.customers.contact.consent.models import ConsentSource
from regard.customers.contact.panel.forms import ConsentForm
from regard.customers.contact.panel.queries import contacting
from regard.customers.contact.policy.forms import RestraintForm
from regard.customers.contact.record_consent import ConsentRefused, record_consent
from regard.customers.contact.restrain import lift, live, restrain
from regard.customers.people.find import customer_or_404
from regard.customers.people.models import profile_ids
from regard.customers.people.queries import Person
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    return _panel(request, customer_or_404(request.scope, pk))


@require_POST
def record(request: RegardRequest, pk: int) -> HttpResponse:
    found = customer_or_404(request.scope, pk)
    form = ConsentForm(request.POST, workspace=request.workspace, prefix="consent")
    if not form.is_valid():
        return _panel(request, found, consent=form)
    try:
        rows = record_consent(
            request.workspace.pk, found.id, source=ConsentSource.AGENT, by=request.user.email, now=timezone.now(),
            language=str(found.traits.get("language") or "")[:16], **form.cleaned_data,
        )  # fmt: skip
    except ConsentRefused as refused:
        form.add_error(None, str(refused))
        return _panel(request, found, consent=form)
    asked = any(row.decision == "pending" for row in rows)
    said = _("Recorded. They are asked by e-mail to confirm it.") if asked else _("Recorded.")
    return _after(request, found, said if rows else _("They have confirmed that already."))


@require_POST
def hold(request: RegardRequest, pk: int) -> HttpResponse:
    found = customer_or_404(request.scope, pk)
    form = RestraintForm(request.POST, workspace=request.workspace, prefix="restraint")
    if not form.is_valid():
        return _panel(request, found, restraint=form)
    restrain(request.workspace.pk, customers=[found.id], by=request.user.email, now=timezone.now(), **form.cleaned_data)
    return _after(request, found, _("They are not contacted for now."))


@require_POST
def release(request: RegardRequest, pk: int, id: int) -> HttpResponse:
    found, now = customer_or_404(request.scope, pk), timezone.now()
    if not live(request.workspace.pk, now).filter(pk=id, profile__in=profile_ids([found.id])).exists():
        raise Http404
    lift(request.workspace.pk, restraints=[id], by=request.user.email, now=now)
    return _after(request, found, _("Lifted."))


def _after(request: RegardRequest, found: Person, said: str) -> HttpResponse:
    if request.htmx:
        return _panel(request, found, said=said)
    messages.success(request, said)
    return redirect("customers:show", found.id)


def _panel(
    request: RegardRequest,
    found: Person,
    *,
    consent: ConsentForm | None = None,
    restraint: RestraintForm | None = None,
    said: str = "",
) -> HttpResponse:
    page = contacting(request.workspace.pk, found.id, timezone.now(), masked=request.scope.masked)
    context: dict[str, object] = {"panel": page, "said": said, "customer": found.id}
    if request.member.may(Right.RECORD):
        context["consent"] = consent or ConsentForm(workspace=request.workspace, prefix="consent")
        context["restraint"] = restraint or RestraintForm(workspace=request.workspace, prefix="restraint")
    return render(request, "customers/contact/panel/_panel.html", context)
