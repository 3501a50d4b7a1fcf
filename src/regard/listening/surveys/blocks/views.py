"""The editor by blocks: the survey as cards, one of them open at a time. Each part is saved by itself, into the same draft as the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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

from regard.customers.contact.purposes.models import Purpose
from regard.ledger.touchpoints.models import Touchpoint
from regard.listening.surveys.blocks import change, form
from regard.listening.surveys.blocks.cards import Sheet, sheet_of
from regard.listening.surveys.blocks.conditions import TRAIT, from_rows, shortened
from regard.listening.surveys.blocks.ids import new_id
from regard.listening.surveys.blocks.kinds import KINDS, begun
from regard.listening.surveys.definition import Survey as Content
from regard.listening.surveys.definition import faults, read, written
from regard.listening.surveys.forms import SurveyNameForm
from regard.listening.surveys.models import Survey
from regard.listening.surveys.queries import answered_by
from regard.listening.surveys.versions.compare import compare
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest

NEW, GONE = "new", "gone"


@dataclass
class Open:
    """The part that is being changed: `question:ID`, `question:` (a new one), `page:N`, `thanks:N`, `head`."""

    what: str
    given: dict[str, Any]
    base: str
    title: str = ""
    parts: list[form.Part] = field(default_factory=list)
    condition: Any = None
    problem: str = ""
    #: Somebody else changed it meanwhile: what saving now would change.
    meanwhile: list[str] | None = None
    kind: str = ""
    page: str = ""
    names: SurveyNameForm | None = None
    #: The field that is written in first.
    focus: str = ""

    @property
    def id(self) -> str:
        return self.what.replace(":", "-") or "new"


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    survey = _find(request, pk)
    if request.method == "POST":
        return _save(request, survey)
    what = request.GET.get("open", "")
    opened = _begun(request, survey, what) if what else None
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
    number = int(name) if name.isdecimal() and len(name) < 4 else -1
    shown = what

    def changed(given: change.Written) -> change.Written:
        nonlocal shown
        match kind, verb:
            case "question", "up" | "down":
                return change.moved(given, name, step)
            case "question", "split":
                return change.split(given, name)
            case "question", "double":
                made, copy = change.doubled(given, name, language=survey.content.languages[0])
                shown = f"question:{copy}"
                return made
            case "page", "up" | "down":
                shown = f"page:{max(number + step, 0)}"
                return change.page_moved(given, number, step)
            case "thanks", "up" | "down":
                shown = f"thanks:{max(number + step, 0)}"
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
    number = int(name) if name.isdecimal() and len(name) < 4 else -1
    page = given["pages"][number] if kind == "page" and 0 <= number < len(given["pages"]) else None
    ids = [name] if kind == "question" else [one["id"] for one in page["questions"]] if page else []
    if not (kind == "thanks" and 0 <= number < len(given.get("thanks", ()))) and not (
        ids and set(ids) <= change.ids_of(given)
    ):
        raise Http404
    if request.method == "POST":
        if kind == "thanks":
            problem = _change(request, survey, lambda given: change.with_thanks(given, number, None))
        elif kind == "page":
            problem = _change(request, survey, lambda given: change.without_page(given, number))
        else:
            problem = _change(request, survey, lambda given: change.without_question(given, name))
        return _page(request, survey, None, refused=(what, problem)) if problem else _saved(survey, "")
    return ask(request, _asked(request, survey, what, ids))


def _asked(request: RegardRequest, survey: Survey, what: str, ids: list[str]) -> Confirm:
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
        title=titles[what.partition(":")[0]], act=_("Remove"), keep=_("Keep"), back=reverse("surveys:edit", args=[survey.pk]), crumb=survey.name,
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


def opened_content(survey: Survey, post: Mapping[str, str]) -> tuple[Content, int | None]:
    """The draft with the open part as it is being typed, for the preview, and the page where it stands. Raises BadSurvey."""
    what = post.get("what", "")
    opened = _posted(survey, what, post) if what else None
    if opened is None:
        return survey.content, None
    given = written(survey.content)
    _name_items(opened, given["languages"][0])
    made = read(_applied(given, opened))
    at = change.place_of(written(made), opened.given["id"]) if what.startswith("question") else None
    return made, at[0] if at else None


def _save(request: RegardRequest, survey: Survey) -> HttpResponse:
    what, press = request.POST.get("what", ""), request.POST.get("press", "")
    opened = _posted(survey, what, request.POST)
    if press:
        _press(survey, opened, press)
        opened = _filled(request, survey, opened, {})
        if press.endswith(".add"):
            opened.focus = next(
                (part.items[-1].boxes[0].name for part in opened.parts if part.name == press[:-4] and part.items), ""
            )
        return _page(request, survey, opened)
    _name_items(opened, survey.content.languages[0])
    if what == "head":
        opened.names = SurveyNameForm(request.POST, instance=survey)
    if opened.names is not None and not opened.names.is_valid():
        survey.refresh_from_db()
        return _page(
            request,
            survey,
            _filled(request, survey, opened, _errors(faults(_applied(written(survey.content), opened)), ())),
        )
    with transaction.atomic():
        current = Survey.objects.select_for_update().get(pk=survey.pk)
        given = written(current.content)
        _follow(given, opened)
        now = _stored(given, opened)
        if (
            change.digest(now) if now is not None else GONE if opened.base not in (NEW, GONE) else opened.base
        ) != opened.base:
            opened.meanwhile = _differences(given, opened)
            opened.base = change.digest(now) if now is not None else GONE
            return _page(request, current, _filled(request, current, opened, {}))
        made = _applied(given, opened)
        found = faults(made)
        if not found:
            if opened.names is not None:
                current.name, current.colour = opened.names.cleaned_data["name"], opened.names.cleaned_data["colour"]
            current.keep(read(made), by=request.user.email)
            return _saved(current, opened.what if opened.what != "question:" else f"question:{opened.given['id']}")
    way = _way(made, opened)
    return _page(request, survey, _filled(request, survey, opened, _errors(found, way)))


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


def _begun(request: RegardRequest, survey: Survey, what: str) -> Open:
    """A part as it stands, opened."""
    given = written(survey.content)
    kind, _colon, name = what.partition(":")
    if what == "question:":
        chosen = request.GET.get("kind", "")
        if chosen not in KINDS:
            raise Http404
        opened = Open(what, begun(chosen), NEW, page=request.GET.get("page", ""), kind=chosen)
    else:
        opened = Open(what, {}, "")
        stored = _stored(given, opened)
        if stored is None and not (kind == "thanks" and name == str(len(given.get("thanks", ())))):
            raise Http404
        opened.given, opened.base = (stored, change.digest(stored)) if stored is not None else ({"text": {}}, NEW)
        opened.given.pop("first", None)
        opened.kind = opened.given.get("kind", "") if kind == "question" else ""
    if what == "head":
        opened.names = SurveyNameForm(instance=survey)
    opened = _filled(request, survey, opened, {})
    opened.focus = next((box.name for part in opened.parts for box in part.boxes), "")
    return opened


def _posted(survey: Survey, what: str, post: Mapping[str, str]) -> Open:
    """A part as it was filled in."""
    content = survey.content
    given = written(content)
    tree, kind = form.posted(post), what.partition(":")[0]
    opened = Open(what, {}, post.get("base", ""), page=post.get("page", ""))
    stored = _stored(given, opened)
    match kind:
        case "question":
            opened.kind = stored["kind"] if stored else post.get("kind", "")
            if opened.kind not in KINDS:
                raise Http404
            id = what.partition(":")[2]
            opened.given = form.question_from(
                tree, stored or {**begun(opened.kind), "id": id}, content, change.ids_of(given)
            )
        case "page":
            if stored is None:
                raise Http404
            show = from_rows(form.branch(tree.get("show")), content, stored=stored.get("show"))
            opened.given = {"show": show} if show else {}
        case "thanks":
            opened.given = form.thanks_from(tree, stored or {"text": {}}, content)
        case "head":
            opened.given = form.head_from(
                tree, {name: given[name] for name in ("languages", "title", "about") if name in given}, content
            )
        case _:
            raise Http404
    return opened


def _stored(given: change.Written, opened: Open) -> dict[str, Any] | None:
    """The part as it stands in the draft."""
    kind, _colon, name = opened.what.partition(":")
    number = int(name) if name.isdecimal() and len(name) < 4 else -1
    if kind == "question" and (at := change.place_of(given, name)) is not None:
        found: dict[str, Any] = given["pages"][at[0]]["questions"][at[1]]
        return found
    if kind == "page" and 0 <= number < len(given["pages"]):
        page = given["pages"][number]
        return {"first": page["questions"][0]["id"]} | ({"show": page["show"]} if "show" in page else {})
    if kind == "thanks" and 0 <= number < len(given.get("thanks", ())):
        return dict(given["thanks"][number])
    if kind == "head":
        return {name: given[name] for name in ("languages", "title", "about") if name in given}
    return None


def _applied(given: change.Written, opened: Open) -> change.Written:
    kind, _colon, name = opened.what.partition(":")
    match kind:
        case "question":
            page = int(opened.page) if opened.page.isdecimal() and len(opened.page) < 4 else None
            return change.with_question(given, opened.given, page=page)
        case "page":
            made = dict(given) | {"pages": list(given["pages"])}
            made["pages"][int(name)] = {"questions": given["pages"][int(name)]["questions"]} | opened.given
            return made
        case "thanks":
            return change.with_thanks(given, int(name) if name.isdecimal() and len(name) < 4 else 99, opened.given)
        case _:
            return {key: value for key, value in given.items() if key != "about"} | opened.given


def _name_items(opened: Open, language: str) -> None:
    for listed, one in (("options", "option"), ("rows", "row")):
        if opened.what.startswith("question") and listed in opened.given:
            opened.given[listed] = form.named(opened.given[listed], language, otherwise=one)


def _follow(given: change.Written, opened: Open) -> None:
    """Pages and thanks are known by their place: where others moved them or added some meanwhile, the part is looked for."""
    kind = opened.what.partition(":")[0]
    listed = given["pages"] if kind == "page" else given.get("thanks", []) if kind == "thanks" else []
    if kind == "thanks" and opened.base == NEW:
        opened.what = f"thanks:{len(listed)}"
    places = [f"{kind}:{number}" for number in range(len(listed))]
    same = [place for place in places if change.digest(_stored(given, Open(place, {}, ""))) == opened.base]
    if same and opened.what not in same:
        opened.what = same[0]


def _way(made: change.Written, opened: Open) -> tuple[str | int, ...]:
    """Where the open part stands in the survey."""
    kind, _colon, name = opened.what.partition(":")
    if kind == "question":
        at = change.place_of(made, opened.given["id"])
        return ("pages", at[0], "questions", at[1]) if at else ()
    if kind == "thanks":
        return ("thanks", next((place for place, one in enumerate(made.get("thanks", ())) if one == opened.given), 0))
    return ("pages", int(name)) if kind == "page" else ()


def _errors(found: list[Any], way: tuple[str | int, ...]) -> dict[str, str]:
    """Field → sentence; what is wrong elsewhere stands at ""."""
    errors: dict[str, str] = {}
    for fault in found:
        here = fault.place[: len(way)] == way
        name = ".".join(map(str, fault.place[len(way) :])) if here else ""
        errors.setdefault(name, fault.text)
    return errors


def _press(survey: Survey, opened: Open, press: str) -> None:
    if press.startswith("show"):
        content = survey.content
        first = next((one.id for one in reversed(_before(content, opened)) if one.kind != "statement"), "")
        show = form.condition_pressed(opened.given.get("show"), press, first=first)
        opened.given = {name: value for name, value in opened.given.items() if name != "show"} | (
            {"show": show} if show else {}
        )
    else:
        opened.given = form.pressed(opened.given, press, survey.content)


def _before(content: Content, opened: Open) -> list[Any]:
    kind, _colon, name = opened.what.partition(":")
    if kind == "thanks":
        return list(content.questions())
    if kind == "page":
        return form.before_of(content, page=int(name))
    if name and content.question(name) is not None:
        return form.before_of(content, page=None, id=name)
    page = int(opened.page) if opened.page.isdecimal() and len(opened.page) < 4 else None
    return form.before_of(content, page=None if page is None else page + 1)


def _filled(request: RegardRequest, survey: Survey, opened: Open, errors: Mapping[str, str]) -> Open:
    content = survey.content
    kind = opened.what.partition(":")[0]
    match kind:
        case "question":
            purposes = dict(
                Purpose.objects.filter(workspace=request.workspace, retired=None).values_list("key", "name")
            )
            names = list(
                Touchpoint.objects.filter(workspace=request.workspace, retired=None).values_list("name", flat=True)[
                    :500
                ]
            )
            opened.parts = list(
                form.question_parts(opened.given, content, errors, purposes=purposes, touchpoints=names)
            )
            opened.title = str(KINDS[opened.given["kind"]].name)
        case "thanks":
            opened.parts = list(form.thanks_parts(opened.given, content, errors))
            opened.title = _("Word of thanks")
        case "page":
            opened.title = _("When this page is shown")
        case _:
            opened.parts = list(form.head_parts(opened.given, content, errors))
            opened.title = _("Name, languages and title")
    if kind != "head":
        opened.condition = form.condition(opened.given, content, errors, before=_before(content, opened))
    shown = {box.name for part in opened.parts for box in part.boxes if box.error} | {
        part.name for part in opened.parts if part.error
    }
    shown |= {box.name for part in opened.parts for item in part.items for box in item.boxes if box.error}
    rest = [
        text for place, text in errors.items() if place not in shown and not place.startswith(("show", "languages"))
    ]
    opened.problem = rest[0] if rest else ""
    if kind == "head" and not opened.problem and any(errors) and not shown:
        opened.problem = next(iter(errors.values()))
    return opened


def _differences(given: change.Written, opened: Open) -> list[str]:
    """What saving now would change, where both can be read."""
    made = _applied(given, opened)
    if faults(made):
        return []
    return [str(one) for one in compare(read(given), read(made))]


def _page(
    request: RegardRequest, survey: Survey, opened: Open | None, *, refused: tuple[str, str] = ("", ""), adding: bool = False, **more: Any
) -> HttpResponse:  # fmt: skip
    sheet: Sheet = sheet_of(survey.content, refused=refused)
    context = {
        "stray": opened is not None and not _stands(opened, sheet),
        "survey": survey, "sheet": sheet, "opened": opened, "done": request.GET.get("done", ""), "adding": adding, "trait": TRAIT,
        "refused": refused[1] if not refused[0] else "", **more,
    }  # fmt: skip
    fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    answer = render(
        request, "listening/surveys/blocks/_sheet.html" if fragment else "listening/surveys/blocks/edit.html", context
    )
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _stands(opened: Open, sheet: Sheet) -> bool:
    """Whether its place is still there; somebody may have removed it meanwhile."""
    there = {"head", sheet.new_thanks} | {card.what for card in sheet.thanks}
    for page in sheet.pages:
        there |= {page.what} | {card.what for card in page.cards}
    if opened.what == "question:":
        return opened.page in ("", *(page.place for page in sheet.pages))
    return opened.what in there


def _saved(survey: Survey, what: str) -> HttpResponse:
    address = reverse("surveys:edit", args=[survey.pk])
    return redirect(f"{address}?{urlencode({'done': what})}#{what.replace(':', '-')}" if what else address)


def _find(request: RegardRequest, pk: int) -> Survey:
    return get_object_or_404(Survey, pk=pk, workspace=request.workspace, retired=None)
