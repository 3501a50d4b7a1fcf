from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.customers.contact.channels import Channel
from regard.customers.contact.claim_contact import record_contact
from regard.customers.contact.log.models import Sender
from regard.customers.contact.purposes.models import PURPOSE_OF_SURVEYS, Purpose
from regard.customers.people.find import customer_or_404
from regard.listening.links.known import Known, link_for
from regard.listening.links.models import Link
from regard.listening.surveys.models import Survey
from regard.workspace.members.middleware import RegardRequest


@require_POST
def ask(request: RegardRequest, pk: int) -> HttpResponse:
    """A member asks a customer who is on the phone or stands before them, and types in what they say. It counts as asking them."""
    customer = customer_or_404(request.scope, pk)
    chosen = request.POST.get("survey", "")
    found = Survey.objects.filter(workspace=request.workspace, retired=None, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
    survey = found.first()
    if survey is None or survey.published is None:
        raise Http404
    link = Link.objects.filter(survey=survey, channel="phone", name=_("Asked by an agent"), closed=None).first()
    if link is None:
        link = Link(survey=survey, channel="phone", name=_("Asked by an agent"))
        link.keep(by=request.user.email)
    if Purpose.objects.filter(workspace=request.workspace, key=PURPOSE_OF_SURVEYS).exists():
        record_contact(
            request.workspace.pk, customer.id, purpose=PURPOSE_OF_SURVEYS, channel=Channel.PHONE, at=timezone.now(),
            sender=Sender("survey", f"link {link.pk}"),
        )  # fmt: skip
    units = list(request.member.units.values_list("pk", flat=True)[:2])
    return redirect(link_for(link, Known(customer.id, units[0] if len(units) == 1 else None)))
