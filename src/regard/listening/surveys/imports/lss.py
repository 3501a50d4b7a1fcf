"""LimeSurvey: LSS, the XML of a survey's structure."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.listening.surveys.imports.plain import plain
from regard.listening.surveys.imports.taking import BadImport, Imported, Taking, language_of

Row = dict[str, str]
_YES, _NO = gettext_lazy("Yes"), gettext_lazy("No")
_COMPARED = re.compile(
    r"\(*\s*([\w.]+?)(?:\.NAOK)?\s*(==|!=|>=|<=|>|<|\beq\b|\bne\b|\bge\b|\ble\b|\bgt\b|\blt\b)\s*(\"[^\"]*\"|'[^']*'|-?[\d.]+)\s*\)*"
)
_EMPTY = re.compile(r"\(*\s*(!?)\s*is_empty\(\s*([\w.]+?)(?:\.NAOK)?\s*\)\s*\)*")
_OPS = {"==": "=", "!=": "!=", "eq": "=", "ne": "!=", "ge": ">=", "le": "<=", "gt": ">", "lt": "<"}
_KINDS = {
    "*": gettext_lazy("an equation"),
    "I": gettext_lazy("a switch of the language"),
    "1": gettext_lazy("an array with two scales"),
    ":": gettext_lazy("an array of numbers"),
    ";": gettext_lazy("an array of texts"),
}


def from_lss(given: bytes) -> Imported:
    """Raises BadImport."""
    try:
        root = fromstring(given, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        raise BadImport(_("This XML cannot be read: export the survey again as “survey structure (.lss)”.")) from None
    if root.tag != "document" or (root.findtext("LimeSurveyDocType") or "").strip() != "Survey":
        raise BadImport(_("This XML is no survey of LimeSurvey: export it as “survey structure (.lss)”."))
    return _Reader(root).survey()


class _Reader:
    def __init__(self, root: ET.Element) -> None:
        self.tables = {table.tag: [_row(row) for row in table.iterfind("rows/row")] for table in root}
        base = language_of(next((row.get("language", "") for row in self.table("surveys")), ""))
        spoken = [language_of(one.text) for one in root.iterfind("languages/language")]
        self.languages = list(
            dict.fromkeys(one for one in ([base] if base in spoken or not spoken else []) + spoken if one)
        ) or ["en"]
        self.taking = Taking("LimeSurvey", self.languages)
        self.attributes: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self.table("question_attributes"):
            self.attributes[row.get("qid", "")][row.get("attribute", "")] = row.get("value", "")
        self.l10n = {
            name: self.by(name, key)
            for name, key in (("question_l10ns", "qid"), ("answer_l10ns", "aid"), ("group_l10ns", "gid"))
        }
        self.below = self.grouped("subquestions", "parent_qid")
        self.answers = self.grouped("answers", "qid")

    def table(self, name: str) -> list[Row]:
        return self.tables.get(name, [])

    def by(self, name: str, key: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.table(name):
            found[row.get(key, "")].append(row)
        return found

    def grouped(self, name: str, key: str) -> dict[str, list[list[Row]]]:
        """Rows of one thing in several languages together, in their order: key → things."""
        found: dict[str, dict[tuple[str, str], list[Row]]] = defaultdict(dict)
        for row in self.table(name):
            one = (row.get("scale_id") or "0", row.get("code") or row.get("title") or row.get("qid", ""))
            found[row.get(key, "")].setdefault(one, []).append(row)
        return {
            holder: sorted(
                things.values(), key=lambda rows: _int(rows[0].get("sortorder") or rows[0].get("question_order"))
            )
            for holder, things in found.items()
        }

    def survey(self) -> Imported:
        settings = {language_of(row.get("surveyls_language")): row for row in self.table("surveys_languagesettings")}
        names = {language: row.get("surveyls_title", "") for language, row in settings.items()}
        about = {
            language: row.get("surveyls_welcometext") or row.get("surveyls_description", "")
            for language, row in settings.items()
        }
        whole: dict[str, dict[str, list[Row]]] = defaultdict(dict)
        for row in self.table("questions"):
            if row.get("parent_qid", "0") in ("", "0"):
                whole[row.get("gid", "")].setdefault(row.get("qid", ""), []).append(row)
        groups: dict[str, list[Row]] = {}
        for row in self.table("groups"):
            groups.setdefault(row.get("gid", ""), []).append(row)
        for gid, rows in sorted(groups.items(), key=lambda one: _int(one[1][0].get("group_order"))):
            page = self.taking.page()
            name = self.text(rows, "group_name", "group_l10ns", gid)
            place = plain(name.get(self.languages[0])) or _("a page")
            if show := self.condition(rows[0].get("grelevance", ""), place):
                self.taking.pages[-1]["show"] = show
            described = self.taking.words(self.text(rows, "description", "group_l10ns", gid), place)
            if described:
                self.taking.add(page, f"group{gid}", {"kind": "statement", "text": described})
            for qid, mine in sorted(whole.get(gid, {}).items(), key=lambda one: _int(one[1][0].get("question_order"))):
                self.question(qid, mine, page)
        ends = {language: row.get("surveyls_endtext", "") for language, row in settings.items()}
        if thanks := self.taking.words(ends, _("the thanks")):
            self.taking.thanks.append({"text": thanks})
        for table, told in (
            ("quota", _("quotas")),
            ("assessments", _("assessments")),
            ("defaultvalues", _("default answers")),
        ):
            if self.table(table):
                self.taking.leave(_("the survey"), _("%(what)s are not taken over") % {"what": told})
        return self.taking.finished(plain(names.get(self.languages[0])), title=names, about=about)

    def text(self, rows: list[Row], field: str, table: str = "", id: str = "") -> dict[str, object]:
        """By language: in the rows themselves (older files), or in a table of texts."""
        found: dict[str, object] = {}
        for row in (*rows, *self.l10n.get(table, {}).get(id, ())):
            language = language_of(row.get("language")) or self.languages[0]
            if language in self.languages and row.get(field):
                found[language] = row[field]
        return found

    def listed(self, things: list[list[Row]], field: str) -> list[tuple[str, dict[str, object]]]:
        table, key = ("answer_l10ns", "aid") if field == "answer" else ("question_l10ns", "qid")
        return [
            (rows[0].get("code") or rows[0].get("title", ""), self.text(rows, field, table, rows[0].get(key, "")))
            for rows in things
        ]

    def question(self, qid: str, rows: list[Row], page: list[dict[str, Any]]) -> None:
        taking, row = self.taking, rows[0]
        kind, name, extra = row.get("type", ""), row.get("title") or qid, self.attributes.get(qid, {})
        texts = self.text(rows, "question", "question_l10ns", qid)
        place = plain(texts.get(self.languages[0])) or name
        given: dict[str, Any] = {
            "text": taking.words(texts, place, otherwise=name), "help": taking.words(self.text(rows, "help", "question_l10ns", qid), place),
            "required": row.get("mandatory") in ("Y", "S"),
        }  # fmt: skip
        answers = self.listed(
            [one for one in self.answers.get(qid, []) if (one[0].get("scale_id") or "0") == "0"], "answer"
        )
        below = self.listed(
            [one for one in self.below.get(qid, []) if (one[0].get("scale_id") or "0") == "0"], "question"
        )
        before = len(page)
        match kind:
            case "L" | "!" | "O" | "M" | "P" | "R":
                self.choice(name, kind, row, given, answers, below, page, place, extra)
            case "5":
                taking.add(page, name, given | {"kind": "csat", "points": 5})
            case "Y" | "G":
                said = [("Y", str(_YES)), ("N", str(_NO))] if kind == "Y" else [("F", _("Female")), ("M", _("Male"))]
                taking.add(
                    page,
                    name,
                    given
                    | {
                        "kind": "choice",
                        "options": taking.listed(name, [(key, {self.languages[0]: text}) for key, text in said]),
                    },
                )
            case "T" | "U" | "S":
                taking.add(page, name, given | {"kind": "text"})
                if kind == "S":
                    page[-1]["long"] = False
            case "N":
                taking.add(page, name, given | {"kind": "number"})
                page[-1].update(
                    {
                        ours: _float(extra[theirs])
                        for ours, theirs in (("low", "min_num_value_n"), ("high", "max_num_value_n"))
                        if _is_number(extra.get(theirs))
                    }
                )
            case "D":
                taking.add(page, name, given | {"kind": "date"})
            case "|":
                taking.add(page, name, given | {"kind": "file", "takes": "documents"})
                taking.leave(place, _("photos and PDF documents are taken, one of them; other files are not"))
            case "X":
                taking.add(page, name, {"kind": "statement", "text": given["text"]})
            case "Q" | "K":
                for key, told in below:
                    taking.add(
                        page,
                        f"{name}_{key}",
                        given
                        | {
                            "kind": "text" if kind == "Q" else "number",
                            "text": taking.words(told, place, otherwise=key),
                        },
                    )
                    if kind == "Q":
                        page[-1]["long"] = False
            case "A" | "B" | "F" | "H" | "C" | "E":
                self.array(name, kind, given, below, answers, page, place)
            case _:
                taking.leave(
                    place,
                    _("is of the kind “%(kind)s”, which is not known here") % {"kind": _KINDS.get(kind, kind or "?")},
                )
        if row.get("preg") and kind in ("S", "T", "U", "N"):
            taking.leave(place, _("that the answer must fit a pattern is not taken over"))
        show = self.condition(row.get("relevance", ""), place)
        for question in page[before:] if show else ():
            question["show"] = show

    def choice(
        self,
        name: str,
        kind: str,
        row: Row,
        given: dict[str, Any],
        answers: Any,
        below: Any,
        page: list[dict[str, Any]],
        place: str,
        extra: dict[str, str],
    ) -> None:
        how = "many" if kind in ("M", "P") else "ranked" if kind == "R" else "one"
        options = self.taking.listed(name, below if how == "many" else answers or below)
        if not options:
            self.taking.leave(place, _("has no options of its own"))
            return
        other = row.get("other") == "Y" and how != "ranked"
        if other:
            self.taking.options[name]["-oth-"] = "other"
        made = given | {
            "kind": "choice",
            "options": options,
            "how": how,
            "other": other,
            "shuffle": extra.get("random_order") == "1" or extra.get("answer_order") == "random",
        }
        if (most := extra.get("max_answers", "")).isdecimal() and how == "many" and 0 < _int(most) <= len(options):
            made["most"] = _int(most)
        self.taking.add(page, name, made)
        if kind in ("O", "P"):
            self.taking.leave(
                place, _("the comment beside the options is not taken over: add a question for own words")
            )

    def array(
        self,
        name: str,
        kind: str,
        given: dict[str, Any],
        below: Any,
        answers: Any,
        page: list[dict[str, Any]],
        place: str,
    ) -> None:
        first = self.languages[0]
        if kind in ("A", "B"):
            points = 5 if kind == "A" else 10
            if not below:
                self.taking.leave(place, _("has no lines or no scale"))
                return
            self.taking.add(
                page, name, given | {"kind": "matrix", "rows": self.taking.rows(name, below), "points": points}
            )
            return
        fixed = {
            "C": [("Y", _YES), ("U", gettext_lazy("Uncertain")), ("N", _NO)],
            "E": [("I", gettext_lazy("Increase")), ("S", gettext_lazy("Same")), ("D", gettext_lazy("Decrease"))],
        }.get(kind)
        if fixed is not None:  # words rather than a scale: each line a choice
            for key, told in below:
                row = self.taking.words(told, place, otherwise=key)
                text = {
                    language: f"{given['text'].get(language) or given['text'][first]} – {words}"
                    for language, words in row.items()
                }
                options = self.taking.listed(f"{name}_{key}", [(code, {first: str(word)}) for code, word in fixed])
                self.taking.add(page, f"{name}_{key}", given | {"kind": "choice", "text": text, "options": options})
            return
        self.taking.matrix(page, name, given, below, answers, place=place)

    def condition(self, given: str, place: str) -> dict[str, Any] | None:
        """`((Q1.NAOK == "A2") and (Q2.NAOK > 3))`: comparisons joined by `and` alone or by `or` alone."""
        return None if given.strip() in ("", "1") else self.taking.in_words(given, place, self.comparison)

    def comparison(self, text: str, place: str) -> dict[str, Any] | None:
        if match := _EMPTY.fullmatch(text):
            return self.taking.says(
                self.named(match[2])[0], "answered" if match[1] else "not answered", "", place=place
            )
        if not (match := _COMPARED.fullmatch(text)):
            return None
        name, option = self.named(match[1])
        op, value = _OPS.get(match[2], match[2]), match[3].strip("\"'")
        if option:  # of several options one: Q1_SQ2 == "Y"
            return self.taking.says(name, op if value == "Y" else "!=" if op == "=" else "=", option, place=place)
        if value == "":
            return self.taking.says(name, "not answered" if op == "=" else "answered", "", place=place)
        return self.taking.says(name, op, value, place=place)

    def named(self, name: str) -> tuple[str, str]:
        """A question by its code, by survey X group X question, or with an option of it."""
        if match := re.fullmatch(r"\d+X\d+X(\d+)(\w*)", name):
            row = next((one for one in self.table("questions") if one.get("qid") == match[1]), {})
            return row.get("title") or match[1], match[2]
        if name in self.taking.questions:
            return name, ""
        whole, _line, option = name.rpartition("_")
        known = self.taking.questions.get(whole)
        return (whole, option) if known and known.get("how") == "many" else (name, "")


def _row(row: ET.Element) -> Row:
    return {cell.tag: cell.text or "" for cell in row}


def _int(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 9 else 0


def _is_number(text: str | None) -> bool:
    return bool(text) and bool(re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", text or ""))


def _float(text: str) -> float:
    return float(text)
