"""What the pages of connections show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import connection as database
from django.db.models import Max
from django.utils import timezone

from regard.connectors.files.queries import Reason, reasons_of
from regard.connectors.taps.models import Connection, Run, Stream
from regard.connectors.taps.schedule import next_after
from regard.ledger.inbox.body import unpacked
from regard.ledger.inbox.models import InboxRow


@dataclass(frozen=True)
class Counts:
    """accepted + refused + repeated + waiting = what reached the inbox; with `known` all records."""

    records: int = 0
    known: int = 0
    accepted: int = 0
    refused: int = 0
    repeated: int = 0
    waiting: int = 0

    @property
    def unchanged(self) -> int:
        return self.known + self.repeated


@dataclass(frozen=True)
class StreamOfRun:
    name: str
    counts: Counts
    stopped: str


@dataclass(frozen=True)
class RunTold:
    run: Run
    streams: tuple[StreamOfRun, ...]

    @property
    def total(self) -> Counts:
        names = ("records", "known", "accepted", "refused", "repeated", "waiting")
        return Counts(**{name: sum(getattr(one.counts, name) for one in self.streams) for name in names})


@dataclass(frozen=True)
class StreamTold:
    stream: Stream
    counts: Counts
    state: str  # new, sampled, mapped


@dataclass(frozen=True)
class Told:
    """A connection as its page shows it."""

    connection: Connection
    streams: tuple[StreamTold, ...]
    offered: int
    active: Run | None
    latest: Run | None
    runs: tuple[RunTold, ...]
    reasons: tuple[Reason, ...]
    following: datetime | None

    @property
    def accepted(self) -> int:
        return sum(one.counts.accepted for one in self.streams)

    @property
    def refused(self) -> int:
        return sum(one.counts.refused for one in self.streams)

    @property
    def waiting(self) -> int:
        return sum(one.counts.waiting for one in self.streams)

    @property
    def step(self) -> str:
        """What has to be done next: install, settings, test, streams, map, or run."""
        if not self.connection.ready:
            return "install"
        if not self.connection.settings_sealed:
            return "settings"
        if self.connection.catalog is None:
            return "test"
        if not self.streams:
            return "streams"
        return "map" if not all(one.stream.confirmed for one in self.streams) else "run"


_OF_RUNS = """
select told.run_id, stream.name, told.records, told.known, told.stopped, coalesce(sum(inbox.accepted), 0), coalesce(sum(inbox.refused), 0),
       coalesce(sum(inbox.repeated), 0), coalesce(sum(inbox.items) filter (where inbox.done is null), 0)
from connectors_runstream told join connectors_stream stream on stream.id = told.stream_id
left join ledger_inboxrow inbox on inbox.id = any(told.inboxes)
where told.run_id = any(%s) group by told.id, stream.name order by stream.name
"""
_OF_SOURCES = """
select source_id, coalesce(sum(items), 0), coalesce(sum(accepted), 0), coalesce(sum(refused), 0), coalesce(sum(repeated), 0),
       coalesce(sum(items) filter (where done is null), 0)
from ledger_inboxrow where source_id = any(%s) group by source_id
"""


@dataclass(frozen=True)
class Listed:
    connection: Connection
    latest: Run | None
    following: datetime | None
    records: int


def connections_of(workspace: int) -> list[Listed]:
    found = list(
        Connection.objects.filter(workspace_id=workspace).select_related("workspace").defer("catalog", "about", "state")
    )
    now = timezone.now()
    sources = {
        stream.source_id: stream.connection_id
        for stream in Stream.objects.filter(connection__in=found).exclude(source=None).defer("sample")
    }
    counts = _counts([source for source in sources if source])
    listed = []
    for one in found:
        latest = one.runs.defer("log", "state_before", "state_after").first()
        asked = one.runs.filter(kind=Run.Kind.RUN).aggregate(at=Max("asked"))["at"]
        records = sum(
            counts[source].accepted for source, owner in sources.items() if owner == one.pk and source in counts
        )
        listed.append(Listed(one, latest, next_after(one, last=asked, now=now), records))
    return listed


def told(connection: Connection) -> Told:
    streams = list(connection.streams.filter(selected=True).defer("sample"))
    counts = _counts([stream.source_id for stream in streams if stream.source_id])
    runs = list(connection.runs.defer("state_before", "state_after", "log")[:20])
    asked = connection.runs.filter(kind=Run.Kind.RUN).aggregate(at=Max("asked"))["at"]
    return Told(
        connection=connection,
        streams=tuple(
            StreamTold(stream, counts.get(stream.source_id or 0, Counts()), "mapped" if stream.confirmed else "sampled" if stream.map_text else "new")
            for stream in streams
        ),
        offered=connection.streams.count(),
        active=next((run for run in runs if run.ended is None), None),
        latest=runs[0] if runs else None,
        runs=runs_told(runs),
        reasons=reasons_of([stream.source_id for stream in streams if stream.source_id]),
        following=next_after(connection, last=asked, now=timezone.now()),
    )  # fmt: skip


def runs_told(runs: list[Run]) -> tuple[RunTold, ...]:
    with database.cursor() as cursor:
        cursor.execute(_OF_RUNS, [[run.pk for run in runs]])
        rows = cursor.fetchall()
    return tuple(RunTold(run, tuple(_stream(row) for row in rows if row[0] == run.pk)) for run in runs)


def first_records(stream: Stream, *, rows: int = 2000) -> pa.Table:
    """The first raw records: those that were looked at, or once it has run those in the inbox. Empty when there are none."""
    if stream.sample:
        return pa.ipc.open_stream(bytes(stream.sample)).read_all().slice(0, rows)
    kept = InboxRow.objects.filter(source_id=stream.source_id).order_by("-id").first() if stream.source_id else None
    if kept is None:
        return pa.table({name: pa.array([], pa.string()) for name in stream.import_map.reading.columns})
    return pa.ipc.open_stream(unpacked(kept.body, kept.size)).read_all().slice(0, rows)


def _stream(row: tuple[Any, ...]) -> StreamOfRun:
    _run, name, records, known, stopped, accepted, refused, repeated, waiting = row
    return StreamOfRun(name, Counts(records, known, int(accepted), int(refused), int(repeated), int(waiting)), stopped)


def _counts(sources: list[int]) -> dict[int, Counts]:
    with database.cursor() as cursor:
        cursor.execute(_OF_SOURCES, [sources])
        return {
            source: Counts(int(items), 0, int(accepted), int(refused), int(repeated), int(waiting))
            for source, items, accepted, refused, repeated, waiting in cursor.fetchall()
        }
