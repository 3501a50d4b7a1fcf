"""Taking customers out of the inbox: what they sent, and what was sent about them, is struck from the bodies that are kept."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction

from regard.customers.identity.names import Key
from regard.customers.identity.rules import Rules
from regard.customers.privacy.needles import SHORTEST
from regard.customers.privacy.registry import Taken
from regard.ledger.inbox.body import packed, unpacked
from regard.ledger.inbox.models import Form
from regard.ledger.inbox.strike import BODIES, replacing, unchanged
from regard.ledger.record.batch import Arrival
from regard.ledger.record.people import people_of
from regard.ledger.record.project import DECODERS

log = logging.getLogger(__name__)
_AT_ONCE = 100
_NEXT = """
select id, source_id, form, received, items, size, body from ledger_inboxrow where workspace_id = %s and id > %s order by id limit %s
"""


@dataclass(frozen=True)
class _About:
    """Whose items are looked for."""

    keys: frozenset[Key]
    profiles: frozenset[int]
    pattern: re.Pattern[str] | None
    #: Every key is found by the pattern however it was spelled, so a body without it need not be read.
    by_words: bool


def erase_inbox(taken: Taken) -> int:
    """Returns how many items were struck. The projector must pause meanwhile."""
    rules, count = Rules.of(taken.workspace), 0
    about = _About(
        frozenset(key for one in taken.subjects for key in one.keys),
        frozenset(taken.profiles),
        taken.needles.compiled if taken.needles.plain else None,
        not rules.gmail_dots and all(
            len(value) >= SHORTEST and value.isascii() for one in taken.subjects for _namespace, value in one.keys
        ),
    )  # fmt: skip
    for arrival in _arrivals(taken.workspace):
        body = BODIES[arrival.form]
        named = about.pattern is not None and body.names(arrival.body, about.pattern)
        if not named and about.by_words and arrival.form != Form.ROWS:
            continue
        items = _items(taken.workspace, arrival, about, rules)
        if not items and not named:
            continue
        replace = replacing(about.pattern) if named and about.pattern else unchanged
        _keep(arrival, body.strike(arrival.body, items, replace), items)
        count += len(items)
    return count


def still_named(taken: Taken) -> int:
    """In how many inbox rows one of the needles still occurs."""
    if not taken.needles.plain:
        return 0
    pattern = taken.needles.compiled
    return sum(BODIES[arrival.form].names(arrival.body, pattern) for arrival in _arrivals(taken.workspace))


def _arrivals(workspace: int) -> Iterator[Arrival]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [workspace, last, _AT_ONCE])
            found = cursor.fetchall()
        for id, source, form, received, items, size, body in found:
            yield Arrival(id, source, form, received, items, unpacked(body, size))
            last = id
        if len(found) < _AT_ONCE:
            return


def _items(workspace: int, arrival: Arrival, about: _About, rules: Rules) -> set[int]:
    """Positions of the items that are about them, read the way the projector reads them."""
    try:
        decoded = DECODERS[arrival.form](workspace, [arrival])
    except Exception:  # a body that we fail to read is kept unread; its words are replaced
        log.exception("Inbox row %s cannot be read to erase somebody", arrival.id)
        return set()
    people, member = people_of(decoded.rows, rules)
    theirs = np.array(
        [any(key in about.keys for key in (*one.keys, ("user", one.same_as))) for one in people] or [False], bool
    )
    by_number = np.isin(decoded.rows.column("about").fill_null(0).to_numpy(), list(about.profiles))
    written = by_number | theirs[member] if len(people) else by_number
    positions = set(decoded.rows.column("position").to_numpy()[written].tolist())
    if about.pattern:
        for refused in decoded.refused.select(["position", "raw"]).to_pylist():
            if about.pattern.search(refused["raw"] or ""):
                positions.add(refused["position"])
    return positions


@transaction.atomic
def _keep(arrival: Arrival, body: bytes, items: set[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update ledger_inboxrow set body = %s, size = %s where id = %s", [packed(body), len(body), arrival.id]
        )
        cursor.execute(
            "delete from ledger_refuseditem where inbox = %s and position = any(%s)", [arrival.id, sorted(items)]
        )
