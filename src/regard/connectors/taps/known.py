"""Which records are new or changed since they last came: the rest need not be taken in again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

import msgspec
from django.db import connection

Cells = dict[str, str | None]


@dataclass(frozen=True)
class Record:
    """A record as it came: its cells, or what is wrong with it and how it looked."""

    number: int
    cells: Cells
    key: UUID
    content: UUID
    problem: str | None = None
    raw: str | None = None


@dataclass(frozen=True)
class Versioned:
    record: Record
    version: int


_KNOWN = "select key, content, version from connectors_knownrecord where stream_id = %s and key = any(%s)"
_LEARN = """
insert into connectors_knownrecord (stream_id, key, content, version) select %s, * from unnest(%s::uuid[], %s::uuid[], %s::int[])
on conflict (stream_id, key) do update set content = excluded.content, version = excluded.version
"""


def digest(*parts: str | None) -> UUID:
    return UUID(bytes=blake2b(msgspec.json.encode(parts), digest_size=16).digest())


def content_of(cells: Cells) -> UUID:
    return UUID(bytes=blake2b(msgspec.json.encode(sorted(cells.items())), digest_size=16).digest())


def keep_changed(stream: int, records: Sequence[Record]) -> list[Versioned]:
    """The records that say something new, each with its version; and from now on they are known. In the current transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [stream, list({record.key for record in records})])
        known: dict[UUID, tuple[UUID, int]] = {key: (content, version) for key, content, version in cursor.fetchall()}
        kept, learned = [], {}
        for record in records:
            before = known.get(record.key)
            if before is not None and before[0] == record.content:
                continue
            now = (record.content, before[1] + 1 if before else 0)
            known[record.key] = learned[record.key] = now
            kept.append(Versioned(record, now[1]))
        if learned:
            contents, versions = [one[0] for one in learned.values()], [one[1] for one in learned.values()]
            cursor.execute(_LEARN, [stream, list(learned), contents, versions])
    return kept
