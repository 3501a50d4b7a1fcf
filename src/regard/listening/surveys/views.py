"""The pages on which surveys are written, published and given to people."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regard.listening.answering.brand import brand_css
from regard.listening.answering.page import survey_page
from regard.listening.links.addresses import host_of_surveys
from regard.listening.links.forms import LinkForm
from regard.listening.look.worn import STACKS, wearing
from regard.listening.surveys.blocks.change import digest
from regard.listening.surveys.blocks.opened import opened_content
from regard.listening.surveys.definition import BadSurvey
from regard.listening.surveys.definition import Survey as Content
from regard.listening.surveys.flow import Respondent, unconditional
from regard.listening.surveys.forms import SurveyForm
from regard.listening.surveys.lint import lint
from regard.listening.surveys.models import Survey
from regard.listening.surveys.queries import counts_of, surveys_of
from regard.listening.surveys.starts import blank, stages, starts
from regard.listening.surveys.text import from_text, to_text
from regard.listening.surveys.translations import from_csv, to_csv
from regard.listening.surveys.versions.compare import compare
from regard.listening.surveys.versions.trend import breaks
from regard.listening.surveys.walk import walk
from regard.listening.surveys.xliff import from_xliff, to_xliff
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

_LARGEST_TABLE = 4_000_000
_VERSIONS_LOOKED_AT = 30


def index(request: RegardRequest) -> HttpResponse:
    context = {"surveys": surveys_of(request.workspace.pk), "may_edit": request.member.may(Right.CATALOGUE)}
    return render(request, "listening/surveys/index.html", context)


def begin(request: RegardRequest) -> HttpResponse:
    """Which survey to begin with, by stage and touchpoint; begun with one, it is there as a draft."""
    if request.method == "POST":
        found = starts().get(request.POST.get("from", "")) or (_("New survey"), blank())
        taken = {
            name.casefold()
            for name in Survey.objects.filter(workspace=request.workspace, retired=None).values_list("name", flat=True)
        }
        names = (found[0], *(f"{found[0]} {number}" for number in range(2, len(taken) + 3)))
        survey = Survey(workspace=request.workspace, name=next(name for name in names if name.casefold() not in taken))
        survey.keep(found[1], by=request.user.email)
        return redirect("surveys:edit", survey.pk)
    return render(request, "listening/surveys/begin.html", {"stages": stages()})


def add(request: RegardRequest) -> HttpResponse:
    found = starts().get(request.GET.get("from", "")) or next(iter(starts().values()))
    return _editor(request, Survey(workspace=request.workspace, name=found[0]), to_text(found[1]))


@transaction.atomic
def text(request: RegardRequest, pk: int) -> HttpResponse:
    """The draft as text, beside the editor by blocks."""
    held = Survey.objects.select_for_update() if request.method == "POST" else Survey.objects.all()
    survey = get_object_or_404(held, pk=pk, workspace=request.workspace, retired=None)
    return _editor(request, survey, to_text(survey.content))


def show(request: RegardRequest, pk: int) -> HttpResponse:
    return overview(request, _find(request, pk), LinkForm(workspace=request.workspace))


def overview(request: RegardRequest, survey: Survey, form: LinkForm) -> HttpResponse:
    """The page of a survey; the form of a link as it was filled in."""
    version = survey.published
    changed = version is None or version.definition != survey.draft
    before = {"advice": lint(survey.content, colour=survey.colour), "walked": walk(survey.content)} if changed else {}
    if changed and version is not None:
        older = [one.content for one in survey.versions.order_by("-number")[:_VERSIONS_LOOKED_AT]]
        before["breaks"] = breaks(survey.content, older)
    context = before | {
        "survey": survey, "version": version, "counts": counts_of(request.scope, survey),
        "links": survey.links.filter(closed=None, kiosk=False, once=False), "host": host_of_surveys(request),
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


def xliff(request: RegardRequest, pk: int) -> HttpResponse:
    """The texts and their translation into one language, as translators' tools take them (XLIFF 2.0)."""
    survey = _find(request, pk)
    try:
        text = to_xliff(survey.content, request.GET.get("to", ""), name=f"survey-{survey.pk}")
    except BadSurvey as problem:
        messages.error(request, str(problem))
        return redirect("surveys:show", pk)
    answer = HttpResponse(text, content_type="application/xliff+xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="survey-{survey.pk}-{request.GET.get("to", "")}.xlf"'
    return answer


@require_POST
@transaction.atomic
def translate(request: RegardRequest, pk: int) -> HttpResponse:
    """Take the texts of a table or of an XLIFF file into the draft."""
    survey = get_object_or_404(Survey.objects.select_for_update(), pk=pk, workspace=request.workspace, retired=None)
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > _LARGEST_TABLE:
        messages.error(request, _("Choose a CSV or XLIFF file of at most 4 MB."))
        return redirect("surveys:show", pk)
    given = file.read()
    try:
        if given.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            taken = from_xliff(survey.content, given)
        else:
            taken = from_csv(survey.content, given.decode("utf-8", "replace"))
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
    """A page of the survey as it is being written, as respondents see it; nothing is kept. Conditions are left aside, so that all of it shows."""
    try:
        content, stands, colour = _being_written(request)
    except BadSurvey as problem:
        return render(request, "listening/surveys/_preview.html", {"problem": str(problem)})
    language = request.POST.get("language", "")
    respondent = Respondent(language if language in content.languages else content.languages[0])
    asked = request.POST.get("preview_page", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 4 and int(asked) < len(content.pages) else 0
    if stands is not None:
        number = stands
    page = survey_page(unconditional(content), number, {}, respondent)
    shown = {"page": page, "action": "", "languages": {}, **wearing(request.workspace, colour)}
    context = {
        "page": page, "languages": content.languages, "pages": range(len(content.pages)), "number": number,
        "seen": render_to_string("listening/answering/page.html", shown), "width": "desktop" if request.POST.get("width") == "desktop" else "phone",
        "advice": lint(content, colour=colour)[:10], "walked": walk(content),
    }  # fmt: skip
    return render(request, "listening/surveys/_preview.html", context)


@require_safe
def colours(request: HttpRequest, colour: str) -> HttpResponse:
    """The style sheet of a colour and a font: the preview stands in a frame that is nobody’s, so that nothing in it can act for the member."""
    return HttpResponse(brand_css(f"#{colour}", STACKS.get(request.GET.get("font", ""), "")), content_type="text/css; charset=utf-8")


def _being_written(request: RegardRequest) -> tuple[Content, int | None, str]:
    """As text, or the draft with the block that is open; the page where that stands, and the colour. Raises BadSurvey."""
    pk = request.POST.get("survey", "")
    if not (pk.isdecimal() and len(pk) < 19):
        return from_text(request.POST.get("text", "")), None, request.POST.get("colour", "")
    survey = _find(request, int(pk))
    content, stands = opened_content(survey, request.POST.dict())
    return content, stands, request.POST.get("colour", survey.colour)


def _editor(request: RegardRequest, survey: Survey, text: str) -> HttpResponse:
    """The survey as text. Who saves later than somebody else is told what that would change, and loses nothing."""
    post = request.POST.copy() if request.method == "POST" else None
    meanwhile: list[str] = []
    if post is not None and survey.pk and post.get("base") != (now := digest(survey.draft)):
        post["base"], meanwhile = now, [_("it replaces all of it")]
    form = SurveyForm(post, instance=survey, initial={"text": text})
    if post is not None and form.is_valid():
        if meanwhile:
            meanwhile = [
                str(one) for one in compare(Survey.objects.get(pk=survey.pk).content, form.content)
            ] or meanwhile
        else:
            form.save(commit=False)
            survey.keep(form.content, by=request.user.email)
            messages.success(request, _("Saved as a draft. People are asked it once it is published."))
            return redirect("surveys:show", survey.pk)
    base = post["base"] if post is not None and survey.pk else digest(survey.draft) if survey.pk else ""
    context = {"form": form, "survey": survey, "base": base, "meanwhile": meanwhile}
    return render(request, "listening/surveys/edit.html", context)


def _find(request: RegardRequest, pk: int) -> Survey:
    return get_object_or_404(Survey, pk=pk, workspace=request.workspace, retired=None)
