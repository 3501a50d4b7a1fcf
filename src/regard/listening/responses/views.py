from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from regard.listening.responses.told import told
from regard.listening.surveys.models import Survey
from regard.listening.surveys.queries import responses_of, too_few
from regard.workspace.members.middleware import RegardRequest

_PER_PAGE = 30


def index(request: RegardRequest, pk: int) -> HttpResponse:
    """What respondents of a survey said, the newest first, from units that the reader may see."""
    survey = get_object_or_404(Survey, pk=pk, workspace=request.workspace)
    given = responses_of(request.scope, survey).exclude(answers={})
    withheld = too_few(given, request.workspace.threshold)
    found = (
        given.exclude(programme__in=withheld)
        .select_related("version", "link", "widget", "unit", "programme")
        .order_by("-saved")
    )
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "survey": survey,
        "page": page,
        "responses": [(one, told(one)) for one in page],
        "withheld": sum(withheld.values()),
    }
    return render(request, "listening/responses/index.html", context)
