"""Puts addresses on the list: one, a paste of many, a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regard.customers.contact.suppression.addresses import masked, read_address
from regard.customers.contact.suppression.barred import tell
from regard.customers.contact.suppression.models import Why
from regard.workspace.audit.models import AuditEntry

#: Larger files are for several uploads; 10 MB are some 250,000 addresses.
BIGGEST = 10_000_000
_SHOWN = 50
_COLUMNS = ("address", "email", "e-mail", "mail", "phone", "number", "msisdn")


@dataclass(frozen=True)
class Line:
    """One address as it was given, where it stood, and what was said of it."""

    number: int
    text: str
    why: str = ""
    note: str = ""


@dataclass
class Report:
    """What became of the lines. Of the bad ones the first are kept, with their number, text and fault."""

    added: int = 0
    known: int = 0
    bad: int = 0
    faults: list[tuple[int, str, str]] = field(default_factory=list)


@transaction.atomic
def suppress(workspace: int, lines: Iterable[Line], *, why: str, by: str, now: datetime, note: str = "") -> Report:
    """Add what is an address and not there yet. What a line says of its reason goes before `why`."""
    report, rows = Report(), {}
    for line in lines:
        read = read_address(line.text)
        given = line.why.strip().lower()
        if read is None:
            _fault(report, line, _("neither an e-mail address nor a phone number"))
        elif given and given not in Why.values:
            _fault(report, line, _("an unknown reason; give one of %(reasons)s") % {"reasons": ", ".join(Why.values)})
        elif read in rows:
            report.known += 1
        else:
            rows[read] = (given or Why(why).value, (line.note or note).replace("\0", "")[:300])
    report.added = _insert(workspace, rows, by, now)
    tell(workspace, rows)
    report.known += len(rows) - report.added
    if report.added:
        only = masked(next(iter(rows))[1]) if len(rows) == 1 else f"{report.added} addresses"
        AuditEntry.write(workspace, actor=by, action="suppression.added", subject=only, reason=why, added=report.added)
    return report


def pasted(text: str) -> Iterator[Line]:
    """Addresses on lines of their own, or parted by commas and semicolons."""
    for number, line in enumerate(text.replace(",", "\n").replace(";", "\n").splitlines(), 1):
        if line.strip():
            yield Line(number, line.strip())


def from_csv(content: bytes) -> Iterator[Line]:
    """Rows of a CSV file: a column `address` (or `email`, `phone`), and if you like `reason` and `note`. Without a header the first
    column is the address.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    text = text.replace("\0", "")
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    places = {"address": 0}
    for number, row in enumerate(_readable(rows), 1):
        names = [cell.strip().lower() for cell in row]
        if number == 1 and any(name in _COLUMNS for name in names):
            places = {name: place for place, name in enumerate(names)}
            places["address"] = next(place for place, name in enumerate(names) if name in _COLUMNS)
            continue
        cell = {name: row[place] for name, place in places.items() if place < len(row)}
        if any(one.strip() for one in row):
            yield Line(number, cell.get("address", ""), cell.get("reason", ""), cell.get("note", ""))


def _readable(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond any size: counted as a bad row
            yield ["?"]


def _fault(report: Report, line: Line, fault: str) -> None:
    report.bad += 1
    if len(report.faults) < _SHOWN:
        report.faults.append((line.number, line.text[:80], fault))


def _insert(workspace: int, rows: dict[tuple[str, str], tuple[str, str]], by: str, now: datetime) -> int:
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into customers_suppression (workspace_id, kind, address, why, note, added, added_by) "
            "select %s, kind, address, why, note, %s, %s from unnest(%s::text[], %s::text[], %s::text[], %s::text[]) "
            "as given(kind, address, why, note) on conflict do nothing",
            [
                workspace, now, by[:254], [kind for kind, _address in rows], [address for _kind, address in rows],
                [why for why, _note in rows.values()], [note for _why, note in rows.values()],
            ],
        )  # fmt: skip
        return int(cursor.rowcount)
