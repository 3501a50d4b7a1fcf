"""Files of cases in their store, the one that respondents' files are in. A file is committed with the letter or note that it came with; then
its bytes go to the store, and what was cut short is moved by the next who looks. So nothing is lost, and nothing stays behind that is nobody's.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from regard.care.cases.models import Case, Step
from regard.care.files.content import Content, NotKept, read
from regard.care.files.models import CaseFile
from regard.care.letters.models import Letter
from regard.listening.files.store import store
from regard.outreach.messages.senders import Enclosed

#: Of one letter or note: how many, and how many bytes; mail servers take little more.
MOST, MOST_BYTES = 10, 20_000_000
#: Of one case: strangers fill no disk.
_MOST_OF_A_CASE = 500_000_000
_AT_ONCE = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Given:
    """A file as somebody sent it."""

    name: str
    body: bytes


def keep_files(
    case: Case, given: Sequence[Given | Content], *, by: str, now: datetime, letter: Letter | None = None, step: Step | None = None,
    most_bytes: int = MOST_BYTES,
) -> list[str]:  # fmt: skip
    """In the current transaction; of `Content` it is known already what it is. Returns those that are not kept, each with why."""
    room = _MOST_OF_A_CASE - (case.files.aggregate(size=Sum("size"))["size"] or 0) if given else 0
    kept: list[CaseFile] = []
    refused: list[str] = []
    for one in given:
        try:
            if len(kept) >= MOST or sum(file.size for file in kept) + len(one.body) > most_bytes:
                raise NotKept(_("there are too many at once"))
            if len(one.body) > room:
                raise NotKept(_("the case holds too much already"))
            found = one if isinstance(one, Content) else read(one.name, one.body)
        except NotKept as problem:
            refused.append(f"{' '.join(one.name.replace(chr(0), '').split())[:100]} ({problem})")
            continue
        row = CaseFile(
            workspace_id=case.workspace_id, case=case, step=step, name=found.name, kind=found.kind, size=len(found.body), by=by, at=now,
            held=found.body,
        )  # fmt: skip
        kept.append(row)
        room -= row.size
    CaseFile.objects.bulk_create(kept)
    if letter is not None:
        letter.files.add(*kept)
    if kept:
        transaction.on_commit(partial(put_away, [one.pk for one in kept]))
    return refused


def put_away(which: Sequence[UUID] | None = None) -> int:
    """Move bytes to the store: of these, or of all that wait. Returns how many went; what cannot be stored now waits in the database."""
    waiting = CaseFile.objects.exclude(held=None)
    if which is not None:
        waiting = waiting.filter(pk__in=which)
    return sum(_put_one(pk) for pk in waiting.values_list("pk", flat=True)[:_AT_ONCE])


@transaction.atomic
def _put_one(pk: UUID) -> bool:
    row = CaseFile.objects.select_for_update(skip_locked=True).filter(pk=pk).exclude(held=None).first()
    if row is None:
        return False
    try:
        store().delete(row.place)  # what somebody began who was killed
        store().save(row.place, ContentFile(bytes(row.held or b"")))
    except Exception:  # each store has errors of its own
        _log.exception("A file of a case could not be kept in %s: it stays in the database, and is tried again.", type(store()).__name__)
        return False
    CaseFile.objects.filter(pk=pk).update(held=None)
    return True


def open_file(file: CaseFile) -> IO[bytes] | None:
    """None where its bytes are gone."""
    if file.held is not None:
        return io.BytesIO(bytes(file.held))
    try:
        return store().open(file.place)
    except FileNotFoundError:
        return None


def bytes_of(file: CaseFile) -> bytes | None:
    body = open_file(file)
    if body is None:
        return None
    with body:
        return body.read()


def enclosure(file: CaseFile) -> Enclosed:
    """As it goes out with a letter."""
    return Enclosed(file.name, file.kind, partial(bytes_of, file))


def chosen(case: Case, numbers: Sequence[str]) -> list[CaseFile]:
    """Those of a case that a form names; what is none of them is passed over."""
    return [one for one in case.files.all() if str(one.pk) in numbers] if numbers else []


def not_kept(refused: Sequence[str]) -> str:
    return _("Nothing was sent or noted, as not every file can be kept: %(files)s. Choose the files again.") % {"files": "; ".join(refused)}


def let_go(cases: Sequence[int]) -> int:
    """Of cases that go: nothing says any more whose they were, and their bytes follow when that is committed."""
    count = CaseFile.objects.filter(case__in=cases).update(case=None, step=None, name="", by="", held=None)
    transaction.on_commit(sweep)
    return count


def sweep() -> int:
    """Delete what is nobody's: the bytes first, so that a row is left of whatever was not deleted. Returns how many went."""
    gone = 0
    nobodys = CaseFile.objects.filter(case=None)
    for pk in nobodys.values_list("pk", flat=True)[:_AT_ONCE]:
        with transaction.atomic():
            row = nobodys.select_for_update(skip_locked=True).filter(pk=pk).first()
            if row is not None:
                try:
                    store().delete(row.place)
                except Exception:  # each store has errors of its own
                    _log.exception("A file of a case that is gone could not be deleted in %s; it is tried again.", type(store()).__name__)
                    continue
                row.delete()
                gone += 1
    return gone
