"""Qualtrics: QSF, the JSON of a survey's export."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.listening.surveys.imports.plain import plain
from regard.listening.surveys.imports.taking import BadImport, Imported, Taking, language_of

_DEEPEST = 20
_OPS = {
    "Selected": "=", "NotSelected": "!=", "EqualTo": "=", "NotEqualTo": "!=", "GreaterThan": ">", "GreaterThanOrEqual": ">=", "LessThan": "<",
    "LessThanOrEqual": "<=", "Empty": "not answered", "NotEmpty": "answered", "Displayed": "", "NotDisplayed": "",
}  # fmt: skip
_SPOKEN = {
    "Timing": gettext_lazy("timing"),
    "Captcha": gettext_lazy("captcha"),
    "Meta": gettext_lazy("data of the browser"),
    "CS": gettext_lazy("points to share out"),
    "SBS": gettext_lazy("side by side"),
    "HotSpot": gettext_lazy("a hot spot"),
    "HeatMap": gettext_lazy("a heat map"),
    "DD": gettext_lazy("lists that depend on each other"),
    "PGR": gettext_lazy("pick, group and rank"),
    "HL": gettext_lazy("highlighting"),
    "Signature": gettext_lazy("a signature"),
    "Draw": gettext_lazy("a signature"),
}


def is_qsf(given: Mapping[str, Any]) -> bool:
    return isinstance(given.get("SurveyElements"), list)


def from_qsf(given: Mapping[str, Any]) -> Imported:
    """Raises BadImport."""
    entry = _dict(given.get("SurveyEntry"))
    elements = [one for one in given["SurveyElements"] if isinstance(one, dict)]
    questions = {
        str(one.get("PrimaryAttribute")): _dict(one.get("Payload")) for one in elements if one.get("Element") == "SQ"
    }
    first = language_of(entry.get("SurveyLanguage")) or "en"
    taking = Taking("Qualtrics", [first])
    for payload in questions.values():
        for key in _dict(payload.get("Language")):
            if (language := language_of(key)) and language not in taking.languages:
                taking.languages.append(language)
    reader = _Reader(taking, questions)
    blocks = _blocks(elements)
    for id in _flow(taking, elements, blocks):
        reader.block(_dict(blocks.get(id)))
    for one in elements:
        if one.get("Element") == "QO":
            taking.leave(_("quotas"), _("who is skipped or sent away is not taken over"))
    name = plain(entry.get("SurveyName"))
    return taking.finished(name, title={first: name}, about={first: entry.get("SurveyDescription")})


def _blocks(elements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """By their ids: a list or a numbered object, as versions of the export have it."""
    found: dict[str, Any] = {}
    for one in elements:
        if one.get("Element") == "BL":
            payload = one.get("Payload")
            for block in (
                payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ()
            ):
                if isinstance(block, dict):
                    found[str(block.get("ID"))] = block
    return found


def _flow(taking: Taking, elements: Sequence[Mapping[str, Any]], blocks: Mapping[str, Any]) -> list[str]:
    """The blocks in the order in which people come to them."""
    found: list[str] = []

    def walk(listed: object, depth: int, branched: bool) -> None:
        if depth > _DEEPEST:
            raise BadImport(_("The file is nested too deep."))
        for one in listed if isinstance(listed, list) else ():
            if not isinstance(one, dict):
                continue
            kind, id = str(one.get("Type", "")), str(one.get("ID", ""))
            if kind in ("Block", "Standard") and id in blocks and id not in found:
                found.append(id)
                if branched:
                    taking.leave(
                        str(_dict(blocks[id]).get("Description") or id),
                        _("stands in a branch of the flow: here everybody comes to it"),
                    )
            elif kind == "BlockRandomizer":
                taking.leave(_("the flow"), _("blocks in random order: here they are in their written order"))
            elif kind in (
                "EndSurvey",
                "WebService",
                "Quota",
                "QuotaCheck",
                "Authenticator",
                "TableOfContents",
                "SupplementalData",
            ):
                taking.leave(_("the flow"), _("“%(kind)s” is not taken over") % {"kind": kind})
            walk(one.get("Flow"), depth + 1, branched or kind == "Branch")

    for one in elements:
        if one.get("Element") == "FL":
            walk(_dict(one.get("Payload")).get("Flow"), 0, False)
    return found or [id for id, block in blocks.items() if block.get("Type") != "Trash"]


class _Reader:
    def __init__(self, taking: Taking, questions: Mapping[str, Mapping[str, Any]]) -> None:
        self.taking, self.payloads = taking, questions

    def block(self, block: Mapping[str, Any]) -> None:
        if block.get("Type") == "Trash":
            return
        page = self.taking.page()
        elements = block.get("BlockElements")
        for one in elements.values() if isinstance(elements, dict) else elements if isinstance(elements, list) else ():
            if not isinstance(one, dict):
                continue
            if one.get("Type") == "Page Break":
                page = self.taking.page()
            elif one.get("Type") == "Question" and str(one.get("QuestionID")) in self.payloads:
                self.question(str(one["QuestionID"]), self.payloads[str(one["QuestionID"])], page)
                if one.get("SkipLogic"):
                    text = plain(self.payloads[str(one["QuestionID"])].get("QuestionText"))
                    self.taking.leave(text, _("who is skipped or sent away is not taken over"))
        if _dict(block.get("Options")).get("Looping"):
            self.taking.leave(
                str(block.get("Description", "")), _("is asked again for each of several things: here it is asked once")
            )

    def texts(self, payload: Mapping[str, Any], *way: str) -> dict[str, object]:
        """What stands at a place of a question, by language."""
        found: dict[str, object] = {self.taking.first: _at(payload, way)}
        for key, told in _dict(payload.get("Language")).items():
            if (language := language_of(key)) and (text := _at(_dict(told), way)):
                found[language] = text
        return found

    def listed(self, payload: Mapping[str, Any], name: str, order: str) -> list[tuple[str, dict[str, object]]]:
        numbered = _keyed(payload.get(name))
        keys = [str(key) for key in payload.get(order) or ()] if isinstance(payload.get(order), list) else []
        return [
            (key, self.texts(payload, name, key, "Display"))
            for key in (*dict.fromkeys(k for k in keys if k in numbered), *(k for k in numbered if k not in keys))
        ]

    def question(self, qid: str, payload: Mapping[str, Any], page: list[dict[str, Any]]) -> None:
        taking, kind, selector = self.taking, str(payload.get("QuestionType", "")), str(payload.get("Selector", ""))
        place = plain(payload.get("QuestionText")) or qid
        settings = _dict(_dict(payload.get("Validation")).get("Settings"))
        given: dict[str, Any] = {
            "text": taking.words(self.texts(payload, "QuestionText"), place, otherwise=str(payload.get("DataExportTag") or qid)),
            "required": settings.get("ForceResponse") == "ON",
        }  # fmt: skip
        before = len(page)
        match kind, selector:
            case "DB", _selector:
                if _selector == "GRB":
                    taking.leave(place, _("its picture is not taken over"))
                taking.add(page, qid, {"kind": "statement", "text": given["text"]})
            case "MC", "NPS":
                taking.add(page, qid, given | {"kind": "nps"} | self.ends(payload, place))
            case "MC", _selector:
                many = _selector.startswith("MA") or _selector == "MSB"
                self.choice(qid, payload, page, given, "many" if many else "one", place)
            case "RO", _selector:
                self.choice(qid, payload, page, given, "ranked", place)
            case "Matrix", ("Likert" | "Bipolar" | "Profile") if payload.get("SubSelector") not in (
                "MultipleAnswer",
                "DND",
                "DL",
            ):
                rows, columns = (
                    self.listed(payload, "Choices", "ChoiceOrder"),
                    self.listed(payload, "Answers", "AnswerOrder"),
                )
                taking.matrix(page, qid, given, rows, columns, place=place)
            case "Slider", _selector:
                self.slider(qid, payload, page, given, place)
            case "FileUpload", _selector:
                taking.add(page, qid, given | {"kind": "file", "takes": "documents"})
                taking.leave(place, _("photos and PDF documents are taken, one of them; other files are not"))
            case "TE", "FORM":
                for key, texts in self.listed(payload, "Choices", "ChoiceOrder"):
                    text = taking.words(texts, place, otherwise=key)
                    taking.add(page, f"{qid}.{key}", given | {"kind": "text", "text": text})
                    page[-1]["long"] = False
            case "TE", _selector:
                content = str(settings.get("ContentType", ""))
                if content == "ValidNumber":
                    taking.add(page, qid, given | {"kind": "number"})
                elif content == "ValidDate":
                    taking.add(page, qid, given | {"kind": "date"})
                else:
                    taking.add(page, qid, given | {"kind": "text"})
                    if _selector in ("SL", "PW"):
                        page[-1]["long"] = False
                    if content and content != "None":
                        taking.leave(
                            place, _("that the answer is checked (%(kind)s) is not taken over") % {"kind": content}
                        )
            case _:
                spoken = _SPOKEN.get(kind) or f"{kind} {selector}".strip()
                taking.leave(place, _("is of the kind “%(kind)s”, which is not known here") % {"kind": spoken})
        if payload.get("QuestionJS"):
            taking.leave(place, _("its script is not taken over"))
        show = self.condition(payload.get("DisplayLogic"), place)
        for question in page[before:]:
            if show:
                question["show"] = show
            if re.search(r"\$\{[a-z]+://", str(payload.get("QuestionText", ""))):
                taking.leave(place, _("a text that is filled in (${…}) must be written anew as {{ answer.… }}"))

    def choice(
        self,
        qid: str,
        payload: Mapping[str, Any],
        page: list[dict[str, Any]],
        given: dict[str, Any],
        how: str,
        place: str,
    ) -> None:
        taking = self.taking
        choices = _keyed(payload.get("Choices"))
        listed = self.listed(payload, "Choices", "ChoiceOrder")
        own = [
            key for key, _texts in listed if str(_dict(choices.get(key)).get("TextEntry", "")).lower() in ("true", "on")
        ]
        other = own[-1] if own and how != "ranked" and len(listed) > 1 else ""
        if len(own) > 1 or (own and not other):
            taking.leave(place, _("only the last option can be in their own words"))
        options = taking.listed(qid, [(key, texts) for key, texts in listed if key != other])
        if not options:
            taking.leave(place, _("has no options of its own"))
            return
        if other:
            taking.options[qid][other] = "other"
        shuffle = _dict(payload.get("Randomization")).get("Type") == "All"
        settings = _dict(_dict(payload.get("Validation")).get("Settings"))
        most = str(settings.get("MaxChoices") or "") if settings.get("Type") == "ChoiceRange" and how == "many" else ""
        if most.isdecimal() and 0 < int(most[:4]) <= len(options) + bool(other):
            given = given | {"most": int(most)}
        taking.add(
            page,
            qid,
            given | {"kind": "choice", "options": options, "how": how, "other": bool(other), "shuffle": shuffle},
        )

    def slider(
        self, qid: str, payload: Mapping[str, Any], page: list[dict[str, Any]], given: dict[str, Any], place: str
    ) -> None:
        settings = _dict(payload.get("Configuration"))
        low, high = _number(settings.get("CSSliderMin"), 0), _number(settings.get("CSSliderMax"), 100)
        rows = self.listed(payload, "Choices", "ChoiceOrder") or [("1", {})]
        stars = _number(settings.get("StarCount"), 5) if payload.get("Selector") == "STAR" else None
        for key, texts in rows:
            row = self.taking.words(texts, place)
            text = (
                given["text"]
                if len(rows) == 1
                else {
                    lang: f"{given['text'].get(lang) or given['text'][self.taking.first]} – {words}"
                    for lang, words in row.items()
                }
            )
            name = qid if len(rows) == 1 else f"{qid}.{key}"
            if stars in (3, 5, 7, 10):
                self.taking.add(
                    page, name, given | {"kind": "csat", "text": text, "points": int(stars), "look": "stars"}
                )
            elif (low, high) == (0, 10):
                self.taking.add(page, name, given | {"kind": "nps", "text": text} | self.ends(payload, place))
            else:
                self.taking.add(page, name, given | {"kind": "number", "text": text})
                page[-1].update({"low": low, "high": high})
                self.taking.leave(
                    place,
                    _("a slider became a number from %(low)s to %(high)s") % {"low": f"{low:g}", "high": f"{high:g}"},
                )

    def ends(self, payload: Mapping[str, Any], place: str) -> dict[str, Any]:
        labels = payload.get("ColumnLabels") if isinstance(payload.get("ColumnLabels"), list) else payload.get("Labels")
        listed = list(labels.values()) if isinstance(labels, dict) else labels if isinstance(labels, list) else []
        texts = [self.taking.words({self.taking.first: _dict(one).get("Display")}, place) for one in listed]
        return {"low": texts[0], "high": texts[-1]} if len(texts) > 1 else {}

    def condition(self, given: object, place: str) -> dict[str, Any] | None:
        logic = _dict(given)
        if not logic:
            return None
        told: list[dict[str, Any] | None] = []
        joins: set[str] = set()
        for group in _numbered(logic):
            for number, one in enumerate(_numbered(_dict(group))):
                expression = _dict(one)
                if number or told:
                    joins.add(
                        "any"
                        if str(
                            expression.get("Conjuction")
                            or expression.get("Conjunction")
                            or _dict(group).get("Type", "")
                        ).lower()
                        in ("or", "orif")
                        else "all"
                    )
                told.append(self.comparison(expression, place))
        made = self.taking.joined(next(iter(joins), "all"), told) if len(joins) < 2 else None
        if made is None and told:
            self.taking.leave(place, _("its condition is not taken over, so that everybody sees it"))
        return made

    def comparison(self, one: Mapping[str, Any], place: str) -> dict[str, Any] | None:
        op = _OPS.get(str(one.get("Operator", "")))
        if one.get("LogicType") != "Question" or not op:
            return None
        qid = str(one.get("QuestionID", ""))
        locator = str(one.get("ChoiceLocator") or one.get("LeftOperand") or "")
        chosen = re.fullmatch(r"q://([\w]+)/(?:SelectableChoice|SelectedChoice\w*)/(\w+)", locator)
        value: object = (
            chosen[2]
            if chosen and op in ("=", "!=") and str(one.get("Operator")).endswith("Selected")
            else one.get("RightOperand", "")
        )
        question = self.taking.questions.get(qid)
        if value and chosen and question is not None and question["kind"] == "nps":
            value = (
                plain(_at(self.payloads[qid], ("Choices", chosen[2], "Display"))) or chosen[2]
            )  # the score that it shows
        return self.taking.says(qid, op, value, place=place)


def _numbered(given: Mapping[str, Any]) -> Iterator[Any]:
    for key in sorted((key for key in given if str(key).isdecimal()), key=int):
        yield given[key]


def _at(given: Mapping[str, Any], way: Sequence[str]) -> object:
    part: Any = given
    for step in way:
        if isinstance(part, list):
            part = _keyed(part).get(step)
        else:
            part = _dict(part).get(step)
    return part


def _keyed(given: object) -> dict[str, Any]:
    """An object, or the list that the export makes of one whose keys count up from 0."""
    return {str(number): one for number, one in enumerate(given)} if isinstance(given, list) else _dict(given)


def _number(given: object, usual: float) -> float:
    try:
        found = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return usual
    return found if abs(found) < 1e9 else usual


def _dict(given: object) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}
