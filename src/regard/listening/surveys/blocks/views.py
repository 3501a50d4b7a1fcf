"""The editor by blocks: the survey as cards, one of them open at a time. Each part is saved by itself, into the same draft as the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.listening.surveys.blocks import change, form
from regard.listening.surveys.blocks.cards import Sheet, sheet_of
from regard.listening.surveys.blocks.conditions import shortened
from regard.listening.surveys.blocks.ids import new_id
from regard.listening.surveys.blocks.kinds import KINDS
from regard.listening.surveys.blocks.opened import (
    GONE,
    NEW,
    Open,
    applied,
    differences,
    errors_at,
    fill,
    follow,
    name_items,
    open_part,
    posted_part,
    press,
    stands,
    stored,
    way_to,
)
from regard.listening.surveys.definition import faults, read, written
from regard.listening.surveys.forms import SurveyNameForm
from regard.listening.surveys.models import Survey
from regard.listening.surveys.queries import answered_by
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    survey = _find(request, pk)
    if request.method == "POST":
        return _save(request, survey)
    what = request.GET.get("open", "")
    opened = open_part(survey, what, request.GET) if what else None
    if opened is not None and form.fields_of(opened.given, survey.content) > form.MOST_FIELDS:
        messages.info(
            request, _("This question has too many texts for a form: change it here, or as a table of translations.")
        )
        return redirect("surveys:text", pk)
    return _page(request, survey, opened)


def kinds(request: RegardRequest, pk: int) -> HttpResponse:
    """Which kind of question to add, and where."""
    survey = _find(request, pk)
    page = request.GET.get("page", "")
    if page not in map(str, range(len(survey.content.pages))):
        page = ""  # a new one
    where = urlencode({"page": page}) if page else ""
    return _page(request, survey, None, adding=True, adding_to=page, kinds=KINDS.values(), where=where)


@require_POST
def act(request: RegardRequest, pk: int) -> HttpResponse:
    """What is done to a part without opening it: up, down, double, split."""
    survey = _find(request, pk)
    what, verb = request.POST.get("what", ""), request.POST.get("act", "")
    kind, _colon, name = what.partition(":")
    step = -1 if verb == "up" else 1
    shown = what

    def changed(given: change.Written) -> change.Written:
        nonlocal shown
        number = change.number_of(given, kind, name)
        match kind, verb:
            case "question", "up" | "down":
                return change.moved(given, name, step)
            case "question", "split":
                return change.split(given, name)
            case "question", "double":
                made, copy = change.doubled(given, name, language=given["languages"][0])
                shown = f"question:{copy}"
                return made
            case "page", "up" | "down":
                shown = f"page:{number + step}"
                return change.page_moved(given, number, step)
            case "thanks", "up" | "down":
                shown = f"thanks:{number + step}"
                return change.thanks_moved(given, number, step)
        raise Http404

    problem = _change(request, survey, changed)
    if problem:
        return _page(request, survey, None, refused=(what, problem))
    return _saved(survey, shown)


def removal(request: RegardRequest, pk: int, what: str) -> HttpResponse:
    """Remove a question, a page or a variant of the thanks, once it is said what goes with it."""
    survey = _find(request, pk)
    kind, _colon, name = what.partition(":")
    given = written(survey.content)
    number = change.number_of(given, kind, name)
    if kind not in ("question", "page", "thanks") or (number < 0 and kind != "question"):
        raise Http404
    ids = [question["id"] for question in given["pages"][number]["questions"]] if kind == "page" else []
    if kind == "question":
        ids = [name]
        if survey.content.question(name) is None:
            raise Http404
    if request.method != "POST":
        return ask(request, _asked(request, survey, kind, ids))

    def changed(given: change.Written) -> change.Written:
        number = change.number_of(given, kind, name)
        if kind == "thanks":
            return change.with_thanks(given, number, None)
        return change.without_page(given, number) if kind == "page" else change.without_question(given, name)

    problem = _change(request, survey, changed)
    return _page(request, survey, None, refused=(what, problem)) if problem else _saved(survey, "")


def _asked(request: RegardRequest, survey: Survey, kind: str, ids: list[str]) -> Confirm:
    content, given = survey.content, written(survey.content)
    lost = []
    for id in ids:
        if count := answered_by(request.scope, survey, id):
            told = ngettext(
                "“%(id)s” was answered %(n)s time: the answer stays, and no new one comes.",
                "“%(id)s” was answered %(n)s times: the answers stay, and no new ones come.",
                count,
            )
            lost.append(told % {"id": id, "n": f"{count:,}"})
        for part in change.asking_of(given, id):
            if part.get("id") not in ids:
                place = part.get("id") or (_("a page") if "questions" in part else _("the thanks"))
                lost.append(
                    _("What it asks of “%(id)s” goes from the condition of: %(place)s.") % {"id": id, "place": place}
                )
        for other in content.questions():
            if getattr(other, "comments", None) == id and other.id not in ids:
                lost.append(_("“%(id)s” no longer explains a score.") % {"id": other.id})
    titles = {
        "question": _("Remove this question?"),
        "page": _("Remove this page and its questions?"),
        "thanks": _("Remove this word of thanks?"),
    }
    texts = tuple(shortened(content.question(id).text.get(content.languages[0], ""), 120) for id in ids)
    return Confirm(
        title=titles[kind], act=_("Remove"), keep=_("Keep"), back=reverse("surveys:edit", args=[survey.pk]), crumb=survey.name,
        texts=texts, lost=tuple(dict.fromkeys(lost)),
    )  # fmt: skip


@require_POST
def renewal(request: RegardRequest, pk: int) -> HttpResponse:
    """Give a question a new id: a line of its own begins."""
    survey, id = _find(request, pk), request.POST.get("question", "")
    question = survey.content.question(id)
    if question is None:
        raise Http404
    taken = change.ids_of(written(survey.content)) | {
        one.id for version in survey.versions.all() for one in version.content.questions()
    }
    made = new_id(question.text.get(survey.content.languages[0], ""), taken, otherwise=question.kind)
    if problem := _change(request, survey, lambda given: change.called(given, id, made)):
        return _page(request, survey, None, refused=(f"question:{id}", problem))
    return redirect("surveys:show", survey.pk)


def _save(request: RegardRequest, survey: Survey) -> HttpResponse:
    what, pressed = request.POST.get("what", ""), request.POST.get("press", "")
    opened = posted_part(survey, what, request.POST)
    if pressed:
        press(survey, opened, pressed)
        return _page(request, survey, fill(survey, opened, {}, added=pressed.removesuffix(".add")))
    name_items(opened, survey.content.languages[0])
    if what == "head":
        opened.names = SurveyNameForm(request.POST, instance=survey)
        if not opened.names.is_valid():
            survey.refresh_from_db()
            found = faults(applied(written(survey.content), opened))
            return _page(request, survey, fill(survey, opened, errors_at(found, ())))
    with transaction.atomic():
        current = Survey.objects.select_for_update().get(pk=survey.pk)
        given = written(current.content)
        follow(given, opened)
        now = stored(given, opened.what, names=(current.name, current.colour))
        base = change.digest(now) if now is not None else opened.base if opened.base == NEW else GONE
        if base != opened.base:
            opened.meanwhile, opened.base = differences(given, opened), base
            return _page(request, current, fill(current, opened, {}))
        made = applied(given, opened)
        found = faults(made)
        if not found:
            if opened.names is not None:
                current.name, current.colour = opened.names.cleaned_data["name"], opened.names.cleaned_data["colour"]
            current.keep(read(made), by=request.user.email)
            return _saved(current, opened.what if what != "question:" else f"question:{opened.given['id']}")
    return _page(request, survey, fill(survey, opened, errors_at(found, way_to(made, opened))))


def _change(request: RegardRequest, survey: Survey, verb: Callable[[change.Written], change.Written]) -> str:
    """What is wrong with it then; nothing once it is kept."""
    with transaction.atomic():
        current = Survey.objects.select_for_update().get(pk=survey.pk)
        before = written(current.content)
        made = verb(before)
        found = faults(made)
        if not found and made != before:
            current.keep(read(made), by=request.user.email)
    if not made["pages"]:
        return _("A survey asks at least one question: add another one first.")
    return found[0].text if found else ""


def _page(
    request: RegardRequest, survey: Survey, opened: Open | None, *, refused: tuple[str, str] = ("", ""), adding: bool = False, **more: Any
) -> HttpResponse:  # fmt: skip
    sheet: Sheet = sheet_of(survey.content, refused=refused)
    context = {
        "stray": opened is not None and not stands(opened, sheet),
        "survey": survey, "sheet": sheet, "opened": opened, "done": request.GET.get("done", ""), "adding": adding,
        "refused": refused[1] if not refused[0] else "", **more,
    }  # fmt: skip
    fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    answer = render(
        request, "listening/surveys/blocks/_sheet.html" if fragment else "listening/surveys/blocks/edit.html", context
    )
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _saved(survey: Survey, what: str) -> HttpResponse:
    address = reverse("surveys:edit", args=[survey.pk])
    return redirect(f"{address}?{urlencode({'done': what})}#{what.replace(':', '-')}" if what else address)


def _find(request: RegardRequest, pk: int) -> Survey:
    return get_object_or_404(Survey, pk=pk, workspace=request.workspace, retired=None)
