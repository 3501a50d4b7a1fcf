from __future__ import annotations

import io

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regard.listening.links.addresses import host_of_surveys
from regard.listening.links.forms import LinkForm
from regard.listening.links.models import Link
from regard.listening.surveys.models import Survey
from regard.listening.surveys.views import overview
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest


@require_POST
def add(request: RegardRequest, pk: int) -> HttpResponse:
    survey = get_object_or_404(Survey, pk=pk, workspace=request.workspace, retired=None)
    form = LinkForm(request.POST, workspace=request.workspace, instance=Link(survey=survey))
    if not form.is_valid():
        return overview(request, survey, form)
    form.save(commit=False).keep(by=request.user.email)
    messages.success(request, _("Here is the link, and a code to print."))
    return redirect("surveys:show", pk)


@require_safe
def code(request: RegardRequest, pk: int) -> HttpResponse:
    """The link as a QR code, to be printed at any size."""
    link = _find(request, pk)
    out = io.BytesIO()
    address = host_of_surveys(request) + link.path
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=8, border=4, xmldecl=False, light="#fff")
    answer = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'inline; filename="survey-{link.pk}.svg"'
    return answer


def close(request: RegardRequest, pk: int) -> HttpResponse:
    link = _find(request, pk)
    back = reverse("kiosk:index" if link.kiosk else "surveys:show", args=[link.survey_id])
    if request.method == "POST":
        link.close(by=request.user.email)
        messages.success(request, _("The link leads nowhere any more."))
        return redirect(back)
    question = Confirm(
        title=_("Close “%(name)s”?") % {"name": link.name}, act=_("Close it"), keep=_("Keep it open"),
        back=back, crumb=link.survey.name,
        texts=(
            _("The device asks nobody any more. Answers that still wait on it are not taken: let it send them first.")
            if link.kiosk
            else _("Whoever scans the code or follows the link finds nothing to answer. Who has begun may finish."),
        ),
    )  # fmt: skip
    return ask(request, question)


def _find(request: RegardRequest, pk: int) -> Link:
    return get_object_or_404(
        Link.objects.select_related("survey"), pk=pk, survey__workspace=request.workspace, closed=None
    )
