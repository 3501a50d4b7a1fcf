"""Rows that Regard itself wrote into the inbox (notes, responses): they already have the ledger's names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pyarrow as pa

from regard.ledger.inbox.strike import DETAIL, ERASED, MARK
from regard.ledger.record.batch import Arrival
from regard.ledger.record.columns import ROWS
from regard.ledger.record.decoded import Decoded
from regard.ledger.record.events import item_id
from regard.ledger.record.refusals import Refusals


def decode(workspace: int, arrivals: Sequence[Arrival]) -> Decoded:
    made: list[dict[str, Any]] = []
    refusals = Refusals()
    for arrival in arrivals:
        for position, row in enumerate(json.loads(arrival.body)):
            if row["kind"] == MARK:
                refusals.add(arrival.id, position, ERASED, DETAIL, b"")
                continue
            at = datetime.fromisoformat(row["at"]).astimezone(UTC)
            message_id = row.pop("message_id")
            if "response" in row:
                row["response"] = UUID(row["response"]).bytes
            made.append(
                {
                    "part": 0,
                    "version": 0,
                    **row,
                    "at": at,
                    "id": item_id(message_id),
                    "inbox": arrival.id,
                    "position": position,
                }
            )
    return Decoded(pa.Table.from_pylist(made, schema=ROWS), refusals.table())
