"""Messages of a tap → the inbox. A STATE is committed with all records that came before it, or not at all."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pyarrow as pa
from django.db import transaction
from django.utils.translation import gettext as _

from regard.connectors.files.rows import KEY, PROBLEM, RAW, ROW, VERSION
from regard.connectors.taps.flatten import MOST_COLUMNS, BrokenRecord, Shape, columns_of, flat, shape_of
from regard.connectors.taps.known import Record, Versioned, content_of, digest, keep_changed
from regard.connectors.taps.messages import Garbage, Message, read
from regard.connectors.taps.models import Connection, Run, RunStream, Stream
from regard.connectors.taps.process import Line
from regard.ledger.inbox.put import put_chunk

CHUNK_ROWS = 5_000
CHUNK_BYTES = 8 << 20
PATIENCE = 10.0  # seconds that a record waits for others at most
GARBAGE_SHARE = 0.10
GARBAGE_FREE = 20  # so many lines of chatter are forgiven whatever their share
GARBAGE_SHOWN = 20


class BadTap(Exception):
    """The tap breaks the rules so that it cannot be followed any further. The message is one sentence."""


@dataclass
class Open:
    """A stream while it comes in."""

    stream: Stream
    row: RunStream
    shape: Shape | None = None  # None until its SCHEMA came
    declared: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    held: list[Record] = field(default_factory=list)
    twins: Counter[str] = field(default_factory=Counter)
    wide: bool = False

    @property
    def stopped(self) -> bool:
        return bool(self.row.stopped)


class Intake:
    """Takes line after line. `mask` takes secrets out of whatever is kept for people to read."""

    def __init__(
        self,
        run: Run,
        streams: Sequence[Stream],
        *,
        mask: Callable[[str], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.run, self.mask, self.clock = run, mask, clock
        self.lines = 0
        self.known_names = {stream.sent_as or stream.name for stream in streams}
        self._open = {
            stream.sent_as or stream.name: Open(
                stream, RunStream.objects.get_or_create(run=run, stream=stream)[0], keys=list(stream.keys)
            )
            for stream in streams
        }
        self._size, self._rows, self._since = 0, 0, clock()
        self._state: dict[str, Any] | None = None

    def take(self, line: Line) -> None:
        """Raises BadTap."""
        if not line.data.strip():
            return
        self.lines += 1
        message = read(line)
        if isinstance(message, Garbage):
            self._garbage(message)
        elif message.type == "RECORD":
            self._record(message, line)
        elif message.type == "SCHEMA":
            self._schema(message)
        elif message.type == "STATE":
            self._said(message)
        elif message.type == "BATCH":
            raise BadTap(
                _(
                    "The tap hands its records over in files (BATCH messages), which are not read here: take its setting “batch_config” out."
                )
            )
        elif message.type == "ACTIVATE_VERSION":
            self.run.note(_("What is no longer at the source is kept here (ACTIVATE_VERSION is not carried out)."))
        else:
            self.run.note(_("Messages of type “%(type)s” are passed over.") % {"type": message.type[:40]})
        if self._rows >= CHUNK_ROWS or self._size >= CHUNK_BYTES:
            self.commit()

    def idle(self) -> None:
        """To be called now and then: what has waited long enough is committed."""
        if (self._rows or self._state is not None) and self.clock() - self._since >= PATIENCE:
            self.commit()

    def commit(self) -> None:
        """All that is held and the STATE that came last, together."""
        if self._rows or self._state is not None:
            with transaction.atomic():
                for open_ in self._open.values():
                    self._put(open_)
                self._keep_state()
                self.run.save(update_fields=["records", "notes", "garbage", "garbage_lines", "state_after"])
        for open_ in self._open.values():
            open_.held = []
        self._size, self._rows, self._since, self._state = 0, 0, self.clock(), None

    def finish(self) -> None:
        """The last commit, and what the tap says of its streams now becomes what is known of them."""
        self.commit()
        for open_ in self._open.values():
            if open_.shape is not None and not open_.stopped:
                open_.stream.declared = open_.declared
                open_.stream.save(update_fields=["declared"])
        if self.too_much_garbage():
            raise BadTap(
                _("%(n)s of the %(all)s lines that the tap printed were no Singer messages.")
                % {"n": self.run.garbage, "all": self.lines}
            )

    @property
    def stopped(self) -> list[Open]:
        return [open_ for open_ in self._open.values() if open_.stopped]

    def too_much_garbage(self) -> bool:
        return self.run.garbage > GARBAGE_FREE and self.run.garbage > GARBAGE_SHARE * self.lines

    def _garbage(self, found: Garbage) -> None:
        open_ = self._open.get(found.stream)
        if open_ is not None and open_.shape is not None:
            shown = found.line.data[:4_000].decode("utf-8", "replace")
            self._hold(open_, self._broken(open_, found.problem, shown))
            return
        self.run.garbage += 1
        if len(self.run.garbage_lines) < GARBAGE_SHOWN:
            shown = found.line.data[:300].decode("utf-8", "replace").replace("\0", "\ufffd")
            self.run.garbage_lines = [*self.run.garbage_lines, self.mask(shown)]
        if self.run.garbage >= 200 and self.too_much_garbage():
            raise BadTap(
                _("The tap prints lines that are no Singer messages: %(n)s of its first %(all)s.")
                % {"n": self.run.garbage, "all": self.lines}
            )

    def _schema(self, message: Message) -> None:
        open_ = self._open.get(message.stream)
        if open_ is None:
            self.known_names.add(message.stream)
            return
        declared = columns_of(message.schema)
        keys = message.key_properties if message.key_properties is not None else open_.stream.keys
        before = open_.declared or open_.stream.declared
        open_.shape, open_.declared = shape_of(message.schema), declared
        self._compare(open_, before, declared)
        if keys and keys != open_.stream.keys:
            self._new_keys(open_, keys)
        mapped = [column.column for column in open_.stream.import_map.each("key")]
        open_.keys = open_.stream.keys or mapped

    def _compare(self, open_: Open, before: dict[str, str], now: dict[str, str]) -> None:
        """Say what changed; stop the stream when its map needs a column that has gone."""
        if not before or not now:
            return
        name, gone = open_.stream.name, sorted(before.keys() - now.keys())
        for column in sorted(now.keys() - before.keys())[:20]:
            self.run.note(
                _("%(stream)s has a new column: %(column)s. Its map does not use it yet.")
                % {"stream": name, "column": column}
            )
        for column in sorted(before.keys() & now.keys()):
            if before[column] != now[column]:
                self.run.note(
                    _("%(stream)s: %(column)s was %(was)s and is %(now)s now.")
                    % {"stream": name, "column": column, "was": before[column], "now": now[column]}
                )
        used = {column.column for column in open_.stream.import_map.columns if column.becomes != "ignore"}
        for column in gone[:20]:
            self.run.note(_("%(stream)s no longer has the column %(column)s.") % {"stream": name, "column": column})
        missing = [column for column in gone if column in used]
        if missing:
            self._stop(
                open_,
                _(
                    "%(stream)s no longer has the column “%(column)s”, which its map uses: nothing more of it is taken in until the map is changed."
                )
                % {"stream": name, "column": missing[0]},
            )

    def _new_keys(self, open_: Open, keys: list[str]) -> None:
        if open_.stream.source_id is None:
            open_.stream.keys = [key[:200] for key in keys]
            open_.stream.save(update_fields=["keys"])
        else:
            was, now = ", ".join(open_.stream.keys) or "–", ", ".join(keys)
            self._stop(
                open_,
                _(
                    "%(stream)s is now known by %(now)s, before by %(was)s: all its records would count again. Take back what came in and start over."
                )
                % {"stream": open_.stream.name, "now": now, "was": was},
            )

    def _stop(self, open_: Open, reason: str) -> None:
        open_.row.stopped = self.mask(reason)[:400]
        open_.row.save(update_fields=["stopped"])

    def _record(self, message: Message, line: Line) -> None:
        open_ = self._open.get(message.stream)
        if open_ is None:
            if message.stream not in self.known_names:
                raise BadTap(_("The tap sent a record of “%(stream)s” before its schema.") % {"stream": message.stream[:100]})  # fmt: skip
            return
        if open_.shape is None:
            raise BadTap(_("The tap sent a record of “%(stream)s” before its schema.") % {"stream": message.stream[:100]})  # fmt: skip
        if open_.stopped:
            return
        try:
            cells = flat(message.record, open_.shape)
            if len(cells) > MOST_COLUMNS:
                cells = dict(list(cells.items())[:MOST_COLUMNS])
                self.run.note(
                    _("%(stream)s has records of more than %(most)s columns; the rest of them is left out.")
                    % {"stream": open_.stream.name, "most": MOST_COLUMNS}
                )
            record = self._identified(open_, cells)
        except BrokenRecord as error:
            record = self._broken(open_, str(error), line.data[:4_000].decode("utf-8", "replace"))
        self._hold(open_, record, len(line.data))

    def _identified(self, open_: Open, cells: dict[str, str | None]) -> Record:
        """A record is known by its keys; without any by all it says, and how many times it has said so in this run."""
        content = content_of(cells)
        number = open_.row.records + 1
        if not open_.keys:
            open_.twins[content.hex] += 1
            return Record(number, cells, digest("all", content.hex, str(open_.twins[content.hex])), content)
        values = [cells.get(key) for key in open_.keys]
        if any(value is None for value in values):
            named = open_.keys[[value is None for value in values].index(True)]
            raise BrokenRecord(f"The record has no “{named}”, by which it would be known.")
        return Record(number, cells, digest("keys", *values), content)

    def _broken(self, open_: Open, problem: str, shown: str) -> Record:
        key = digest("broken", shown)
        return Record(open_.row.records + 1, {}, key, key, problem=self.mask(problem), raw=shown)

    def _hold(self, open_: Open, record: Record, size: int = 4_000) -> None:
        if open_.stopped:
            return
        open_.row.records += 1
        self.run.records += 1
        open_.held.append(record)
        self._rows, self._size = self._rows + 1, self._size + size

    def _said(self, message: Message) -> None:
        try:
            state = msgspec.json.decode(message.value)
        except (msgspec.DecodeError, RecursionError):
            state = None
        if not isinstance(state, dict):
            self.run.note(_("A STATE that is no object was passed over."))
            return
        self._state = state
        self.idle()

    def _put(self, open_: Open) -> None:
        if not open_.held:
            return
        fresh = keep_changed(open_.stream.pk, open_.held)
        open_.row.known += len(open_.held) - len(fresh)
        if fresh:
            source = open_.stream.its_source()
            row = put_chunk(
                workspace=self.run.connection.workspace_id, source=source.pk, chunk=chunk_of(fresh), received=None
            )
            open_.row.inboxes = [*open_.row.inboxes, row.pk]
        open_.row.save()

    def _keep_state(self) -> None:
        """What stands for records that were not taken in must not move on."""
        if self._state is None or self.too_much_garbage():
            return
        state = self._state
        if self.stopped:
            marks, before = state.get("bookmarks"), self.run.state_before.get("bookmarks") or {}
            if not isinstance(marks, dict):
                self.run.note(
                    _(
                        "How far the tap came is not kept, because one of its streams was stopped; the next run reads more than it must."
                    )
                )
                return
            held = {name: mark for name, mark in marks.items() if name not in self._stopped_names()}
            state = {**state, "bookmarks": held | {name: before[name] for name in self._stopped_names() if name in before}}  # fmt: skip
        self.run.state_after = state
        Connection.objects.filter(pk=self.run.connection_id).update(state=state)

    def _stopped_names(self) -> set[str]:
        return {name for open_ in self.stopped for name in (open_.stream.name, open_.stream.sent_as)}


def chunk_of(fresh: Sequence[Versioned]) -> pa.Table:
    """Records as the inbox keeps them: their cells as text, and by what each is known."""
    names: dict[str, None] = {}
    for one in fresh:
        names.update(dict.fromkeys(one.record.cells))
    columns = {name: pa.array([one.record.cells.get(name) for one in fresh], pa.string()) for name in names}
    columns[ROW] = pa.array([one.record.number % 2**32 for one in fresh], pa.uint32())
    columns[KEY] = pa.array([one.record.key.hex for one in fresh], pa.string())
    columns[VERSION] = pa.array([one.version for one in fresh], pa.uint32())
    if any(one.record.problem for one in fresh):
        columns[PROBLEM] = pa.array([one.record.problem for one in fresh], pa.string())
        columns[RAW] = pa.array([one.record.raw for one in fresh], pa.string())
    return pa.table(columns)
