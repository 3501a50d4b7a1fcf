"""Everything that is kept of one customer as a file they can be given: JSON to be read by programs, CSV to be read by people."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

from defusedcsv import csv

from regard.customers.privacy.registry import REGISTRY, Section, Subject

#: Beyond that it is written to a temporary file of ours.
_IN_MEMORY = 8_000_000


def sections(subject: Subject) -> Iterator[Section]:
    for keeper in REGISTRY.keepers:
        yield from keeper.export(subject)


def files(subject: Subject) -> Iterator[tuple[str, IO[bytes]]]:
    for keeper in REGISTRY.keepers:
        yield from keeper.files(subject)


def archive(subject: Subject) -> IO[bytes]:
    """A ZIP: each table as `name.csv` and `name.json`. Read row by row, so it fits in memory whatever there is of them."""
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed to the response, which closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as whole:
        for section in sections(subject):
            _write(whole, f"{_named(section)}.csv", _csv(section.rows))
        for section in sections(subject):
            _write(whole, f"{_named(section)}.json", _json(section.rows))
        for name, content in files(subject):
            with content, whole.open(f"files/{name}", "w") as entry:
                shutil.copyfileobj(content, entry)
        whole.writestr("README.txt", _README.format(customer=subject.customer, tables=len(list(sections(subject)))))
    file.seek(0)
    return file


_README = """Everything that is kept of customer {customer}, in {tables} tables.

Each table is there twice: as CSV for spreadsheets and as JSON for programs. "timeline" is what happened and what was said,
"identifiers" what they are known by, "traits by source" what is said of them and by whom, "consents" what they agreed to.
What they sent as files is in the folder "files".
Times are UTC.
"""


def as_dict(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """The same as one value, for the API."""
    return {
        section.name: [{key: plain(value) for key, value in row.items()} for row in section.rows]
        for section in sections(subject)
    }


def plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return str(value) if isinstance(value, UUID) else value


def _named(section: Section) -> str:
    return re.sub(r"[^a-z0-9]+", "-", section.name.lower()).strip("-")


def _write(whole: zipfile.ZipFile, name: str, texts: Iterable[str]) -> None:
    with whole.open(name, "w") as entry:
        for text in texts:
            entry.write(text.encode("utf-8", "replace"))


def _csv(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    line = io.StringIO()
    writer, first = csv.writer(line), True
    for row in rows:
        if first:
            writer.writerow(list(row))
            first = False
        cells = (plain(value) for value in row.values())
        writer.writerow(
            [json.dumps(cell, ensure_ascii=False) if isinstance(cell, dict | list) else cell for cell in cells]
        )
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _json(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield "[\n"
    for place, row in enumerate(rows):
        yield (",\n" if place else "") + json.dumps(
            {key: plain(value) for key, value in row.items()}, ensure_ascii=False, default=str
        )
    yield "\n]\n"
