"""The form of one part of a survey ↔ that part written out. Names of fields are the ways to what they hold: `text.fr`, `options.2.text.en`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.listening.answering.page import direction
from regard.listening.surveys.blocks.conditions import Rows, from_rows, rows_of
from regard.listening.surveys.blocks.ids import new_id
from regard.listening.surveys.blocks.kinds import SETTINGS
from regard.listening.surveys.definition import MOST_OPTIONS, Scored, Survey

LABELS: dict[str, str | Promise] = {
    "text": gettext_lazy("Question"),
    "help": gettext_lazy("Help below it"),
    "low": gettext_lazy("What the lowest means"),
    "high": gettext_lazy("What the highest means"),
    "points": gettext_lazy("Points of the scale"),
    "look": gettext_lazy("Look"),
    "how": gettext_lazy("How they choose"),
    "other": gettext_lazy("A last option in their own words"),
    "shuffle": gettext_lazy("Options in another order for everybody"),
    "most": gettext_lazy("At most"),
    "long": gettext_lazy("Room for several lines"),
    "comments": gettext_lazy("Explains the score of"),
    "whole": gettext_lazy("Whole numbers only"),
    "purpose": gettext_lazy("Purpose"),
    "takes": gettext_lazy("What they can send"),
    "required": gettext_lazy("Must be answered"),
    "touchpoint": gettext_lazy("Touchpoint that it is about"),
    "options": gettext_lazy("Options"),
    "rows": gettext_lazy("Lines"),
    "link": gettext_lazy("Address of a link below it"),
    "link_text": gettext_lazy("What the link says"),
    "screens": gettext_lazy("Ends the survey: whoever reads it is none of those asked for, and not counted"),
    "title": gettext_lazy("Title"),
    "about": gettext_lazy("What the answers are for, and who sees them"),
}
_PICKS: dict[str, dict[str, str | Promise]] = {
    "points": {"3": "3", "5": "5", "7": "7", "10": "10"},
    "look": {"numbers": gettext_lazy("numbers"), "stars": gettext_lazy("stars"), "smileys": gettext_lazy("smileys")},
    "takes": {"photos": gettext_lazy("photos"), "documents": gettext_lazy("photos and PDF documents")},
    "how": {"one": gettext_lazy("one"), "many": gettext_lazy("several"), "ranked": gettext_lazy("all, in their order")},
}
_DEFAULTS = {"points": 5, "look": "numbers", "how": "one", "takes": "photos", "long": True, "most": None}
_FLAGS, _WORDS, _LISTS = (
    ("other", "shuffle", "long", "whole", "required"),
    ("text", "help", "link_text", "title", "about"),
    ("options", "rows"),
)
_AREAS = ("text", "about")


#: More are not taken in one request (DATA_UPLOAD_MAX_NUMBER_FIELDS).
MOST_FIELDS = 950


@dataclass(frozen=True)
class Box:
    name: str
    label: str
    value: str
    error: str = ""
    language: str = ""
    direction: str = "ltr"
    rows: int = 0  # of a text area


@dataclass
class Item:
    """An option or a line."""

    at: str
    key: str  # its id, once it was kept
    boxes: list[Box]
    place: str
    error: str = ""


@dataclass
class Part:
    takes: str  # words, items, line, number, pick, check
    name: str
    label: str | Promise
    boxes: list[Box] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    value: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    help: str | Promise = ""


def posted(post: Mapping[str, str]) -> dict[str, Any]:
    """Fields as a tree: `text.fr` → {"text": {"fr": …}}."""
    tree: dict[str, Any] = {}
    for name, value in post.items():
        way = name.split(".")
        if len(way) > 6:
            continue
        place = tree
        for step in way[:-1]:
            found = place.setdefault(step, {})
            if not isinstance(found, dict):
                break
            place = found
        else:
            if not isinstance(place.get(way[-1]), dict):
                place[way[-1]] = value.replace("\r\n", "\n").replace("\0", "")
    return tree


def question_from(
    tree: Mapping[str, Any], stored: Mapping[str, Any], survey: Survey, taken: set[str]
) -> dict[str, Any]:
    """The question as it was filled in, written out. `stored` has its kind and id, and what the form does not show."""
    kind = stored["kind"]
    made = dict(stored)
    for name in ("text", "help", "required", "touchpoint", *SETTINGS.get(kind, ())):
        if name == "options" or name == "rows":
            made[name] = _items(tree.get(name), stored.get(name, ()), survey)
        elif name in _WORDS or (name in ("low", "high") and kind != "number"):
            made[name] = _words(tree.get(name), stored.get(name, {}), survey)
        elif name in _FLAGS:
            made[name] = tree.get(name) == "on"
        else:
            made[name] = _value(name, _line(tree.get(name)))
    made["show"] = from_rows(branch(tree.get("show")), survey, stored=stored.get("show"))
    if not made.get("id"):
        made["id"] = new_id(made["text"].get(survey.languages[0], ""), taken, otherwise=kind)
    return _without_defaults(made, keep=("id", "kind", "text", *_LISTS))


def thanks_from(tree: Mapping[str, Any], stored: Mapping[str, Any], survey: Survey) -> dict[str, Any]:
    made = dict(stored)
    for name in ("text", "link_text"):
        made[name] = _words(tree.get(name), stored.get(name, {}), survey)
    made["link"], made["screens"] = _line(tree.get("link")), tree.get("screens") == "on"
    made["show"] = from_rows(branch(tree.get("show")), survey, stored=stored.get("show"))
    return _without_defaults(made, keep=("text",))


def head_from(tree: Mapping[str, Any], stored: Mapping[str, Any], survey: Survey) -> dict[str, Any]:
    """Languages, title and what it is about, in a survey that is written out."""
    listed = [one for one in _line(tree.get("languages")).replace(",", " ").replace(";", " ").split() if one]
    made = dict(stored) | {"languages": list(dict.fromkeys(listed))}
    for name in ("title", "about"):
        made[name] = _words(tree.get(name), stored.get(name, {}), survey)
    return _without_defaults(made, keep=("title", "languages", "pages"))


def fields_of(part: Mapping[str, Any], survey: Survey) -> int:
    """How many fields its form has at most."""
    listed = sum(len(part.get(name, ())) for name in _LISTS)
    return listed * (len(survey.languages) + 1) + 5 * len(survey.languages) + 100


def pressed(part: dict[str, Any], press: str, survey: Survey) -> dict[str, Any]:
    """A part whose button for its lists or its condition was pressed: `options.add`, `rows.2.drop`, `options.1.up`, `show.add`, `show.0.drop`."""
    name, _dot, rest = press.partition(".")
    number, _dot, act = rest.rpartition(".")
    if name in _LISTS:
        listed = list(part.get(name, ()))
        place = int(number) if number.isdecimal() and len(number) < 4 else -1
        if act == "add" and len(listed) < MOST_OPTIONS and fields_of(part, survey) < MOST_FIELDS:
            listed.append({"id": "", "text": {}})
        elif 0 <= place < len(listed) and act == "drop":
            del listed[place]
        elif 0 <= place < len(listed) and act in ("up", "down"):
            listed.insert(max(place + (-1 if act == "up" else 1), 0), listed.pop(place))
        return part | {name: listed}
    return part


def condition_pressed(show: Any, press: str, *, first: str, join: str = "all") -> Any:
    """Likewise a condition that is written out; a new row asks about `first`."""
    listed = list(show["of"] if show and "join" in show else [show] if show else [])
    if press == "show.add":
        listed.append({"question": first, "op": "answered"} if first else {"trait": "", "op": "known"})
    elif press.endswith(".drop") and (number := press.split(".")[1]).isdecimal() and int(number) < len(listed):
        del listed[int(number)]
    else:
        return show
    if not listed:
        return None
    return listed[0] if len(listed) == 1 else {"join": show["join"] if show and "join" in show else join, "of": listed}


def question_parts(
    given: Mapping[str, Any], survey: Survey, errors: Mapping[str, str], *, purposes: Mapping[str, str], touchpoints: Sequence[str]
) -> Iterator[Part]:  # fmt: skip
    kind = given["kind"]
    yield _words_part("text", given, survey, errors)
    yield _words_part("help", given, survey, errors)
    for name in SETTINGS.get(kind, ()):
        if name in _LISTS:
            yield _items_part(name, given, survey, errors)
        elif name in ("low", "high") and kind != "number":
            yield _words_part(name, given, survey, errors)
        elif name == "comments":
            asked = {"": _("nothing")} | {
                one.id: one.text.get(survey.languages[0]) or one.id
                for one in survey.questions()
                if isinstance(one, Scored)
            }
            yield _pick(name, given, asked, errors, help=_("Both then stand in one answer."))
        elif name == "purpose":
            known = str(given.get("purpose", ""))
            offered = dict(purposes) if known in purposes or not known else {known: known, **purposes}
            if offered:
                yield _pick(name, given, offered, errors)
            else:
                yield Part("line", name, LABELS[name], value=known, error=errors.get(name, ""))
        elif name in _PICKS:
            yield _pick(name, given, _PICKS[name], errors)
        elif name in _FLAGS:
            yield _flag(name, given)
        else:
            label = {"low": _("At least"), "high": _("At most")}.get(name, LABELS[name])
            told = {
                "text": _("Characters; 4,000 when this is empty."),
                "choice": _("As many as they like when this is empty."),
            }.get(kind, "")
            yield Part("number", name, label, value=_shown(given.get(name)), error=errors.get(name, ""), help=told)
    if kind != "statement":
        yield _flag("required", given)
    known = str(given.get("touchpoint", ""))
    offered = {"": _("the one that the survey was sent for")} | {
        name: name for name in (*([known] if known else []), *touchpoints)
    }
    if len(offered) > 1 and kind not in ("statement", "consent", "contact", "file"):
        yield _pick("touchpoint", given, offered, errors)


def thanks_parts(given: Mapping[str, Any], survey: Survey, errors: Mapping[str, str]) -> Iterator[Part]:
    text = _words_part("text", given, survey, errors)
    text.label = _("What is said")
    yield text
    yield Part("line", "link", LABELS["link"], value=str(given.get("link", "")), error=errors.get("link", ""))
    yield _words_part("link_text", given, survey, errors)
    yield _flag("screens", given)


def head_parts(given: Mapping[str, Any], survey: Survey, errors: Mapping[str, str]) -> Iterator[Part]:
    wrong = next((text for place, text in errors.items() if place.startswith("languages")), "")
    told = _("Separated by commas, the first one first; it stands in where another is missing. Such as en, fr, ar.")
    yield Part("line", "languages", _("Languages"), value=", ".join(given["languages"]), error=wrong, help=told)
    yield _words_part("title", given, survey, errors)
    yield _words_part("about", given, survey, errors)


def condition(given: Mapping[str, Any], survey: Survey, errors: Mapping[str, str], *, before: Sequence[Any]) -> Rows:
    return rows_of(given.get("show"), survey=survey, before=before, errors=errors)


def before_of(survey: Survey, *, page: int | None, id: str = "") -> list[Any]:
    """What a condition of a page, or of a question on it, may ask about: all that is asked before."""
    found: list[Any] = []
    for number, one in enumerate(survey.pages):
        if page is not None and number > page:
            break
        for question in one.questions:
            if question.id == id or (page == number and not id):
                return found
            found.append(question)
    return found


def _words_part(name: str, given: Mapping[str, Any], survey: Survey, errors: Mapping[str, str]) -> Part:
    words = given.get(name) or {}
    boxes = [
        Box(
            f"{name}.{language}",
            language,
            str(words.get(language, "")),
            _of(errors, f"{name}.{language}"),
            language,
            direction(language),
            2 if name in _AREAS else 0,
        )
        for language in survey.languages
    ]
    return Part("words", name, LABELS[name], boxes=boxes, error=errors.get(name, ""))


def _items_part(name: str, given: Mapping[str, Any], survey: Survey, errors: Mapping[str, str]) -> Part:
    items = []
    for place, one in enumerate(given.get(name, ())):
        at = f"{name}.{place}"
        boxes = [
            Box(
                f"{at}.text.{language}",
                language,
                str(one["text"].get(language, "")),
                _of(errors, f"{at}.text.{language}"),
                language,
                direction(language),
            )
            for language in survey.languages
        ]
        items.append(Item(at, one["id"], boxes, str(place + 1), errors.get(f"{at}.id", "")))
    return Part("items", name, LABELS[name], items=items, error=errors.get(name, ""))


def _of(errors: Mapping[str, str], name: str) -> str:
    return errors.get(name) or errors.get(f"{name}.[key]") or ""


def _pick(
    name: str, given: Mapping[str, Any], options: Mapping[str, Any], errors: Mapping[str, str], *, help: str = ""
) -> Part:
    value = _shown(given.get(name, _DEFAULTS.get(name)))
    return Part("pick", name, LABELS[name], value=value, options=options, error=errors.get(name, ""), help=help)


def _flag(name: str, given: Mapping[str, Any]) -> Part:
    return Part("check", name, LABELS[name], value="on" if given.get(name, _DEFAULTS.get(name)) else "")


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def branch(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}


def _line(given: Any) -> str:
    return given.strip() if isinstance(given, str) else ""


def _words(given: Any, stored: Mapping[str, str], survey: Survey) -> dict[str, str]:
    """Those of the survey's languages as they were filled in; others stay."""
    tree = branch(given)
    found = {language: text for language, text in stored.items() if language not in survey.languages}
    return {language: text for language in survey.languages if (text := _line(tree.get(language)))} | found


def _items(given: Any, stored: Sequence[Mapping[str, Any]], survey: Survey) -> list[dict[str, Any]]:
    """In the order of the form. Ids stay; new ones follow from the text. A line without any text that was never kept goes."""
    before, taken = {one["id"]: one for one in stored if one["id"]}, set()
    numbered = sorted(
        (int(key), one) for key, one in branch(given).items() if key.isdecimal() and isinstance(one, dict)
    )
    found = []
    for _number, one in numbered:
        id = _line(one.get("id"))
        words = _words(one.get("text"), before.get(id, {}).get("text", {}), survey)
        found.append({"id": id if id in before else "", "text": words})
        taken.add(id)
    return found


def named(items: Sequence[dict[str, Any]], language: str, *, otherwise: str) -> list[dict[str, Any]]:
    """Options or lines with ids for those that are new; a new one without a word is none."""
    taken, found = {one["id"] for one in items if one["id"]} | {"other"}, []
    for one in items:
        if not one["id"] and not one["text"]:
            continue
        id = one["id"] or new_id(one["text"].get(language, ""), taken, otherwise=otherwise)
        taken.add(id)
        found.append(one | {"id": id})
    return found


def _value(name: str, text: str) -> Any:
    if name in ("points", "most") and text.isdecimal() and len(text) < 9:
        return int(text)
    return text or None


def _without_defaults(made: dict[str, Any], *, keep: Sequence[str]) -> dict[str, Any]:
    def needless(name: str, value: Any) -> bool:
        if name == "long":
            return bool(value)
        return value in (None, "", {}, False) or (name in ("points", "look", "how") and value == _DEFAULTS[name])

    return {name: value for name, value in made.items() if name in keep or not needless(name, value)}
