"""What the ledger is told of offers, so that they stand on the customer's timeline and can be measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from regard.ledger.inbox.put import put_rows
from regard.ledger.sources.product import product_source
from regard.loyalty.offers.models import Grant, Offer

_SOURCE = "Offers"


@dataclass(frozen=True)
class Row:
    grant: Grant
    event: str
    at: datetime
    outcome: str


def tell_ledger(offer: Offer, rows: Sequence[Row]) -> None:
    told = [_row(offer, one) for one in rows if one.grant.profile_id is not None]
    if told:
        put_rows(workspace=offer.workspace_id, source=product_source(offer.workspace_id, _SOURCE), rows=told)


def _row(offer: Offer, row: Row) -> dict[str, object]:
    """No code: whoever reads a timeline need not be able to spend it."""
    grant = row.grant
    return {
        "kind": "offer", "message_id": f"offer/{grant.pk}/{row.outcome}", "at": row.at.isoformat(), "event": f"{row.event}: {offer.name}",
        "outcome": row.outcome, "about": grant.profile_id, "unit": grant.unit.name if grant.unit else None,
        "properties": json.dumps({"offer": offer.name, "cost": str(grant.cost)}),
    }  # fmt: skip
