from __future__ import annotations

from django.contrib import messages
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.ledger.touchpoints.models import Channel
from regard.listening.links.addresses import host_of_surveys
from regard.listening.links.models import Link
from regard.listening.surveys.models import Survey
from regard.listening.visits.forms import VisitForm
from regard.listening.visits.models import Visit
from regard.listening.visits.queries import visits_of
from regard.outreach.mail.connection import connection_of, why
from regard.outreach.mail.models import MailAccount
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def index(request: RegardRequest, pk: int) -> HttpResponse:
    """Who is to visit which unit until when, and what they found."""
    survey = get_object_or_404(Survey, pk=pk, workspace=request.workspace, retired=None)
    may_edit = request.member.may(Right.CATALOGUE)
    form = VisitForm(request.POST or None, request=request)
    if request.method == "POST" and may_edit and survey.published is not None and form.is_valid():
        made = _assign(survey, form, by=request.user.email)
        messages.success(request, ngettext("%(n)s visit is assigned.", "%(n)s visits are assigned.", len(made)) % {"n": len(made)})
        return redirect("visits:index", pk)
    context = {
        "survey": survey, "form": form, "may_edit": may_edit, "may_read": request.member.may(Right.CUSTOMERS), "version": survey.published,
        "listed": visits_of(request.scope, survey, today=timezone.localdate()), "host": host_of_surveys(request),
        "mails": MailAccount.objects.filter(workspace=request.workspace).exists(),
    }  # fmt: skip
    return render(request, "listening/visits/index.html", context)


@transaction.atomic
def _assign(survey: Survey, form: VisitForm, *, by: str) -> list[Visit]:
    given, made = form.cleaned_data, []
    for unit in given["units"]:
        link = Link(
            survey=survey, name=_("Visit of %(shopper)s") % {"shopper": given["shopper"]}, channel=Channel.FIELD_VISIT, unit_id=unit,
            touchpoint=given["touchpoint"], once=True,
        )  # fmt: skip
        visit = Visit(survey=survey, link=link, shopper=given["shopper"], task=given["task"], due=given["due"])
        visit.keep(by=by)
        made.append(visit)
    return made


@require_POST
def tell(request: RegardRequest, pk: int) -> HttpResponse:
    """The shopper gets the task and the link by mail."""
    visit = _find(request, pk)
    account = MailAccount.objects.filter(workspace=request.workspace).first()
    if account is None:
        messages.error(request, _("Sending e-mail is not set up yet."))
        return redirect("visits:index", visit.survey_id)
    where, until = visit.link.unit.name if visit.link.unit else "", formats.date_format(visit.due, "DATE_FORMAT")
    asked = _("Please visit %(unit)s until %(date)s, and then tell us what you found:") % {"unit": where, "date": until}
    text = "\n\n".join(filter(None, (asked, visit.task, host_of_surveys(request) + visit.link.path, request.workspace.name)))
    title = _("A visit to %(unit)s until %(date)s") % {"unit": where, "date": until}
    try:
        mail = EmailMessage(title, text, str(account), [visit.shopper], connection=connection_of(account))
        mail.send()
    except Exception as problem:  # whatever a library of a provider may raise: it is said, not shown as an error of ours
        messages.error(request, why(problem))
    else:
        visit.told = timezone.now()
        visit.save(update_fields=["told"])
        messages.success(request, _("Sent to %(to)s.") % {"to": visit.shopper})
    return redirect("visits:index", visit.survey_id)


@require_POST
def cancel(request: RegardRequest, pk: int) -> HttpResponse:
    """Its link leads nowhere from now on."""
    visit = _find(request, pk)
    visit.link.close(by=request.user.email)
    messages.success(request, _("The visit is called off."))
    return redirect("visits:index", visit.survey_id)


def _find(request: RegardRequest, pk: int) -> Visit:
    found = Visit.objects.filter(survey__workspace=request.workspace, link__closed=None).select_related("survey", "link__unit", "link__survey")
    if request.scope.units is not None:
        found = found.filter(link__unit__in=request.scope.units)
    return get_object_or_404(found, pk=pk)
