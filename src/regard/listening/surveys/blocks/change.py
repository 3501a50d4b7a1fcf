"""What the editor does to a survey that is written out: each verb takes one and returns one, and nothing of it is checked here."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from regard.listening.surveys.blocks.conditions import asks_of, renamed, without
from regard.listening.surveys.blocks.ids import new_id

Written = dict[str, Any]


def digest(part: Any) -> str:
    """Tells whether a part is still what it was."""
    return hashlib.sha256(json.dumps(part, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def questions_of(given: Written) -> Iterator[tuple[int, int, dict[str, Any]]]:
    for p, page in enumerate(given["pages"]):
        for q, question in enumerate(page["questions"]):
            yield p, q, question


def place_of(given: Written, id: str) -> tuple[int, int] | None:
    return next(((p, q) for p, q, question in questions_of(given) if question["id"] == id), None)


def ids_of(given: Written) -> set[str]:
    return {question["id"] for _p, _q, question in questions_of(given)}


def number_of(given: Written, kind: str, name: str) -> int:
    """The place of a page by a question on it, or of a word of thanks by its digest; −1 where it is no longer there."""
    if kind == "page":
        return (place_of(given, name) or (-1, 0))[0]
    return next((number for number, one in enumerate(given.get("thanks", ())) if digest(one) == name), -1)


def with_question(given: Written, question: dict[str, Any], *, page: int | None, after: str = "") -> Written:
    """With a question in place of the one of its id, else after another, else at the end of a page; page None: on a new page."""
    made = copy.deepcopy(given)
    if (at := place_of(made, question["id"])) is not None:
        made["pages"][at[0]]["questions"][at[1]] = question
    elif after and (at := place_of(made, after)) is not None:
        made["pages"][at[0]]["questions"].insert(at[1] + 1, question)
    elif page is None or not made["pages"]:
        made["pages"].append({"questions": [question]})
    else:
        made["pages"][min(page, len(made["pages"]) - 1)]["questions"].append(question)
    return made


def moved(given: Written, id: str, step: int) -> Written:
    """One place up (−1) or down (1); over the edge of a page it goes to the next one, and a page that is left empty goes."""
    made = copy.deepcopy(given)
    if (at := place_of(made, id)) is None:
        return made
    page, place = at
    questions = made["pages"][page]["questions"]
    if 0 <= place + step < len(questions):
        questions.insert(place + step, questions.pop(place))
    elif 0 <= page + step < len(made["pages"]):
        question = questions.pop(place)
        there = made["pages"][page + step]["questions"]
        there.insert(len(there) if step < 0 else 0, question)
        if not questions:
            del made["pages"][page]
    elif len(questions) > 1:  # beyond the first or last page: on a page of its own
        made["pages"].insert(page if step < 0 else page + 1, {"questions": [questions.pop(place)]})
    return made


def page_moved(given: Written, page: int, step: int) -> Written:
    made = copy.deepcopy(given)
    if 0 <= page < len(made["pages"]) and 0 <= page + step < len(made["pages"]):
        made["pages"].insert(page + step, made["pages"].pop(page))
    return made


def split(given: Written, id: str) -> Written:
    """A new page begins with this question; both halves keep the page's condition."""
    made = copy.deepcopy(given)
    at = place_of(made, id)
    if at is None or at[1] == 0:
        return made
    page = made["pages"][at[0]]
    rest = {**copy.deepcopy(page), "questions": page["questions"][at[1] :]}
    page["questions"] = page["questions"][: at[1]]
    made["pages"].insert(at[0] + 1, rest)
    return made


def doubled(given: Written, id: str, *, language: str) -> tuple[Written, str]:
    """With a copy after it, and the copy's id."""
    at = place_of(given, id)
    if at is None:
        return given, ""
    question = copy.deepcopy(given["pages"][at[0]]["questions"][at[1]])
    question["id"] = new_id(question["text"].get(language, ""), ids_of(given), otherwise=question["kind"])
    return with_question(given, question, page=at[0], after=id), question["id"]


def without_question(given: Written, id: str) -> Written:
    """Gone, with all that conditions and comments asked of it; a page that is left empty goes too."""
    made = copy.deepcopy(given)
    for page in made["pages"]:
        page["questions"] = [question for question in page["questions"] if question["id"] != id]
        for question in page["questions"]:
            if question.get("comments") == id:
                del question["comments"]
    made["pages"] = [page for page in made["pages"] if page["questions"]]
    for part in _conditioned(made):
        if asks_of(part.get("show"), id):
            _set(part, "show", without(part["show"], id))
    return made


def without_page(given: Written, page: int) -> Written:
    for question in given["pages"][page]["questions"] if 0 <= page < len(given["pages"]) else ():
        given = without_question(given, question["id"])
    return given


def called(given: Written, old: str, new: str) -> Written:
    """A question by a new id, with all that refers to it."""
    made = copy.deepcopy(given)
    for _p, _q, question in questions_of(made):
        if question["id"] == old:
            question["id"] = new
        if question.get("comments") == old:
            question["comments"] = new
    for part in _conditioned(made):
        _set(part, "show", renamed(part.get("show"), old, new))
    piped = re.compile(r"(\{\{\s*answer\.)" + re.escape(old) + r"(\s*\}\})")
    replaced: Written = _texts(made, lambda text: piped.sub(lambda match: f"{match[1]}{new}{match[2]}", text))
    return replaced


def asking_of(given: Written, id: str) -> list[dict[str, Any]]:
    """The parts (pages, questions, thanks) whose condition asks about a question."""
    return [part for part in _conditioned(given) if asks_of(part.get("show"), id)]


def with_thanks(given: Written, number: int, thanks: dict[str, Any] | None) -> Written:
    """With the variant of this number changed, added, or (None) removed."""
    made = copy.deepcopy(given)
    listed = list(made.get("thanks", ()))
    if thanks is None:
        listed = [one for place, one in enumerate(listed) if place != number]
    elif number < len(listed):
        listed[number] = thanks
    elif thanks.get("show"):  # before those that say something to everybody: the first that holds is said
        always = next((place for place, one in enumerate(listed) if not one.get("show")), len(listed))
        listed.insert(always, thanks)
    else:
        listed.append(thanks)
    _set(made, "thanks", listed)
    return made


def thanks_moved(given: Written, number: int, step: int) -> Written:
    made = copy.deepcopy(given)
    listed = made.get("thanks", [])
    if 0 <= number < len(listed) and 0 <= number + step < len(listed):
        listed.insert(number + step, listed.pop(number))
    return made


def _conditioned(given: Written) -> Iterator[dict[str, Any]]:
    yield from given["pages"]
    for _p, _q, question in questions_of(given):
        yield question
    yield from given.get("thanks", ())


def _set(part: dict[str, Any], name: str, value: Any) -> None:
    if value:
        part[name] = value
    else:
        part.pop(name, None)


def _texts(part: Any, change: Any) -> Any:
    if isinstance(part, dict):
        return {key: _texts(value, change) for key, value in part.items()}
    if isinstance(part, list):
        return [_texts(one, change) for one in part]
    return change(part) if isinstance(part, str) and "{{" in part else part
