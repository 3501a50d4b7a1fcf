"""A survey from another tool: looked at before anything is saved."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.listening.surveys.forms import SurveyForm
from regard.listening.surveys.imports.take import LARGEST, take_file
from regard.listening.surveys.imports.taking import BadImport
from regard.listening.surveys.models import Survey
from regard.listening.surveys.text import to_text
from regard.workspace.members.middleware import RegardRequest


@require_POST
def add(request: RegardRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST:
        messages.error(request, _("Choose a file of at most 10 MB."))
        return redirect("surveys:begin")
    try:
        taken = take_file(file.read())
    except BadImport as problem:
        messages.error(request, str(problem))
        return redirect("surveys:begin")
    form = SurveyForm(
        instance=Survey(workspace=request.workspace, name=taken.name), initial={"text": to_text(taken.survey)}
    )
    questions = [(question, question.text.get(taken.survey.languages[0], "")) for question in taken.survey.questions()]
    return render(
        request, "listening/surveys/imports/review.html", {"taken": taken, "form": form, "questions": questions}
    )
