"""What the customer is told of what they get, in a language of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from regard.customers.people.models import Profile
from regard.customers.traits.language import spoken
from regard.loyalty.offers.models import Grant, Offer
from regard.outreach.messages.piped import holes, piped

#: What can stand in the holes, besides traits.
KNOWN = ("name", "code", "until", "company")
LANGUAGES = {"en": "English", "fr": "Français", "de": "Deutsch", "es": "Español", "it": "Italiano", "ar": "العربية"}


def language_of(grant: Grant, *, heard: str = "") -> str:
    """Of theirs the first that it is written in (then the one that they were `heard` to use), else the first of all."""
    written = [language for language in LANGUAGES if grant.offer.texts.get(language)]
    return spoken(grant.profile.traits if grant.profile else {}, written, heard) or next(iter(written), "en")


def said(grant: Grant, *, heard: str = "") -> str:
    """With the code and until when, whether or not the words have holes for them."""
    offer, customer = grant.offer, grant.profile
    traits: Mapping[str, Any] = customer.traits if customer else {}
    language = language_of(grant, heard=heard)
    text = offer.texts.get(language, "")
    with override(language):
        until = date_format(timezone.localtime(grant.until, offer.workspace.zone).date(), "DATE_FORMAT")
    values = {"name": customer.name if customer else "", "code": grant.code, "until": until, "company": offer.workspace.name}
    values |= {f"trait:{name}": str(value) for name, value in traits.items() if isinstance(value, str | int | float)}
    named = {name for name in ("code", "until") if name in holes(text, ())}
    more = [_lines()[language][name].format(**values) for name in ("code", "until") if name not in named]
    return "\n\n".join(filter(None, (piped(text, values), "\n".join(more))))


def would_say(offer: Offer, customer: Profile, *, now: datetime) -> tuple[str, str]:
    """In which language and words they would be told, were it given to them now; a code of their own is drawn only then."""
    grant = Grant(offer=offer, profile=customer, code=offer.code or _("⟨their code⟩"), until=now + timedelta(days=offer.days))
    return language_of(grant), said(grant)


@cache
def _lines() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load((files(__package__) / "words.yaml").read_text(encoding="utf-8"))
    return found
