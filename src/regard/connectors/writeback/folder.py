"""A batch as a CSV file below the data folder's `exports`. The name comes from the batch: written again, it is the same file."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path

from defusedcsv import csv
from django.conf import settings
from django.utils.translation import gettext as _

from regard.connectors.writeback.batch import rows_to_send
from regard.connectors.writeback.models import Batch, Destination
from regard.connectors.writeback.queries import Row
from regard.connectors.writeback.webhook import NotTaken


def folder_of(destination: Destination) -> Path:
    return Path(settings.REGARD_DATA) / "exports" / str(destination.workspace_id) / str(destination.pk)


def write(destination: Destination, batch: Batch) -> None:
    """Whole or not at all; only this account may read it. Raises NotTaken."""
    folder = folder_of(destination)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        put(folder / name_of(batch), lines_of(batch))
    except OSError as problem:
        raise NotTaken(_("The file could not be written: %(why)s.") % {"why": problem.strerror or ""}) from None


def name_of(batch: Batch) -> str:
    """Who left and who was erased have files of their own."""
    about = "" if batch.what == Batch.What.CHANGED else f"-{batch.what}"
    return f"{batch.made:%Y%m%dT%H%M%S}-{batch.key.hex}{about}.csv"


def lines_of(batch: Batch) -> list[list[str]]:
    rows = [flat(row) for row in rows_to_send(batch)]
    head = list(dict.fromkeys(name for row in rows for name in row))
    return [head, *([row.get(name, "") for name in head] for row in rows)]


def content_of(batch: Batch) -> bytes:
    """The file as it would lie in the folder."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines_of(batch))
    return out.getvalue().encode()


def put(file: Path, lines: Iterable[list[str]]) -> None:
    half = file.with_suffix(".part")
    with open(half, "w", newline="", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        csv.writer(out).writerows(lines)
        out.flush()
        os.fsync(out.fileno())
    half.replace(file)


def flat(row: Row) -> dict[str, str]:
    """A row as columns, the same for every row of a destination."""
    cells = {"id": str(row["id"]), "also": " ".join(map(str, row["also"]))}
    if "left" in row:
        cells |= {"left": row["left"], "into": str(row.get("into", ""))}
    cells |= {kind: " ".join(values) for kind, values in row.get("identifiers", {}).items()}
    cells |= {f"trait {name}": _plain(value) for name, value in row.get("traits", {}).items()}
    for metric, score in row.get("scores", {}).items():
        cells[f"last {metric}"] = f"{score['score']:g}" if score else ""
        cells[f"last {metric} at"] = score["at"] if score else ""
    if "segments" in row:
        cells["segments"] = ", ".join(row["segments"])
    return cells


def _plain(value: object) -> str:
    return "" if value is None else "true" if value is True else "false" if value is False else str(value)
