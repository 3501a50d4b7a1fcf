"""The pages on which surveys are written, published and given to people."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.listening.answering.page import survey_page
from regard.listening.links.forms import LinkForm
from regard.listening.surveys.definition import BadSurvey
from regard.listening.surveys.flow import Respondent, next_page
from regard.listening.surveys.forms import SurveyForm
from regard.listening.surveys.lint import lint
from regard.listening.surveys.models import Survey
from regard.listening.surveys.queries import counts_of, surveys_of
from regard.listening.surveys.starts import starts
from regard.listening.surveys.text import from_text, to_text
from regard.listening.surveys.translations import from_csv, to_csv
from regard.listening.surveys.walk import walk
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

_LARGEST_TABLE = 4_000_000


def index(request: RegardRequest) -> HttpResponse:
    context = {"surveys": surveys_of(request.workspace.pk), "may_edit": request.member.may(Right.CATALOGUE)}
    return render(request, "listening/surveys/index.html", context)


def begin(request: RegardRequest) -> HttpResponse:
    """Which survey to begin with."""
    return render(request, "listening/surveys/begin.html", {"starts": starts()})


def add(request: RegardRequest) -> HttpResponse:
    found = starts().get(request.GET.get("from", "")) or next(iter(starts().values()))
    return _editor(request, Survey(workspace=request.workspace, name=found[0]), to_text(found[1]))


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    survey = _find(request, pk)
    return _editor(request, survey, to_text(survey.content))


def show(request: RegardRequest, pk: int) -> HttpResponse:
    return overview(request, _find(request, pk), LinkForm(workspace=request.workspace))


def overview(request: RegardRequest, survey: Survey, form: LinkForm) -> HttpResponse:
    """The page of a survey; the form of a link as it was filled in."""
    version = survey.published
    changed = version is None or version.definition != survey.draft
    before = {"advice": lint(survey.content, colour=survey.colour), "walked": walk(survey.content)} if changed else {}
    context = before | {
        "survey": survey, "version": version, "counts": counts_of(request.scope, survey), "links": survey.links.filter(closed=None, kiosk=False),
        "changed": changed, "may_edit": request.member.may(Right.CATALOGUE),
        "may_read": request.member.may(Right.CUSTOMERS), "form": form,
    }  # fmt: skip
    return render(request, "listening/surveys/show.html", context)


def translations(request: RegardRequest, pk: int) -> HttpResponse:
    """All texts in all languages, as a table."""
    survey = _find(request, pk)
    answer = HttpResponse(to_csv(survey.content), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="survey-{survey.pk}.csv"'
    return answer


@require_POST
def translate(request: RegardRequest, pk: int) -> HttpResponse:
    """Take the texts of such a table into the draft."""
    survey, file = _find(request, pk), request.FILES.get("file")
    if file is None or (file.size or 0) > _LARGEST_TABLE:
        messages.error(request, _("Choose the table as a CSV file of at most 4 MB."))
        return redirect("surveys:show", pk)
    try:
        taken = from_csv(survey.content, file.read().decode("utf-8", "replace"))
    except BadSurvey as problem:
        messages.error(request, str(problem))
        return redirect("surveys:show", pk)
    survey.keep(taken.survey, by=request.user.email)
    told = ngettext("%(n)s text is new in the draft.", "%(n)s texts are new in the draft.", taken.changed) % {
        "n": taken.changed
    }
    messages.success(request, told)
    if taken.unknown:
        messages.warning(
            request, _("The survey has no text at: %(places)s.") % {"places": ", ".join(taken.unknown[:10])}
        )
    return redirect("surveys:show", pk)


@require_POST
def publish(request: RegardRequest, pk: int) -> HttpResponse:
    version = _find(request, pk).publish(by=request.user.email)
    messages.success(
        request, _("Version %(number)s is what people are asked from now on.") % {"number": version.number}
    )
    return redirect("surveys:show", pk)


def retirement(request: RegardRequest, pk: int) -> HttpResponse:
    survey = _find(request, pk)
    if request.method == "POST":
        survey.retire(by=request.user.email)
        messages.success(request, _("%(name)s is retired.") % {"name": survey.name})
        return redirect("surveys:index")
    question = Confirm(
        title=_("Retire “%(name)s”?") % {"name": survey.name}, act=_("Retire"), keep=_("Keep"), back=reverse("surveys:show", args=[pk]),
        crumb=_("Surveys"), texts=(_("Its links lead nowhere from then on. What was answered stays, and so do the numbers."),),
    )  # fmt: skip
    return ask(request, question)


@require_POST
def preview(request: RegardRequest) -> HttpResponse:
    """A page of the survey as it is being written, in a language; nothing is kept."""
    try:
        survey = from_text(request.POST.get("text", ""))
    except BadSurvey as problem:
        return render(request, "listening/surveys/_preview.html", {"problem": str(problem)})
    language = request.POST.get("language", "")
    respondent = Respondent(language if language in survey.languages else survey.languages[0])
    asked = request.POST.get("page", "")
    number = (
        int(asked)
        if asked.isdecimal() and len(asked) < 4 and int(asked) < len(survey.pages)
        else next_page(survey, -1, {}, respondent)
    )
    context = {
        "page": survey_page(survey, number or 0, {}, respondent), "languages": survey.languages, "pages": range(len(survey.pages)),
        "advice": lint(survey, colour=request.POST.get("colour", ""))[:10], "walked": walk(survey),
    }  # fmt: skip
    return render(request, "listening/surveys/_preview.html", context)


def _editor(request: RegardRequest, survey: Survey, text: str) -> HttpResponse:
    form = SurveyForm(request.POST or None, instance=survey, initial={"text": text})
    if request.method == "POST" and form.is_valid():
        form.save(commit=False)
        survey.keep(form.content, by=request.user.email)
        messages.success(request, _("Saved as a draft. People are asked it once it is published."))
        return redirect("surveys:show", survey.pk)
    return render(request, "listening/surveys/edit.html", {"form": form, "survey": survey})


def _find(request: RegardRequest, pk: int) -> Survey:
    return get_object_or_404(Survey, pk=pk, workspace=request.workspace, retired=None)
