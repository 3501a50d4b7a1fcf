from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


def words(language: str) -> Mapping[str, str]:
    """Those of the language (`fr` serves `fr-CA`); English where there are none."""
    known = _all()
    return known.get(language) or known.get(language.partition("-")[0]) or known["en"]


@cache
def _all() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        (files(__package__) / "words.yaml").read_text(encoding="utf-8")
    )
    return found
