from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regard.listening.answering.limits import busy_page, limited
from regard.listening.answering.page import survey_page
from regard.listening.look.forms import LookForm
from regard.listening.look.models import Look
from regard.listening.look.worn import wearing
from regard.listening.surveys.flow import Respondent
from regard.listening.surveys.starts import starts
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest

_A_YEAR = 31_536_000


def edit(request: RegardRequest) -> HttpResponse:
    """What everything that respondents see wears, with a survey that wears it."""
    look = Look.objects.filter(pk=request.workspace.pk).first() or Look(workspace=request.workspace)
    form = LookForm(request.POST or None, request.FILES or None, instance=look)
    if request.method == "POST" and form.is_valid():
        form.save()
        AuditEntry.write(request.workspace.pk, actor=request.user.email, action="surveys.look_changed", subject=request.workspace.name)
        messages.success(request, _("Surveys, invitations and widgets look like this from now on."))
        return redirect("look:edit")
    content = starts()["after_contact"][1]
    language = get_language() if get_language() in content.languages else content.languages[0]
    page = survey_page(content, 0, {}, Respondent(language))
    seen = render_to_string("listening/answering/page.html", {"page": page, "action": "", "languages": {}, **wearing(request.workspace)})
    return render(request, "listening/look/edit.html", {"form": form, "seen": seen, "look": look})


@limited(busy_page)
@require_safe
def logo(request: HttpRequest, key: str) -> HttpResponse:
    """The logo: a picture of our own drawing, the same for everybody."""
    found = Look.objects.filter(key=key).values_list("logo", flat=True).first()
    if found is None:
        raise Http404
    answer = HttpResponse(bytes(found), content_type="image/png")
    answer["Cache-Control"], answer["Cross-Origin-Resource-Policy"] = f"public, max-age={_A_YEAR}, immutable", "cross-origin"
    return answer
