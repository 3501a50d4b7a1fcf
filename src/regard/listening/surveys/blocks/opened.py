"""The part of a survey that is being changed in the editor: opened as it stands, filled in, and put back into the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from regard.customers.contact.purposes.models import Purpose
from regard.ledger.touchpoints.models import Touchpoint
from regard.listening.surveys.blocks import change, form
from regard.listening.surveys.blocks.cards import Sheet
from regard.listening.surveys.blocks.conditions import from_rows
from regard.listening.surveys.blocks.ids import new_id
from regard.listening.surveys.blocks.kinds import KINDS, begun
from regard.listening.surveys.definition import BadSurvey, faults, read, written
from regard.listening.surveys.definition import Survey as Content
from regard.listening.surveys.forms import SurveyNameForm
from regard.listening.surveys.models import Survey
from regard.listening.surveys.versions.compare import compare

NEW, GONE = "new", "gone"
#: Tell one part from another, and are no part of it.
_NAMES = ("first", "name", "colour")


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
    def anchor(self) -> str:
        return self.what.replace(":", "-")


def open_part(survey: Survey, what: str, asked: Mapping[str, str]) -> Open:
    """A part as it stands, opened."""
    given = written(survey.content)
    kind, _colon, name = what.partition(":")
    if what == "question:":
        chosen = asked.get("kind", "")
        if chosen not in KINDS:
            raise Http404
        opened = Open(what, begun(chosen), NEW, page=asked.get("page", ""), kind=chosen)
    else:
        part = stored(given, what, names=(survey.name, survey.colour))
        if part is None and not (kind == "thanks" and name == str(len(given.get("thanks", ())))):
            raise Http404
        opened = Open(what, {"text": {}}, NEW)
        if part is not None:
            opened.base = change.digest(part)
            opened.given = {name: value for name, value in part.items() if kind == "question" or name not in _NAMES}
            opened.kind = part.get("kind", "")
    if what == "head":
        opened.names = SurveyNameForm(instance=survey)
    opened = fill(survey, opened, {})
    opened.focus = next((box.name for part in opened.parts for box in part.boxes), "")
    return opened


def posted_part(survey: Survey, what: str, post: Mapping[str, str]) -> Open:
    """A part as it was filled in."""
    content = survey.content
    given = written(content)
    tree, kind = form.posted(post), what.partition(":")[0]
    opened = Open(what, {}, post.get("base", ""), page=post.get("page", ""))
    part = stored(given, what)
    match kind:
        case "question":
            opened.kind = part["kind"] if part else post.get("kind", "")
            if opened.kind not in KINDS:
                raise Http404
            id = what.partition(":")[2]
            opened.given = form.question_from(
                tree, part or {**begun(opened.kind), "id": id}, content, change.ids_of(given)
            )
        case "page":
            if part is None:
                raise Http404
            show = from_rows(form.branch(tree.get("show")), content, stored=part.get("show"))
            opened.given = {"show": show} if show else {}
        case "thanks":
            opened.given = form.thanks_from(tree, part or {"text": {}}, content)
        case "head":
            opened.given = form.head_from(tree, _head(given), content)
        case _:
            raise Http404
    return opened


def stored(given: change.Written, what: str, *, names: tuple[str, str] = ("", "")) -> dict[str, Any] | None:
    """The part as it stands in the draft; of the head also the survey's name and colour."""
    kind, _colon, name = what.partition(":")
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
        return _head(given) | {"name": names[0], "colour": names[1]}
    return None


def _head(given: change.Written) -> dict[str, Any]:
    return {name: given[name] for name in ("languages", "title", "about") if name in given}


def applied(given: change.Written, opened: Open) -> change.Written:
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


def name_items(opened: Open, language: str) -> None:
    for listed, one in (("options", "option"), ("rows", "row")):
        if opened.what.startswith("question") and listed in opened.given:
            opened.given[listed] = form.named(opened.given[listed], language, otherwise=one)


def follow(given: change.Written, opened: Open) -> None:
    """Pages and thanks are known by their place: where others moved them or added some meanwhile, the part is looked for."""
    kind = opened.what.partition(":")[0]
    if opened.what == "question:" and opened.given["id"] in change.ids_of(given):  # somebody added one like it
        text = opened.given["text"].get(given["languages"][0], "")
        opened.given["id"] = new_id(text, change.ids_of(given), otherwise=opened.kind)
    listed = given["pages"] if kind == "page" else given.get("thanks", []) if kind == "thanks" else []
    if kind == "thanks" and opened.base == NEW:
        opened.what = f"thanks:{len(listed)}"
    places = [f"{kind}:{number}" for number in range(len(listed))]
    same = [place for place in places if change.digest(stored(given, place)) == opened.base]
    if same and opened.what not in same:
        opened.what = same[0]


def way_to(made: change.Written, opened: Open) -> tuple[str | int, ...]:
    """Where the open part stands in the survey."""
    kind, _colon, name = opened.what.partition(":")
    if kind == "question":
        at = change.place_of(made, opened.given["id"])
        return ("pages", at[0], "questions", at[1]) if at else ()
    if kind == "thanks":
        return ("thanks", next((place for place, one in enumerate(made.get("thanks", ())) if one == opened.given), 0))
    return ("pages", int(name)) if kind == "page" else ()


def errors_at(found: list[Any], way: tuple[str | int, ...]) -> dict[str, str]:
    """Field → sentence; what is wrong elsewhere stands at ""."""
    errors: dict[str, str] = {}
    for fault in found:
        here = fault.place[: len(way)] == way
        name = ".".join(map(str, fault.place[len(way) :])) if here else ""
        errors.setdefault(name, fault.text)
    return errors


def press(survey: Survey, opened: Open, press: str) -> None:
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


def fill(survey: Survey, opened: Open, errors: Mapping[str, str], *, added: str = "") -> Open:
    """With what the page shows of it. `added`: the list that a line was added to."""
    content = survey.content
    kind = opened.what.partition(":")[0]
    match kind:
        case "question":
            purposes = dict(
                Purpose.objects.filter(workspace=survey.workspace_id, retired=None).values_list("key", "name")
            )
            names = list(
                Touchpoint.objects.filter(workspace=survey.workspace_id, retired=None).values_list("name", flat=True)[
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
    if added:
        items = next((part.items for part in opened.parts if part.name == added), [])
        opened.focus = items[-1].boxes[0].name if items else ""
    return opened


def differences(given: change.Written, opened: Open) -> list[str]:
    """What saving now would change, where both can be read."""
    made = applied(given, opened)
    if faults(made):
        return []
    return [str(one) for one in compare(read(given), read(made))]


def stands(opened: Open, sheet: Sheet) -> bool:
    """Whether its place is still there; somebody may have removed it meanwhile."""
    there = {"head", sheet.new_thanks} | {card.what for card in sheet.thanks}
    for page in sheet.pages:
        there |= {page.what} | {card.what for card in page.cards}
    if opened.what == "question:":
        return opened.page in ("", *(page.place for page in sheet.pages))
    return opened.what in there


def opened_content(survey: Survey, post: Mapping[str, str]) -> tuple[Content, int | None]:
    """The draft with the open part as it is being typed, for the preview, and the page where it stands. Raises BadSurvey.

    Where nothing is written yet stands “…”.
    """
    what = post.get("what", "")
    opened = posted_part(survey, what, post) if what else None
    if opened is None:
        return survey.content, None
    given = written(survey.content)
    name_items(opened, given["languages"][0])
    _sketch(opened, given["languages"][0])
    made = applied(given, opened)
    if found := faults(made):
        raise BadSurvey(found[0].text)
    at = change.place_of(made, opened.given["id"]) if what.startswith("question") else None
    return read(made), at[0] if at else None


def _sketch(opened: Open, language: str) -> None:
    """What is not written yet as “…”."""
    for name in ("text", "title"):
        if name in opened.given:
            opened.given[name] = {language: "…"} | opened.given[name]
    for listed in ("options", "rows"):
        if listed in opened.given:
            items = opened.given[listed] or [{"id": "first", "text": {}}]
            opened.given[listed] = [one | {"text": {language: "…"} | one["text"]} for one in items]
