"""Changes after which a number cannot be compared with what it was: found before they go out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from regard.listening.surveys.blocks.conditions import in_words
from regard.listening.surveys.blocks.kinds import KINDS
from regard.listening.surveys.definition import Choice, Statement, Survey, Words
from regard.listening.surveys.flow import scale


@dataclass(frozen=True)
class Break:
    """`renew`: whether a new id is the way out; else it can only be kept, or accepted."""

    question: str
    text: str
    renew: bool = True


def breaks(draft: Survey, versions: Sequence[Survey]) -> list[Break]:
    """What the draft does to the lines of questions with a score or options; `versions`: those published, the newest first.

    A question is compared with the newest version that had it: one that comes back after a pause goes on with its old line.
    """
    found: list[Break] = []
    for question in draft.questions():
        before = next((one for one in versions if one.question(question.id) is not None), None)
        if before is not None:
            found.extend(_of(before.question(question.id), question, before, draft))
    for question in versions[0].questions() if versions else ():
        if _counted(question) and draft.question(question.id) is None:
            found.append(Break(question.id, _("is no longer asked: its line ends here"), renew=False))
    return found


def _of(was: Any, now: Any, old: Survey, new: Survey) -> Iterator[Break]:
    id = now.id
    if not (_counted(was) or _counted(now)):
        return
    if was.kind != now.kind:
        told = {"was": KINDS[was.kind].name, "now": KINDS[now.kind].name}
        yield Break(id, _("was of the kind “%(was)s” and is “%(now)s”: two measures under one name") % told)
        return
    for name in ("points", "how"):
        if (one := getattr(was, name, None)) != (other := getattr(now, name, None)):
            text = (
                _("its scale had %(was)s points and has %(now)s")
                if name == "points"
                else _("its options were chosen as “%(was)s”, now as “%(now)s”")
            )
            yield Break(id, text % {"was": one, "now": other})
    if languages := _reworded(was.text, now.text):
        yield Break(id, _("asks in other words (%(languages)s)") % {"languages": ", ".join(languages)})
    for name, text in (
        ("low", _("the lowest end means something else (%(languages)s)")),
        ("high", _("the highest end means something else (%(languages)s)")),
    ):
        if isinstance(getattr(now, name, None), dict) and (
            languages := _reworded(getattr(was, name), getattr(now, name))
        ):
            yield Break(id, text % {"languages": ", ".join(languages)})
    yield from _items(was, now)
    if getattr(was, "look", None) != getattr(now, "look", None):
        yield Break(id, _("looks different: people choose otherwise among stars, smileys and numbers"))
    if was.touchpoint != now.touchpoint:
        told = {"was": was.touchpoint or _("the survey’s own"), "now": now.touchpoint or _("the survey’s own")}
        yield Break(id, _("counts for another touchpoint: was %(was)s, is %(now)s") % told)
    yield from _around(was, now, old, new)


def _items(was: Any, now: Any) -> Iterator[Break]:
    for name in ("options", "rows"):
        before, after = ({one.id: one.text for one in getattr(part, name, ())} for part in (was, now))
        for key in before:
            if key not in after:
                yield Break(
                    now.id, _("“%(id)s” can no longer be chosen or rated: the shares of the others grow") % {"id": key}
                )
            elif languages := _reworded(before[key], after[key]):
                yield Break(
                    now.id,
                    _("“%(id)s” means something else (%(languages)s)") % {"id": key, "languages": ", ".join(languages)},
                )
        if name == "options" and (new := [key for key in after if key not in before]) and before:
            yield Break(now.id, _("offers more (%(ids)s): the shares of the others shrink") % {"ids": ", ".join(new)})


def _around(was: Any, now: Any, old: Survey, new: Survey) -> Iterator[Break]:
    """Who is asked, and after what."""
    page_was, page_now = _page(old, now.id), _page(new, now.id)
    if (was.show, page_was.show) != (now.show, page_now.show):
        told = {"was": _who(was, page_was, old), "now": _who(now, page_now, new)}
        yield Break(now.id, _("is asked of others: was %(was)s, is %(now)s") % told)
    before, after = _asked_before(old, now.id), _asked_before(new, now.id)
    if after != before:
        more, fewer = [id for id in after if id not in before], [id for id in before if id not in after]
        if more:
            yield Break(
                now.id, _("comes after %(ids)s now: what is asked first colours the answer") % {"ids": ", ".join(more)}
            )
        elif fewer:
            yield Break(
                now.id,
                _("no longer comes after %(ids)s: what is asked first colours the answer") % {"ids": ", ".join(fewer)},
            )


def _who(question: Any, page: Any, survey: Survey) -> str:
    told = [in_words(part.show, survey) for part in (page, question) if part.show is not None]
    return _(" and ").join(told) or _("everybody")


def _page(survey: Survey, id: str) -> Any:
    return next(page for page in survey.pages if any(question.id == id for question in page.questions))


def _asked_before(survey: Survey, id: str) -> list[str]:
    found: list[str] = []
    for question in survey.questions():
        if question.id == id:
            break
        if not isinstance(question, Statement):
            found.append(question.id)
    return sorted(found)


def _counted(question: Any) -> bool:
    return scale(question) is not None or isinstance(question, Choice)


def _reworded(was: Words, now: Words) -> list[str]:
    """Languages in which it says something else; spelling of spaces, case and the last sign aside. A language that is new is none."""
    return [
        language
        for language, text in was.items()
        if text and _plain(now.get(language, "")) != _plain(text) and language in now
    ]


def _plain(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).strip().rstrip(".?!:؟ ").casefold().replace("’", "'")
