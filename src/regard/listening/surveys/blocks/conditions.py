"""Conditions in words, and as rows of selects: which question, how it compares, with what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import TypeAdapter, ValidationError

from regard.listening.answering.phrases import phrases
from regard.listening.surveys.definition import Choice, Condition, Has, Join, Matrix, Says, Survey
from regard.listening.surveys.flow import number, scale

JOINS = {
    "all": gettext_lazy("all of these hold"), "any": gettext_lazy("any of these holds"), "none": gettext_lazy("none of these holds"),
}  # fmt: skip
OPS: dict[str, str | Promise] = {
    "is": gettext_lazy("is"), "is not": gettext_lazy("is not"), ">=": gettext_lazy("is at least"), "<=": gettext_lazy("is at most"),
    "includes": gettext_lazy("includes"), "answered": gettext_lazy("was answered"), "not answered": gettext_lazy("was not answered"),
    "known": gettext_lazy("is known"), "unknown": gettext_lazy("is not known"),
}  # fmt: skip
_WITHOUT = ("answered", "not answered", "known", "unknown")
TRAIT = "trait:"
MOST_ROWS = 20
_condition: TypeAdapter[Condition | None] = TypeAdapter(Condition | None)


def in_words(condition: Condition | None, survey: Survey) -> str:
    """As a sentence about the survey's own questions: “Recommend us?” is at most 6."""
    match condition:
        case None:
            return ""
        case Join():
            joined = {"all": _(" and "), "any": _(" or "), "none": _(" or ")}[condition.join]
            told = joined.join(
                f"({in_words(one, survey)})" if isinstance(one, Join) else in_words(one, survey) for one in condition.of
            )
            return _("not: %(conditions)s") % {"conditions": told} if condition.join == "none" else told
        case Has():
            told = f"{condition.trait} {OPS[condition.op]}"
            return told if condition.op in _WITHOUT else f"{told} “{condition.value}”"
        case Says():
            question = survey.question(condition.question)
            name = f"“{shortened(question.text.get(survey.languages[0], ''))}”" if question else condition.question
            told = f"{name} {OPS[condition.op]}"
            return told if condition.op in _WITHOUT else f"{told} {_value_in_words(condition.value, question, survey)}"


def shortened(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _value_in_words(value: Any, question: Any, survey: Survey) -> str:
    offered = values_of(question, survey.languages[0]) if question is not None else {}
    known = str(int(value) if isinstance(value, float) and value == int(value) else value)
    return f"“{offered[known]}”" if known in offered and offered[known] != known else known


def values_of(question: Any, language: str) -> dict[str, str]:
    """What a question's answer can be compared with, where that is a list: value → text."""
    if isinstance(question, Choice):
        return {option.id: option.text.get(language) or option.id for option in question.options}
    if question is None or isinstance(question, Matrix) or not (range_ := scale(question)):
        return {}
    say = phrases("en")
    names = {
        "expectation": [say["below"], say["as"], say["above"]],
        "emotion": [say["very_bad"], say["bad"], say["neither"], say["good"], say["very_good"]],
    }.get(question.kind)
    scores = range(range_[0], range_[1] + 1)
    return {str(score): names[place] if names else str(score) for place, score in enumerate(scores)}


def ops_of(question: Any) -> dict[str, str | Promise]:
    kind = getattr(question, "kind", "")
    named: tuple[str, ...]
    if isinstance(question, Choice):
        named = ("is", "is not") if question.how == "one" else ("includes",)
    elif (scale(question) and kind != "matrix") or kind == "number":
        named = ("<=", ">=", "is", "is not")
    elif kind in ("text", "date"):
        named = ("is", "is not")
    else:
        named = ()
    return {op: OPS[op] for op in (*named, "answered", "not answered")}


@dataclass
class Row:
    """One comparison as it stands in the form."""

    at: str  # how its fields' names begin
    what: str
    op: str
    value: str
    ops: Mapping[str, str | Promise] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    trait: str | None = None
    valued: bool = True
    error: str = ""


@dataclass
class Rows:
    """A condition as a form; `kept` says in words one that is nested deeper than the form goes."""

    at: str
    join: str = "all"
    rows: list[Row] = field(default_factory=list)
    offered: Mapping[str, str] = field(default_factory=dict)
    kept: str = ""
    joins: Mapping[str, Any] = field(default_factory=lambda: dict(JOINS))


def rows_of(
    show: Any, *, survey: Survey, before: Sequence[Any], errors: Mapping[str, str], at: str = "show"
) -> Rows:  # fmt: skip
    """The form of a condition that is written out; `before` are the questions that it may ask about."""
    language = survey.languages[0]
    asked = {one.id: shortened(one.text.get(language) or one.id) for one in before if one.kind != "statement"}
    made = Rows(at, offered={**asked, TRAIT: _("what we know of the customer …")})
    if not show:
        return made
    if "join" in show:
        if any("join" in one for one in show["of"]):
            made.kept = in_words(_read(show), survey)
            return made
        made.join, listed = show["join"], show["of"]
    else:
        listed = [show]
    for place, one in enumerate(listed):
        way = f"{at}.of.{place}" if "join" in show else at
        made.rows.append(_row(one, f"{at}.{place}", survey, errors, way))
        if "question" in one and one["question"] not in asked:
            made.offered = {
                one["question"]: _("%(id)s (is not asked before)") % {"id": one["question"]},
                **made.offered,
            }
    return made


def _read(show: Any) -> Condition | None:
    try:
        return _condition.validate_python(show)
    except ValidationError:
        return None


def _row(one: dict[str, Any], at: str, survey: Survey, errors: Mapping[str, str], way: str) -> Row:
    error = next((text for place, text in errors.items() if place == way or place.startswith(f"{way}.")), "")
    op, value = str(one.get("op", "is")), one.get("value", "")
    if "trait" in one:
        ops = {name: OPS[name] for name in ("is", "is not", "known", "unknown")}
        return Row(at, TRAIT, op, str(value), ops, {}, str(one["trait"]), op not in _WITHOUT, error)
    question = survey.question(one.get("question", ""))
    ops, values = dict(ops_of(question)), values_of(question, survey.languages[0])
    if op not in ops:
        ops[op] = OPS.get(op, op)
    text = str(int(value) if isinstance(value, float) and value == int(value) else value)
    if values and text not in values and text:
        values[text] = text
    return Row(at, one.get("question", ""), op, text, ops, values, None, op not in _WITHOUT, error)


def from_rows(given: Mapping[str, Any], survey: Survey, *, stored: Any) -> Any:
    """The condition that was posted, written out; None for none. `stored` is what stands there, for one that the form does not hold."""
    if given.get("kept"):
        return stored
    listed = [_leaf(one, survey) for one in _in_place(given)]
    if not listed:
        return None
    return (
        listed[0]
        if len(listed) == 1 and given.get("join") != "none"
        else {"join": given.get("join") or "all", "of": listed}
    )


def _in_place(given: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    numbered = sorted((int(key), one) for key, one in given.items() if key.isdecimal() and isinstance(one, Mapping))
    return [one for _number, one in numbered if one.get("what")][:MOST_ROWS]


def _leaf(one: Mapping[str, Any], survey: Survey) -> dict[str, Any]:
    what, op, value = str(one["what"]), str(one.get("op") or ""), str(one.get("value") or "").strip()
    if what == TRAIT:
        told: dict[str, Any] = {
            "trait": str(one.get("trait") or "").strip(),
            "op": op if op in ("is", "is not", "known", "unknown") else "is",
        }
        return told if told["op"] in _WITHOUT else told | {"value": value}
    question = survey.question(what)
    ops = ops_of(question)
    if op not in ops:  # another question was chosen
        op = next(iter(ops))
    told = {"question": what, "op": op}
    if op in _WITHOUT:
        return told
    values = values_of(question, survey.languages[0])
    if values and value not in values:
        value = next(iter(values))
    counted = number(value) if scale(question) or getattr(question, "kind", "") == "number" else None
    return told | {"value": value if counted is None else int(counted) if counted == int(counted) else counted}


def without(show: Any, gone: str) -> Any:
    """A condition that is written out, without what it asks of a question; None where nothing is left."""
    if not show:
        return None
    if "join" not in show:
        return None if show.get("question") == gone else show
    left = [one for one in (without(one, gone) for one in show["of"]) if one]
    if not left:
        return None
    return left[0] if len(left) == 1 and show["join"] != "none" else show | {"of": left}


def renamed(show: Any, old: str, new: str) -> Any:
    if not show:
        return show
    if "join" in show:
        return show | {"of": [renamed(one, old, new) for one in show["of"]]}
    return show | {"question": new} if show.get("question") == old else show


def asks_of(show: Any, id: str) -> bool:
    if not show:
        return False
    return any(asks_of(one, id) for one in show["of"]) if "join" in show else show.get("question") == id
