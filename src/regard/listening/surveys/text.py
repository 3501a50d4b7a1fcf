"""A survey as text that people and programs read, compare and keep: YAML, there and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from django.utils.translation import gettext as _

from regard.listening.surveys.definition import BadSurvey, Survey, read, written

_LONGEST = 400_000
_FIRST = ("languages", "id", "kind", "join", "question", "op", "title", "about", "show", "text")
_LAST = ("options", "rows", "questions", "pages", "thanks", "of")


def to_text(survey: Survey) -> str:
    text: str = yaml.safe_dump(
        _in_order(written(survey), survey.languages), allow_unicode=True, sort_keys=False, width=120
    )
    return text


def _in_order(part: Any, languages: Sequence[str]) -> Any:
    """What says what a part is first, languages as the survey lists them: databases keep no order."""
    if isinstance(part, list):
        return [_in_order(one, languages) for one in part]
    if not isinstance(part, dict):
        return part
    first = [*_FIRST, *languages]
    keys = sorted(part, key=lambda key: first.index(key) if key in first else len(first))
    return {key: _in_order(part[key], languages) for key in keys if key not in _LAST} | {
        key: _in_order(part[key], languages) for key in _LAST if key in part
    }


def from_text(text: str) -> Survey:
    """Raises BadSurvey."""
    if len(text) > _LONGEST:
        raise BadSurvey(_("This is longer than any survey may be."))
    try:
        # aliases could make a small text a huge survey
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise BadSurvey(_("Write every part out: references (*) are not taken."))
        given = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        place = _("line %(line)s") % {"line": mark.line + 1} if mark else _("somewhere")
        raise BadSurvey(_("This is not YAML: look at %(place)s.") % {"place": place}) from None
    except ValueError:  # a date such as 2026-02-30
        raise BadSurvey(_("A date in it is no day that there is.")) from None
    if not isinstance(given, dict):
        raise BadSurvey(_("A survey begins with its languages, title and pages."))
    return read(given)
