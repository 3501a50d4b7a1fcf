"""What the ledger is told of cases, so that they stand on the customer's timeline and can be measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from regard.care.cases.models import Case
from regard.ledger.inbox.put import put_rows
from regard.ledger.sources.product import product_source

#: Something happened to these cases.
CHANGED = "case.changed"
_SOURCE = "Cases"


@dataclass(frozen=True)
class Row:
    case: Case
    event: str
    at: datetime
    #: Which one of this kind it is for the case, so that each stands once.
    nth: int = 0
    #: Seconds.
    lasted: float | None = None
    outcome: str = ""
    kind: str = "case"


def tell_ledger(workspace: int, rows: Sequence[Row]) -> None:
    if rows:
        put_rows(workspace=workspace, source=product_source(workspace, _SOURCE), rows=[_row(one) for one in rows])


def _row(row: Row) -> dict[str, object]:
    case = row.case
    found: dict[str, object] = {
        "kind": row.kind, "message_id": f"case/{case.pk}/{row.event}/{row.nth}", "at": row.at.isoformat(), "event": row.event,
        "outcome": row.outcome or case.state, "about": case.profile_id, "unit": case.unit.name, "channel": case.channel,
        "touchpoint": case.touchpoint.name if case.touchpoint else None, "duration": row.lasted,
        "properties": json.dumps({"case": case.number, "queue": case.queue.name, "priority": case.get_priority_display()}),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value not in (None, "")}
