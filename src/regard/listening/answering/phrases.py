"""What the pages for respondents say beside the survey's own words, in the survey's languages rather than those of the product."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml


class Phrases(dict[str, str]):
    """Of one language, by key."""


def phrases(language: str) -> Phrases:
    """Those of the language (`fr` serves `fr-CA`); English where there are none."""
    known = _all()
    return known.get(language) or known.get(language.partition("-")[0]) or known["en"]


def languages() -> list[str]:
    return list(_all())


@cache
def _all() -> dict[str, Phrases]:
    found: dict[str, Phrases] = {}
    for name in ("phrases.yaml", "away.yaml", "mine.yaml", "files.yaml"):
        given = yaml.safe_load((files(__package__) / name).read_text(encoding="utf-8"))
        for language, mine in given.items():
            said = found.setdefault(language, Phrases())
            for key, text in mine.items():
                assert _key(key) not in said, f"{name} says “{key}” in other words than a file before it"
                said[_key(key)] = text
    return found


def _key(key: object) -> str:
    """YAML reads `yes` and `no` as booleans."""
    return {True: "yes", False: "no"}.get(key, str(key)) if isinstance(key, bool) else str(key)
