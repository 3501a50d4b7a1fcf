"""Refused rows as a file, of an import or of a connection."""

from __future__ import annotations

from collections.abc import Iterator

from defusedcsv import csv
from django.http import StreamingHttpResponse

from regard.connectors.files.queries import refused_rows


def refused_csv(source: int | None, *, name: str) -> StreamingHttpResponse:
    """`source` is None for what has brought nothing in yet."""
    response = StreamingHttpResponse(_lines(source), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Echo:
    """What the CSV writer writes is handed on at once."""

    def write(self, text: str) -> str:
        return text


def _lines(source: int | None) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(["code", "reason", "row"])
    for row in refused_rows(source) if source is not None else ():
        yield writer.writerow(row)
