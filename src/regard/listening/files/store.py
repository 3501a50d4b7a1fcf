"""Files of respondents in their store: a folder, or whatever speaks S3. Each has a row before it has bytes and keeps it until they are
gone, so that nothing stays behind of what was cut short.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum

from regard.listening.answering.reading import Unfit
from regard.listening.files.content import ENDINGS, fit
from regard.listening.files.models import AnswerFile
from regard.listening.surveys.definition import File
from regard.web.files import parted

#: How long somebody may take from choosing a file to sending the page; and how long what was let go stays.
NOBODYS_FOR = timedelta(hours=1)
_log = logging.getLogger(__name__)
#: Of files that no answer has: strangers fill no disk.
_MOST_WAITING = 5_000_000_000
_AT_ONCE = 1_000


def store() -> Storage:
    return storages["answers"]


def keep(given: UploadedFile[Any], question: File) -> AnswerFile:
    """As nobody's yet. Raises Unfit."""
    waiting = AnswerFile.objects.filter(response=None).aggregate(size=Sum("size"))["size"] or 0
    if waiting > _MOST_WAITING:
        _log.warning("Files that belong to no answer take %s bytes: no more are taken before they go.", waiting)
        raise Unfit("file_later")
    found = fit(given, question.takes)
    row = AnswerFile.objects.create(
        question=question.id, kind=found.kind, size=len(found.body), name=_called(given.name or "", found.kind)
    )
    try:
        store().save(row.place, ContentFile(found.body))
    except Exception:  # each store has errors of its own
        _log.exception("A file could not be kept in %s", type(store()).__name__)
        raise Unfit("file_later") from None
    return row


def claim(response: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give a response the files among its answers: each becomes {"file": …, "name": …}, and what it had to the same question is let go.
    What is another's, or gone, is no answer.
    """
    found = dict(answers)
    for id in response.version.content.files() & answers.keys():
        mine = AnswerFile.objects.filter(response=response.pk, question=id)
        chosen = (answers[id] or {}).get("file")
        if chosen and (row := AnswerFile.objects.filter(pk=chosen, question=id, response=None).first()):
            mine.update(response=None)
            if AnswerFile.objects.filter(pk=row.pk, response=None).update(response=response.pk, name=""):
                found[id] = {"file": chosen, "name": row.name}
                continue
        held = response.answers.get(id)
        if held and held["file"] == chosen:
            found[id] = held
        else:
            mine.update(response=None)
            found[id] = None
    return found


def open_file(file: AnswerFile) -> IO[bytes] | None:
    """None where its bytes are gone."""
    try:
        return store().open(file.place)
    except FileNotFoundError:
        return None


def sweep(now: datetime) -> int:
    """Delete what is nobody's: the bytes first, so that a row is left of whatever was not deleted. Returns how many went."""
    gone = 0
    nobodys = AnswerFile.objects.filter(response=None, made__lte=now - NOBODYS_FOR)
    for pk in nobodys.order_by("made").values_list("pk", flat=True)[:_AT_ONCE]:
        with transaction.atomic():  # held, so that no response claims what is going
            row = nobodys.select_for_update(skip_locked=True).filter(pk=pk).first()
            if row is not None:
                store().delete(row.place)
                row.delete()
                gone += 1
    return gone


def _called(given: str, kind: str) -> str:
    """As it was called, with the ending of what it is."""
    return parted(given)[0] + ENDINGS[kind]
