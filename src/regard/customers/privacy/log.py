"""Which keys were erased when, also outside the database: a restored backup is older than what was erased since.

One JSON line a key in `erasures.log` of the data folder, of keyed hashes. Backups bring their own along; a restore reads both.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from regard.customers.privacy.keyed import keyed
from regard.customers.privacy.registry import Subject

NAME = "erasures.log"


@dataclass(frozen=True)
class Line:
    workspace: int
    hash: UUID
    at: datetime


def log_file() -> Path:
    return Path(settings.REGARD_DATA) / NAME


def note(subjects: Iterable[Subject], at: datetime) -> int:
    """Write their keys down, in the database and in the file, before anything is taken away. Returns how many keys."""
    lines = [Line(one.workspace, keyed(one.workspace, key), at) for one in subjects for key in one.keys]
    remember(lines)
    append(lines)
    return len(lines)


def remember(lines: Iterable[Line]) -> None:
    """In the database; of several the latest counts."""
    latest: dict[tuple[int, UUID], datetime] = {}
    for line in lines:
        place = (line.workspace, line.hash)
        latest[place] = max(line.at, latest.get(place, line.at))
    if not latest:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into customers_erasedkey (workspace_id, hash, at) "
            "select g.* from unnest(%s::bigint[], %s::uuid[], %s::timestamptz[]) as g(workspace, hash, at) "
            "where exists (select 1 from workspace_workspace w where w.id = g.workspace) "
            "on conflict (workspace_id, hash) do update set at = greatest(customers_erasedkey.at, excluded.at)",
            [[workspace for workspace, _ in latest], [hash for _, hash in latest], list(latest.values())],
        )


def append(lines: Iterable[Line], file: Path | None = None) -> None:
    """Durably, at the end of the file, which is closed to everyone else."""
    text = "".join(
        json.dumps({"workspace": line.workspace, "hash": str(line.hash), "at": line.at.isoformat()}) + "\n"
        for line in lines
    )
    if not text:
        return
    handle = os.open(file or log_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def lines_of(file: Path) -> Iterator[Line]:
    """The lines of a log; one that was cut short by a crash is left out."""
    if not file.exists():
        return
    for text in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            given = json.loads(text)
            yield Line(int(given["workspace"]), UUID(given["hash"]), datetime.fromisoformat(given["at"]))
        except (ValueError, KeyError, TypeError):
            continue
