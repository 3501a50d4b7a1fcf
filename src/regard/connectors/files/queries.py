"""What the pages of imports show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db import connection
from django.utils import timezone

from regard.connectors.files.chunking import sample
from regard.connectors.files.decoding import decode
from regard.connectors.files.import_map import ImportMap
from regard.connectors.files.models import FileImport
from regard.connectors.files.rows import OWN
from regard.ledger.inbox.body import unpacked
from regard.ledger.inbox.models import InboxRow
from regard.ledger.record.decoded import Decoded
from regard.ledger.refused.models import RefusedItem

TRIAL = 100


@dataclass(frozen=True)
class Reason:
    """Why rows were refused: one sentence as an example, and how many have the same kind of fault."""

    code: str
    example: str
    count: int


@dataclass(frozen=True)
class Report:
    """How far an import is. Of `rows`, `stored` are in the inbox; each of those ends as one of the other
    three.
    """

    found: FileImport
    rows: int
    stored: int
    accepted: int
    refused: int
    repeated: int
    reasons: tuple[Reason, ...]

    @property
    def settled(self) -> int:
        return self.accepted + self.refused + self.repeated

    @property
    def done(self) -> bool:
        finished = bool(self.found.durable) and self.settled >= self.stored
        return bool(self.found.failed or self.found.undone) or finished

    @property
    def share(self) -> float:
        """0 … 1; taking in and projecting count the same."""
        return min(1.0, (self.stored + self.settled) / (2 * self.rows)) if self.rows else 0.0


@dataclass(frozen=True)
class Made:
    """A ledger row as people read it; `rest` holds the other columns as (name, value)."""

    kind: str
    at: datetime
    place: str
    score: str
    text: str
    rest: tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Trial:
    """What the map makes of the first rows."""

    rows: int
    accepted: int
    reasons: tuple[Reason, ...]
    made: tuple[Made, ...]
    total: int


_TOLD = """
select coalesce(sum(items), 0), coalesce(sum(accepted), 0), coalesce(sum(refused), 0),
    coalesce(sum(repeated), 0)
from ledger_inboxrow where source_id = %s
"""
_REASONS = """
select code, min(detail), count(*) from ledger_refuseditem where source_id = any(%s)
group by code order by 3 desc limit 20
"""


def report(found: FileImport) -> Report:
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [found.source_id])
        stored, accepted, refused, repeated = cursor.fetchone()
    reasons = reasons_of([found.source_id] if found.source_id else [])
    rows = found.rows or stored
    return Report(found, rows, stored, accepted, refused, repeated, reasons)


def reasons_of(sources: list[int]) -> tuple[Reason, ...]:
    """Why rows of these sources were refused, the commonest first."""
    with connection.cursor() as cursor:
        cursor.execute(_REASONS, [sources])
        return tuple(Reason(code, example, count) for code, example, count in cursor.fetchall())


def first_rows(found: FileImport, *, rows: int = TRIAL) -> pa.Table:
    """The first raw rows: of the upload, or once it is gone of the inbox. Empty when both are gone."""
    if found.path is not None and found.path.exists():
        return sample(found.path, reading=found.import_map.reading, rows=rows)
    kept = InboxRow.objects.filter(source_id=found.source_id).order_by("id").first() if found.source_id else None
    if kept is None:
        return pa.table({name: pa.array([], pa.string()) for name in found.import_map.reading.columns})
    return pa.ipc.open_stream(unpacked(kept.body, kept.size)).read_all().slice(0, rows)


def examples(table: pa.Table, *, most: int = 4) -> dict[str, list[str]]:
    """Some different cells of each column."""
    names = [name for name in table.column_names if name not in OWN]
    return {
        name: [cell[:40] for cell in dict.fromkeys(table[name].to_pylist()) if cell and cell.strip()][:most]
        for name in names
    }


def trial(found: FileImport, import_map: ImportMap) -> Trial:
    """Decode the first rows and write nothing."""
    return try_out(first_rows(found), import_map, namespace=found.sha256, zone=found.workspace.zone)


def try_out(table: pa.Table, import_map: ImportMap, *, namespace: str, zone: ZoneInfo) -> Trial:
    """What a map makes of raw rows, of a file or of a connection. Nothing is written."""
    decoded = decode(table, import_map, inbox=0, item_namespace=namespace, imported_at=timezone.now(), zone=zone)
    counted: dict[str, Reason] = {}
    for code, detail in zip(decoded.refused["code"].to_pylist(), decoded.refused["detail"].to_pylist(), strict=True):
        before = counted.get(code)
        counted[code] = Reason(code, before.example if before else detail, before.count + 1 if before else 1)
    return Trial(
        rows=table.num_rows,
        accepted=table.num_rows - decoded.refused.num_rows,
        reasons=tuple(counted.values()),
        made=_shown(decoded),
        total=decoded.rows.num_rows,
    )


def refused_rows(source: int) -> Iterator[tuple[str, str, str]]:
    """(reason, what to do about it in one sentence, the row as it came), oldest first."""
    items = RefusedItem.objects.filter(source_id=source).order_by("inbox", "position")
    for item in items.iterator(chunk_size=2000):
        yield item.code, item.detail, item.text


def _shown(decoded: Decoded) -> tuple[Made, ...]:
    order = [("position", "ascending"), ("part", "ascending")]
    return tuple(_made(row) for row in decoded.rows.sort_by(order).slice(0, 8).to_pylist())


def _made(row: dict[str, Any]) -> Made:
    score = "" if row["score"] is None else f"{row['metric']} {row['score']:g} ({row['scale_low']}–{row['scale_high']})"
    told = {
        "inbox", "position", "part", "id", "version", "response", "kind", "at", "touchpoint", "score",
        "metric", "scale_low", "scale_high", "text",
    }  # fmt: skip
    return Made(
        kind=row["kind"],
        at=row["at"],
        place=row["touchpoint"] or row["event"] or "",
        score=score,
        text=row["text"] or "",
        rest=tuple((name, value) for name, value in row.items() if name not in told and value is not None),
    )
