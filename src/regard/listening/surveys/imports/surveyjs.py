"""SurveyJS: the JSON of a form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from regard.listening.surveys.imports.plain import plain
from regard.listening.surveys.imports.taking import BadImport, Imported, Taking, language_of

_DEEPEST = 8
_OPS = {"=": "=", "==": "=", "equal": "=", "<>": "!=", "!=": "!=", "notequal": "!=", "contains": "=", "notcontains": "!=", "anyof": "=",
        ">": ">", ">=": ">=", "<": "<", "<=": "<=", "greater": ">", "greaterorequal": ">=", "less": "<", "lessorequal": "<="}  # fmt: skip
_ONE = re.compile(
    r"\{([^{}]+)\}\s*(==|=|<>|!=|>=|<=|>|<|equal|notequal|contains|notcontains|anyof|greaterorequal|greater|lessorequal|less)\s*"
    r"('[^']*'|\"[^\"]*\"|-?[\d.]+|true|false|\[[^\]]*\])",
    re.IGNORECASE,
)
_ANSWERED = re.compile(r"\{([^{}]+)\}\s*(notempty|empty)", re.IGNORECASE)


def is_surveyjs(given: Mapping[str, Any]) -> bool:
    return any(isinstance(given.get(name), list) for name in ("pages", "elements", "questions"))


def from_surveyjs(given: Mapping[str, Any]) -> Imported:
    """Raises BadImport."""
    first = language_of(given.get("locale")) or "en"
    taking = Taking("SurveyJS", [first])
    for language in _languages(given):
        if language not in taking.languages:
            taking.languages.append(language)
    reader = _Reader(taking)
    pages = given.get("pages") if isinstance(given.get("pages"), list) else None
    for page in pages if pages is not None else [given]:
        if isinstance(page, dict):
            reader.page(page)
    if any(reader.texts(given.get("completedHtml")).values()):
        taking.thanks.append({"text": taking.words(reader.texts(given["completedHtml"]), _("the thanks"))})
    conditioned = given.get("completedHtmlOnCondition")
    for one in conditioned if isinstance(conditioned, list) else ():
        if isinstance(one, dict):
            show = reader.condition(one.get("expression"), _("the thanks"))
            text = taking.words(reader.texts(one.get("html")), _("the thanks"))
            if show and text:
                taking.thanks.insert(0, {"text": text, "show": show})
    for name, told in (
        ("triggers", _("triggers")),
        ("calculatedValues", _("calculated values")),
        ("navigateToUrl", _("the address to go to at the end")),
    ):
        if given.get(name):
            taking.leave(_("the survey"), _("%(what)s are not taken over") % {"what": told})
    title = reader.texts(given.get("title"))
    taking.thanks = [one for one in taking.thanks if one["text"]]
    return taking.finished(
        plain(title.get(first)) or plain(given.get("name")), title=title, about=reader.texts(given.get("description"))
    )


class _Reader:
    def __init__(self, taking: Taking) -> None:
        self.taking = taking

    def texts(self, given: object) -> dict[str, object]:
        """A text, or texts by language of which `default` is in the first."""
        if isinstance(given, dict):
            return {
                self.taking.first if key == "default" else language_of(key): text
                for key, text in given.items()
                if key == "default" or language_of(key)
            }
        return (
            {self.taking.first: given} if isinstance(given, str | int | float) and not isinstance(given, bool) else {}
        )

    def page(self, page: Mapping[str, Any]) -> None:
        listed = self.taking.page()
        here = self.taking.pages[-1]
        if show := self.condition(page.get("visibleIf"), str(page.get("name") or _("a page"))):
            here["show"] = show
        self.elements(page, listed, None, 0)

    def elements(self, holder: Mapping[str, Any], listed: list[dict[str, Any]], show: Any, depth: int) -> None:
        elements = holder.get("elements") or holder.get("questions") or ()
        for one in elements if isinstance(elements, list) else ():
            if not isinstance(one, dict):
                continue
            mine = self.condition(one.get("visibleIf"), self.place(one))
            both = {"join": "all", "of": [show, mine]} if show and mine else show or mine
            if one.get("type") == "panel" and depth < _DEEPEST:
                self.elements(one, listed, both, depth + 1)
                continue
            before = len(listed)
            self.question(one, listed)
            for added in listed[before:]:
                if both:
                    added["show"] = both
                for name, told in (
                    ("enableIf", _("when it can be answered")),
                    ("requiredIf", _("when it must be answered")),
                    ("validators", _("checks of the answer")),
                    ("choicesByUrl", _("options from an address")),
                ):
                    if one.get(name):
                        self.taking.leave(self.place(one), _("%(what)s: not taken over") % {"what": told})

    def place(self, one: Mapping[str, Any]) -> str:
        return plain(self.texts(one.get("title")).get(self.taking.first)) or str(one.get("name", ""))

    def question(self, one: Mapping[str, Any], listed: list[dict[str, Any]]) -> None:
        taking, name, kind, place = self.taking, str(one.get("name", "")), str(one.get("type", "")), self.place(one)
        given: dict[str, Any] = {
            "text": taking.words(self.texts(one.get("title")), place, otherwise=name or "?"),
            "help": taking.words(self.texts(one.get("description")), place),
            "required": one.get("isRequired") is True,
        }
        match kind:
            case "comment":
                taking.add(listed, name, given | {"kind": "text"})
            case "text":
                self.text(one, name, given, listed)
            case "rating":
                self.rating(one, name, given, listed, place)
            case "radiogroup" | "dropdown" | "checkbox" | "tagbox" | "ranking" | "imagepicker" | "buttongroup":
                many = kind in ("checkbox", "tagbox") or (kind == "imagepicker" and one.get("multiSelect") is True)
                how = "ranked" if kind == "ranking" else "many" if many else "one"
                options = taking.listed(name, self.choices(one.get("choices")))
                if not options:
                    taking.leave(place, _("has no options of its own"))
                    return
                other = one.get("hasOther") is True or one.get("showOtherItem") is True
                if other:
                    taking.options[name]["other"] = "other"
                more = {
                    "kind": "choice",
                    "options": options,
                    "how": how,
                    "other": other and how != "ranked",
                    "shuffle": one.get("choicesOrder") == "random",
                }
                most = one.get("maxSelectedChoices")
                if isinstance(most, int) and 0 < most <= len(options):
                    more["most"] = most
                if kind == "imagepicker":
                    taking.leave(place, _("its pictures are not taken over"))
                taking.add(listed, name, given | more)
            case "boolean":
                yes, no = (
                    self.texts(one.get("labelTrue")) or {taking.first: "Yes"},
                    self.texts(one.get("labelFalse")) or {taking.first: "No"},
                )
                taking.add(
                    listed,
                    name,
                    given | {"kind": "choice", "options": taking.listed(name, [("true", yes), ("false", no)])},
                )
            case "matrix":
                taking.matrix(
                    listed,
                    name,
                    given,
                    list(self.choices(one.get("rows"))),
                    list(self.choices(one.get("columns"))),
                    place=place,
                )
            case "multipletext":
                items = one.get("items")
                for item in items if isinstance(items, list) else ():
                    if isinstance(item, dict):
                        key = f"{name}.{item.get('name', '')}"
                        text = taking.words(
                            self.texts(item.get("title")), place, otherwise=str(item.get("name") or "?")
                        )
                        taking.add(
                            listed,
                            key,
                            given
                            | {"kind": "text", "text": text, "long": None, "required": item.get("isRequired") is True},
                        )
                        listed[-1]["long"] = False
            case "file":
                accepted = [part.strip() for part in str(one.get("acceptedTypes") or "").split(",")]
                photos = all(part.startswith("image/") for part in accepted)
                taking.add(listed, name, given | {"kind": "file", "takes": "photos" if photos else "documents"})
                taking.leave(place, _("photos and PDF documents are taken, one of them; other files are not"))
            case "html":
                if text := taking.words(self.texts(one.get("html")), place):
                    taking.add(listed, name, {"kind": "statement", "text": text})
            case _:
                taking.leave(place, _("is of the kind “%(kind)s”, which is not known here") % {"kind": kind or "?"})

    def text(self, one: Mapping[str, Any], name: str, given: dict[str, Any], listed: list[dict[str, Any]]) -> None:
        kind = one.get("inputType")
        if kind in ("number", "range"):
            ends = {
                ours: float(one[theirs])
                for ours, theirs in (("low", "min"), ("high", "max"))
                if isinstance(one.get(theirs), int | float)
            }
            self.taking.add(listed, name, given | {"kind": "number"})
            listed[-1].update(ends)
        elif kind in ("date", "datetime-local"):
            self.taking.add(listed, name, given | {"kind": "date"})
        else:
            self.taking.add(listed, name, given | {"kind": "text"})
            listed[-1]["long"] = False
            if kind not in (None, "text"):
                self.taking.leave(self.place(one), _("that it must be a “%(kind)s” is not checked") % {"kind": kind})

    def rating(
        self, one: Mapping[str, Any], name: str, given: dict[str, Any], listed: list[dict[str, Any]], place: str
    ) -> None:
        taking = self.taking
        values = list(self.choices(one.get("rateValues")))
        low, high, step = (one.get(key, usual) for key, usual in (("rateMin", 1), ("rateMax", 5), ("rateStep", 1)))
        if "rateMax" not in one and isinstance(one.get("rateCount"), int) and isinstance(low, int):
            high = low + one["rateCount"] - 1
        ends = {
            "low": taking.words(self.texts(one.get("minRateDescription")), place),
            "high": taking.words(self.texts(one.get("maxRateDescription")), place),
        }
        numbers = [key for key, _texts in values] if values else None
        if numbers == [str(n) for n in range(11)] or (not values and (low, high, step) == (0, 10, 1)):
            taking.add(listed, name, given | {"kind": "nps"} | ends)
        elif not values and low == 1 and step == 1 and high in (3, 5, 7, 10):
            look = {"stars": "stars", "smileys": "smileys"}.get(
                str(one.get("rateType") or one.get("rateDisplayMode") or ""), "numbers"
            )
            taking.add(listed, name, given | {"kind": "csat", "points": high, "look": look} | ends)
        else:
            if not values:
                whole = (
                    all(isinstance(n, int) and not isinstance(n, bool) for n in (low, high, step))
                    and step > 0
                    and 0 <= (high - low) / step < 100
                )
                if not whole:
                    taking.leave(place, _("its scale cannot be read"))
                    return
                values = [(str(n), {taking.first: str(n)}) for n in range(low, high + 1, step)]
            taking.leave(place, _("its scale is none of ours (0–10, or 3, 5, 7 or 10 points): it became a choice"))
            taking.add(listed, name, given | {"kind": "choice", "options": taking.listed(name, values)})

    def choices(self, given: object) -> Iterator[tuple[str, dict[str, object]]]:
        for one in given if isinstance(given, list) else ():
            if isinstance(one, dict):
                value = one.get("value", one.get("name", ""))
                key = str(value).lower() if isinstance(value, bool) else str(value)
                yield (
                    key,
                    self.texts(one.get("text") if one.get("text") is not None else one.get("title"))
                    or {self.taking.first: key},
                )
            elif isinstance(one, str | int | float):
                yield str(one), {self.taking.first: str(one)}

    def condition(self, given: object, place: str) -> dict[str, Any] | None:
        """`{q1} = 'a' and {q2} > 3`: comparisons joined by `and` alone or by `or` alone."""
        if not isinstance(given, str) or not given.strip():
            return None
        return self.taking.in_words(given, place, self.comparison)

    def comparison(self, text: str, place: str) -> dict[str, Any] | None:
        text = text.removeprefix("(").removesuffix(")").strip()
        if match := _ANSWERED.fullmatch(text):
            return self.taking.says(
                match[1].strip(), "answered" if match[2].lower() == "notempty" else "not answered", "", place=place
            )
        if not (match := _ONE.fullmatch(text)):
            return None
        values = (
            [one.strip().strip("'\"") for one in match[3].strip("[]").split(",")]
            if match[3].startswith("[")
            else [match[3].strip("'\"")]
        )
        told = [self.taking.says(match[1].strip(), _OPS[match[2].lower()], value, place=place) for value in values]
        return self.taking.joined("any", told)


def _languages(given: object, depth: int = 0) -> Iterator[str]:
    """All that texts are written in: where there is a `default`, the other keys are languages."""
    if depth > 60:
        raise BadImport(_("The file is nested too deep."))
    if isinstance(given, dict):
        if "default" in given and all(isinstance(text, str) for text in given.values()):
            yield from (language for key in given if key != "default" and (language := language_of(key)))
            return
        for one in given.values():
            yield from _languages(one, depth + 1)
    elif isinstance(given, list):
        for one in given:
            yield from _languages(one, depth + 1)
