from __future__ import annotations

from collections.abc import Iterator
from csv import reader
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regard.connectors.writeback.farewell import bid_farewell
from regard.connectors.writeback.folder import put
from regard.connectors.writeback.models import Batch, Destination, Sent
from regard.customers.privacy.registry import Keeper, Section, Subject, Taken, counts_nothing, gives_nothing


def _count(subject: Subject) -> int:
    return Sent.objects.filter(customer__in=subject.profiles).count()


def _export(subject: Subject) -> Iterator[Section]:
    """To whom what we know was passed on."""
    names = Destination.objects.filter(pk__in=Sent.objects.filter(customer__in=subject.profiles).values("destination"))
    yield Section("passed_on", ({"destination": one.name, "to": one.host or one.kind} for one in names))


def _erase(taken: Taken) -> int:
    """Where they were sent is told later that they are gone. Batches that wait and name them are made anew without them."""
    with transaction.atomic():
        bid_farewell(taken.subjects)
        return _forget(taken)


def _forget(taken: Taken) -> int:
    waiting = Batch.objects.filter(
        delivery__destination__workspace=taken.workspace, delivered=None, customers__overlap=list(taken.profiles)
    )
    count = 0
    for batch in waiting.select_related("delivery"):
        # Its customers come again with the next delivery: nothing says that they were reached.
        batch.delivery.close("stopped", str(_("A customer of it was erased.")))
        count += 1
    return count + Sent.objects.filter(customer__in=taken.profiles).delete()[0]


def _strike_files(taken: Taken) -> int:
    """Their lines leave the files that still lie here. Files that tell of erasures hold numbers alone."""
    files = (file for file in _files(taken.workspace) if not file.stem.endswith(f"-{Batch.What.ERASED}"))
    return sum(_strike(file, {str(who) for who in taken.profiles}) for file in files)


def _still_in_files(taken: Taken) -> int:
    if not taken.needles.plain:
        return 0
    pattern, found = taken.needles.compiled, 0
    for file in _files(taken.workspace):
        with file.open(encoding="utf-8", newline="") as lines:
            found += any(pattern.search(line) for line in lines)
    return found


def _files(workspace: int) -> Iterator[Path]:
    yield from (Path(settings.REGARD_DATA) / "exports" / str(workspace)).glob("*/*.csv")


def _strike(file: Path, ids: set[str]) -> int:
    """A customer's own line, by the id in its first column."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(reader(lines))
    left = [row for row in rows if not row or not ids & {row[0], *row[1].split(" ")}]
    if len(left) < len(rows):
        put(file, left)
    return len(rows) - len(left)


KEEPER = Keeper(
    "writeback", _("What was passed on to other systems"), ("connectors.Sent", "connectors.Batch", "connectors.Farewell"),
    _count, _export, _erase,
)  # fmt: skip
#: The same customers, whose export says so already.
FILES = Keeper(
    "writeback_files", _("Lines in files for other systems"), (), counts_nothing, gives_nothing, _strike_files, _still_in_files,
)  # fmt: skip
