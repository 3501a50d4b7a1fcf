from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from regard.care.cases.models import Case
from regard.customers.traits.language import spoken


def words(language: str) -> Mapping[str, str]:
    """Those of the language (`fr` serves `fr-CA`); English where there are none."""
    return in_language(book(__package__), language)


def in_language(known: Mapping[str, Mapping[str, Any]], language: str) -> Mapping[str, Any]:
    return known.get(language) or known.get(language.partition("-")[0]) or known["en"]


def language_of(case: Case) -> str:
    """The customer's own where we speak it, else the one that they answered in, else English."""
    return spoken(case.profile.traits if case.profile else {}, book(__package__), case.language) or "en"


@cache
def book(package: str) -> Mapping[str, Mapping[str, Any]]:
    """Language → what is said in it, of a feature that speaks to customers (its `words.yaml`)."""
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load((files(package) / "words.yaml").read_text(encoding="utf-8"))
    return found
