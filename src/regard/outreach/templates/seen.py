"""How a message is looked at before it is sent: in one of its languages, or as one customer would read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from regard.customers.people.queries import Person, person
from regard.customers.search.queries import search
from regard.outreach.messages.senders import Content
from regard.outreach.templates.models import MessageTemplate
from regard.outreach.templates.write import Reader, written
from regard.warehouse.scope import Scope

_TRAIT = re.compile(r"\{\{\s*trait:([^{}]{1,80}?)\s*\}\}")


@dataclass(frozen=True)
class Seen:
    """`customer`: who reads it, None for somebody made up; `sought` is what they were looked for by."""

    content: Content
    language: str
    customer: Person | None
    sought: str


def seen(request: HttpRequest, template: MessageTemplate, *, scope: Scope) -> Seen:
    """As the address says: `?language=`, and `?reader=`, a customer's number, address or name."""
    version, sought = template.version, request.GET.get("reader", "").strip()
    customer = _found(scope, sought) if sought else None
    if customer is not None:
        words, reader = version.words_for(customer.traits), Reader(customer.name, customer.traits)
    else:
        language = request.GET.get("language", "")
        words = next((one for one in version.languages if one["language"] == language), version.languages[0])
        reader = _somebody(words)
    content = written(template.workspace, words, reader, channel=template.channel, unsubscribe="#")
    return Seen(content, words["language"], customer, sought)


def _found(scope: Scope, sought: str) -> Person | None:
    if sought.isdecimal() and len(sought) < 19 and (by_number := person(scope, int(sought))) is not None:
        return by_number
    return next(iter(search(scope, sought).people), None)


def _somebody(words: Mapping[str, str]) -> Reader:
    """Who reads it where no customer is named: what would be known of them stands there by its name."""
    return Reader("Inès Moreau", {name: f"⟨{name}⟩" for name in _TRAIT.findall(" ".join(words.values()))})
