"""What one version of a survey says that another does not, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from regard.listening.surveys.blocks.conditions import in_words, shortened
from regard.listening.surveys.blocks.form import LABELS
from regard.listening.surveys.blocks.kinds import KINDS
from regard.listening.surveys.definition import Survey, Thanks, Words
from regard.web.numbers import yes_no

_WORDED = ("text", "help", "low", "high")
_SET = (
    "required",
    "points",
    "look",
    "how",
    "other",
    "shuffle",
    "most",
    "long",
    "comments",
    "low",
    "high",
    "whole",
    "purpose",
    "touchpoint",
)


@dataclass(frozen=True)
class Change:
    """`place` is a question's id, or "" for the survey; texts and settings say what they were and are."""

    place: str
    text: str
    was: str = ""
    now: str = ""
    language: str = ""

    def __str__(self) -> str:
        told = f"{self.place}: {self.text}" if self.place else self.text
        if self.was or self.now:
            told += f": “{shortened(self.was)}” → “{shortened(self.now)}”"
        return told


def compare(old: Survey, new: Survey) -> list[Change]:
    """In the order in which people meet it in the new one; what went comes last."""
    return [*_of_the_whole(old, new), *_pages(old, new), *_questions(old, new), *_thanks(old, new)]


def _of_the_whole(old: Survey, new: Survey) -> Iterator[Change]:
    for language in new.languages:
        if language not in old.languages:
            yield Change("", _("speaks %(language)s now") % {"language": language})
    for language in old.languages:
        if language not in new.languages:
            yield Change("", _("no longer speaks %(language)s") % {"language": language})
    if old.languages[0] != new.languages[0]:
        yield Change("", _("the first language"), old.languages[0], new.languages[0])
    for name in ("title", "about"):
        yield from words_changed("", str(LABELS[name]).lower(), getattr(old, name), getattr(new, name))


def _pages(old: Survey, new: Survey) -> Iterator[Change]:
    if len(old.pages) != len(new.pages):
        yield Change("", _("pages"), str(len(old.pages)), str(len(new.pages)))
    before = {question.id: page for page in old.pages for question in page.questions}
    for number, page in enumerate(new.pages, 1):
        same = next((before[question.id] for question in page.questions if question.id in before), None)
        if same is not None and same.show != page.show:
            was, now = in_words(same.show, old) or _("everybody"), in_words(page.show, new) or _("everybody")
            yield Change("", _("who sees page %(number)s") % {"number": number}, was, now)


def _questions(old: Survey, new: Survey) -> Iterator[Change]:
    before, after = {one.id: one for one in old.questions()}, {one.id: one for one in new.questions()}
    went = _moved([id for id in before if id in after], [id for id in after if id in before])
    for id, question in after.items():
        if id not in before:
            yield Change(
                id,
                _("is new (%(kind)s)") % {"kind": KINDS[question.kind].name},
                "",
                question.text.get(new.languages[0], ""),
            )
            continue
        if id in went:
            yield Change(id, _("stands elsewhere"), _place(id, old), _place(id, new))
        yield from question_changed(before[id], question, old, new)
    for id, question in before.items():
        if id not in after:
            yield Change(id, _("is gone"), question.text.get(old.languages[0], ""))


def question_changed(was: Any, now: Any, old: Survey, new: Survey) -> Iterator[Change]:
    id = now.id
    if was.kind != now.kind:
        yield Change(id, _("its kind"), str(KINDS[was.kind].name), str(KINDS[now.kind].name))
        return
    for name in _WORDED:
        if isinstance(getattr(now, name, None), dict):
            yield from words_changed(id, str(LABELS[name]).lower(), getattr(was, name), getattr(now, name))
    for name in _SET:
        one, other = getattr(was, name, None), getattr(now, name, None)
        if one != other and not isinstance(other, dict):
            label = {"low": _("At least"), "high": _("At most")}.get(name, str(LABELS[name]))
            yield Change(id, label.lower(), _value(one), _value(other))
    for name in ("options", "rows"):
        yield from _items(id, name, getattr(was, name, ()), getattr(now, name, ()), old, new)
    if was.show != now.show:
        yield Change(
            id, _("who is asked"), in_words(was.show, old) or _("everybody"), in_words(now.show, new) or _("everybody")
        )


def words_changed(place: str, label: str, was: Words, now: Words) -> Iterator[Change]:
    for language in dict.fromkeys([*now, *was]):
        if was.get(language, "") != now.get(language, ""):
            yield Change(place, f"{label} ({language})", was.get(language, ""), now.get(language, ""), language)


def _items(id: str, name: str, was: Any, now: Any, old: Survey, new: Survey) -> Iterator[Change]:
    before, after = {one.id: one for one in was}, {one.id: one for one in now}
    word = _("option") if name == "options" else _("line")
    for key, one in after.items():
        if key not in before:
            yield Change(
                id, _("new %(word)s “%(id)s”") % {"word": word, "id": key}, "", one.text.get(new.languages[0], "")
            )
        else:
            yield from words_changed(id, _("%(word)s “%(id)s”") % {"word": word, "id": key}, before[key].text, one.text)
    for key, one in before.items():
        if key not in after:
            yield Change(
                id, _("%(word)s “%(id)s” is gone") % {"word": word, "id": key}, one.text.get(old.languages[0], "")
            )
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield Change(id, _("order of the %(words)ss") % {"words": word}, ", ".join(before), ", ".join(after))


def _thanks(old: Survey, new: Survey) -> Iterator[Change]:
    """Those that stayed the same are paired first, so that one that went is told as one that went."""
    before, after = ([one.model_dump_json() for one in survey.thanks] for survey in (old, new))
    for what, i, i_end, j, j_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        pairs = min(i_end - i, j_end - j)
        for step in range(pairs):
            yield from _thanks_changed(old.thanks[i + step], new.thanks[j + step], j + step + 1, old, new)
        for number in range(i + pairs, i_end):
            text = old.thanks[number].text.get(old.languages[0], "")
            yield Change("", _("thanks %(number)s is gone") % {"number": number + 1}, text)
        for number in range(j + pairs, j_end):
            text = new.thanks[number].text.get(new.languages[0], "")
            yield Change("", _("thanks %(number)s is new") % {"number": number + 1}, "", text)


def _thanks_changed(was: Thanks, now: Thanks, number: int, old: Survey, new: Survey) -> Iterator[Change]:
    name = _("thanks %(number)s") % {"number": number}
    if was.screens != now.screens:
        yield Change("", _("%(name)s screens out") % {"name": name}, yes_no(was.screens), yes_no(now.screens))
    yield from words_changed("", name, was.text, now.text)
    yield from words_changed("", f"{name}, {_('link')}", was.link_text, now.link_text)
    if was.link != now.link:
        yield Change("", f"{name}, {_('link')}", was.link, now.link)
    if was.show != now.show:
        told = (in_words(was.show, old) or _("always"), in_words(now.show, new) or _("always"))
        yield Change("", f"{name}, {_('said if')}", *told)


def _moved(before: list[str], after: list[str]) -> set[str]:
    """The fewest that must have been moved: all but the longest row that kept its order."""
    place = {id: number for number, id in enumerate(before)}
    best: list[list[str]] = []
    for number, id in enumerate(after):
        rows = [best[one] for one in range(number) if place[after[one]] < place[id]]
        best.append([*_longest(rows), id])
    return set(after) - set(_longest(best))


def _longest(rows: list[list[str]]) -> list[str]:
    return max(rows, key=len) if rows else []


def _place(id: str, survey: Survey) -> str:
    for number, page in enumerate(survey.pages, 1):
        for place, question in enumerate(page.questions, 1):
            if question.id == id:
                return _("page %(page)s, place %(place)s") % {"page": number, "place": place}
    return ""


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in (None, "") else f"{value:g}" if isinstance(value, float) else str(value)
