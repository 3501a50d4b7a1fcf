"""What the customer is told of what they get, in a language of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from regard.loyalty.offers.models import Grant
from regard.outreach.messages.piped import holes, piped

#: The traits that say which language somebody reads, the most exact first.
_TRAITS = ("language", "locale", "lang")
#: What can stand in the holes, besides traits.
KNOWN = ("name", "code", "until", "company")
LANGUAGES = {"en": "English", "fr": "Français", "de": "Deutsch", "es": "Español", "it": "Italiano", "ar": "العربية"}


def said(grant: Grant, *, spoken: str = "") -> str:
    """With the code and until when, whether or not the words have holes for them."""
    offer, customer = grant.offer, grant.profile
    traits: Mapping[str, Any] = customer.traits if customer else {}
    language = _language(offer.texts, [*(traits.get(name) for name in _TRAITS), spoken])
    text = offer.texts.get(language, "")
    with override(language):
        until = date_format(timezone.localtime(grant.until, offer.workspace.zone).date(), "DATE_FORMAT")
    values = {"name": customer.name if customer else "", "code": grant.code, "until": until, "company": offer.workspace.name}
    values |= {f"trait:{name}": str(value) for name, value in traits.items() if isinstance(value, str | int | float)}
    named = {name for name in ("code", "until") if name in holes(text, ())}
    more = [_lines()[language][name].format(**values) for name in ("code", "until") if name not in named]
    return "\n\n".join(filter(None, (piped(text, values), "\n".join(more))))


def _language(texts: Mapping[str, str], wanted: list[object]) -> str:
    for one in wanted:
        known = str(one or "").replace("_", "-").casefold().split("-")[0]
        if texts.get(known):
            return known
    return next((language for language in LANGUAGES if texts.get(language)), "en")


@cache
def _lines() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load((files(__package__) / "words.yaml").read_text(encoding="utf-8"))
    return found
