"""A survey of another tool on its way into one of ours: what was taken, and what was not, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from regard.listening.surveys.blocks.change import ids_of
from regard.listening.surveys.blocks.conditions import asks_of, shortened
from regard.listening.surveys.blocks.ids import new_id
from regard.listening.surveys.definition import (
    MOST_OPTIONS,
    MOST_PAGES,
    MOST_QUESTIONS,
    BadSurvey,
    Survey,
    faults,
    read,
)
from regard.listening.surveys.imports.plain import plain

_LONGEST_TEXT, _MOST_ROWS = 4_000, 30
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
OTHER = "other"


class BadImport(ValueError):
    """With a sentence for whoever chose the file."""


#: As many comparisons as a condition of ours joins.
_MOST_JOINED = 20


@dataclass(frozen=True)
class Left:
    """What was not taken over, with the question that it is about."""

    place: str
    text: str


@dataclass(frozen=True)
class Imported:
    name: str
    tool: str
    survey: Survey
    left: tuple[Left, ...]


@dataclass
class Taking:
    tool: str
    languages: list[str]
    left: list[Left] = field(default_factory=list)
    pages: list[dict[str, Any]] = field(default_factory=list)
    thanks: list[dict[str, Any]] = field(default_factory=list)
    #: By the other tool's names: the question, and its options' ids.
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    @property
    def first(self) -> str:
        return self.languages[0]

    def leave(self, place: str, text: str) -> None:
        one = Left(shortened(plain(place) or "–", 90), text)
        if one not in self.left:
            self.left.append(one)

    def page(self) -> list[dict[str, Any]]:
        self.pages.append({"questions": []})
        listed: list[dict[str, Any]] = self.pages[-1]["questions"]
        return listed

    def words(self, told: Mapping[str, object], place: str, *, otherwise: str = "") -> dict[str, str]:
        """Plain texts by language; the first language borrows from another, else has `otherwise`."""
        found: dict[str, str] = {}
        for language, text in told.items():
            if words := plain(text):
                if len(words) > _LONGEST_TEXT:
                    self.leave(
                        place,
                        _("its text is longer than %(most)s characters and was cut") % {"most": f"{_LONGEST_TEXT:,}"},
                    )
                found[language] = words[:_LONGEST_TEXT]
        if self.first not in found and (found or otherwise):
            found[self.first] = next(iter(found.values()), otherwise)
        return {language: found[language] for language in self.languages if language in found}

    def add(self, page: list[dict[str, Any]], name: str, question: dict[str, Any]) -> None:
        """`name`: what the other tool calls it."""
        text = question["text"].get(self.first, "")
        wanted = re.sub(r"[^a-z0-9_]", "_", name.lower()).strip("_")
        telling = (
            bool(re.match(r"[a-z]", wanted))
            and not re.fullmatch(r"(q|qid|question)?_?\d*", wanted)
            and len(wanted) <= 40
        )
        question["id"] = (
            wanted if telling and wanted not in self.ids else new_id(text, self.ids, otherwise=question["kind"])
        )
        self.ids.add(question["id"])
        self.questions.setdefault(name, question)
        page.append({key: value for key, value in question.items() if value not in (None, "", {}, False)})
        self.questions[name] = page[-1] if self.questions[name] is question else self.questions[name]

    def listed(
        self, name: str, told: Iterable[tuple[str, Mapping[str, object]]], *, most: int = MOST_OPTIONS
    ) -> list[dict[str, Any]]:
        """Options or rows from the other tool's keys and texts."""
        found, taken, mine = [], {OTHER}, self.options.setdefault(name, {})
        for key, texts in told:
            words = self.words(texts, name, otherwise=key)
            id = new_id(words.get(self.first, key), taken, otherwise="option")
            taken.add(id)
            mine.setdefault(str(key), id)
            found.append({"id": id, "text": words})
        if len(found) > most:
            self.leave(
                name, _("%(number)s of its options are more than a question has") % {"number": len(found) - most}
            )
        return found[:most]

    def rows(self, name: str, told: Iterable[tuple[str, Mapping[str, object]]]) -> list[dict[str, Any]]:
        return self.listed(name, told, most=_MOST_ROWS)

    def matrix(
        self, page: list[dict[str, Any]], name: str, given: dict[str, Any], rows: Sequence[tuple[str, Mapping[str, object]]],
        columns: Sequence[tuple[str, Mapping[str, object]]], *, place: str,
    ) -> None:  # fmt: skip
        """Lines on one scale, where ours has as many points; else each line as a choice of its own."""
        if not rows or not columns:
            self.leave(place, _("has no lines or no scale"))
            return
        if len(columns) in (3, 5, 7, 10):
            low, high = self.words(columns[0][1], place), self.words(columns[-1][1], place)
            self.add(
                page,
                name,
                given
                | {"kind": "matrix", "rows": self.rows(name, rows), "points": len(columns), "low": low, "high": high},
            )
            self.leave(
                place,
                _(
                    "became a scale from 1 (%(low)s) to %(points)s (%(high)s): what stands between is numbers, and the best must come last"
                )
                % {"low": low.get(self.first, ""), "high": high.get(self.first, ""), "points": len(columns)},
            )
            return
        self.leave(
            place,
            _("its scale has %(number)s points, and ours has 3, 5, 7 or 10: each line became a choice")
            % {"number": len(columns)},
        )
        for key, texts in rows[:_MOST_ROWS]:
            row = self.words(texts, place, otherwise=key)
            text = {
                language: f"{given['text'].get(language) or given['text'].get(self.first, '')} – {words}".strip(" –")
                for language, words in row.items()
            }
            mine = f"{name}.{key}"
            self.add(page, mine, given | {"kind": "choice", "text": text, "options": self.listed(mine, columns)})

    def says(self, name: str, op: str, value: object, *, place: str) -> dict[str, Any] | None:
        """A comparison (=, !=, <, <=, >, >=, answered, not answered) with a question by the other tool's name.

        None, and a word on it, where it cannot be.
        """
        question = self.questions.get(name)
        if question is None:
            self.leave(
                place, _("its condition asks for “%(name)s”, which was not taken over or comes later") % {"name": name}
            )
            return None
        id, kind = question["id"], question["kind"]
        if op in ("answered", "not answered"):
            return {"question": id, "op": op}
        text = str(value).strip()
        if kind == "choice":
            option = self.options.get(name, {}).get(text)
            if option is None or op not in ("=", "!="):
                self.leave(
                    place,
                    _("its condition compares “%(name)s” with “%(value)s”, which is no option")
                    % {"name": name, "value": text[:60]},
                )
                return None
            if question.get("how", "one") == "one":
                return {"question": id, "op": "is" if op == "=" else "is not", "value": option}
            says = {"question": id, "op": "includes", "value": option}
            return says if op == "=" else {"join": "none", "of": [says]}
        if kind in ("nps", "csat", "ces", "number", "emotion", "expectation"):
            try:
                number = float(text)
            except ValueError:
                number = float("nan")
            if number != number or abs(number) > 1e9:
                self.leave(
                    place,
                    _("its condition compares “%(name)s” with “%(value)s”, which is no number")
                    % {"name": name, "value": text[:60]},
                )
                return None
            if op in ("<", ">"):
                step = 1 if number == int(number) else 0
                number, op = (number - step, "<=") if op == "<" else (number + step, ">=")
            return {
                "question": id,
                "op": {"=": "is", "!=": "is not"}.get(op, op),
                "value": int(number) if number == int(number) else number,
            }
        if kind in ("text", "date") and op in ("=", "!="):
            return {"question": id, "op": "is" if op == "=" else "is not", "value": text[:200]}
        self.leave(place, _("its condition compares “%(name)s” in a way that is not known here") % {"name": name})
        return None

    def joined(self, join: str, told: list[dict[str, Any] | None]) -> dict[str, Any] | None:
        """All of them or any; none at all where one could not be taken or they are too many, so that nobody is asked by half a condition."""
        whole = [one for one in told if one is not None]
        if not whole or len(whole) < len(told) or len(whole) > _MOST_JOINED:
            return None
        return whole[0] if len(whole) == 1 else {"join": join, "of": whole}

    def in_words(
        self, given: str, place: str, compared: Callable[[str, str], dict[str, Any] | None]
    ) -> dict[str, Any] | None:
        """A condition written out, of comparisons joined by `and` alone or by `or` alone; `compared` reads one of them."""
        text = given.strip()[:2_000]
        pieces, join = [text], "all"
        for word, name in ((r"\s+and\s+|\s*&&\s*", "all"), (r"\s+or\s+|\s*\|\|\s*", "any")):
            if len(split := re.split(word, text, flags=re.IGNORECASE)) > 1:
                pieces, join = split, name
                break
        made = self.joined(join, [compared(piece.strip(), place) for piece in pieces])
        if made is None:
            self.leave(
                place,
                _("its condition is not taken over, so that everybody sees it: %(condition)s")
                % {"condition": text[:120]},
            )
        return made

    def finished(self, name: str, *, title: Mapping[str, object], about: Mapping[str, object]) -> Imported:
        """Raises BadImport."""
        name = plain(name) or _("Imported survey")
        pages = [page for page in self.pages if page["questions"]]
        pages = _within(self, pages)
        if not pages:
            raise BadImport(_("Nothing in this file could be taken over as a question."))
        given: dict[str, Any] = {
            "languages": self.languages, "title": self.words(title, name, otherwise=name), "pages": pages, "thanks": self.thanks[:20],
        }  # fmt: skip
        if told := self.words(about, name):
            given["about"] = told
        for _try in range(MOST_QUESTIONS):  # a condition that makes no sense here goes, and nothing else
            found = faults(given)
            if not found:
                break
            part: Any = given
            way = list(found[0].place)
            if "show" not in way:
                raise BadImport(_("The survey could not be taken over: %(why)s") % {"why": found[0].text})
            for step in way[: way.index("show")]:
                part = part[step]
            del part["show"]
            self.leave(str(part.get("id") or _("a page")), found[0].text)
        try:
            return Imported(name[:120], self.tool, read(given), tuple(self.left))
        except BadSurvey as problem:
            raise BadImport(_("The survey could not be taken over: %(why)s") % {"why": problem}) from None


def language_of(text: object) -> str:
    """`PT-BR`, `zh_Hant` as we write languages; "" for what is none."""
    base, _dash, region = str(text or "").strip().replace("_", "-").partition("-")
    found = f"{base.lower()}-{region}" if region else base.lower()
    return found if _LANGUAGE.fullmatch(found) else ""


def _within(taking: Taking, pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many pages and questions as a survey has."""
    if len(pages) > MOST_PAGES:
        taking.leave("", _("pages after the %(most)sth were put together") % {"most": MOST_PAGES})
        rest = [question for page in pages[MOST_PAGES:] for question in page["questions"]]
        pages = [*pages[: MOST_PAGES - 1], {"questions": [*pages[MOST_PAGES - 1]["questions"], *rest]}]
    room = MOST_QUESTIONS
    for page in pages:
        for question in page["questions"][room:]:
            taking.leave(
                question["text"].get(taking.first, ""),
                _("a survey has at most %(most)s questions") % {"most": MOST_QUESTIONS},
            )
        page["questions"] = page["questions"][:room]
        room -= len(page["questions"])
    kept = [page for page in pages if page["questions"]]
    there = ids_of({"pages": kept})
    for thanks in taking.thanks:
        if any(asks_of(thanks.get("show"), id) for id in taking.ids - there):
            del thanks["show"]
    return kept
