"""Files of comments: written down with what they came with, and fetched one by one afterwards, each once. One that does not come is named."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.care.cases.models import Case, Step
from regard.care.cases.work import note
from regard.care.files.keep import MOST, MOST_BYTES, Given, keep_files
from regard.care.letters.models import Letter
from regard.connectors.helpdesk.alone import pause
from regard.connectors.helpdesk.models import Attachment, Desk, Ticket
from regard.connectors.helpdesk.states import BY
from regard.connectors.helpdesk.told import Comment, File, plain
from regard.connectors.helpdesk.trouble import Limited, Missing, TooLarge, Trouble
from regard.connectors.helpdesk.zendesk import Zendesk

_BATCH = 200
#: Over about three hours; after that it is named.
_MOST_TRIES = 8


@dataclass(frozen=True)
class Sorted:
    coming: Sequence[File]
    #: Those that are not fetched, each with why.
    named: Sequence[str]


def sort(comment: Comment) -> Sorted:
    coming, named, size = list[File](), list[str](), 0
    for one in comment.attachments:
        why = _why_not(one)
        if not why and (len(coming) >= MOST or size + one.size > MOST_BYTES):
            why = _("it stands in Zendesk")
        if why:
            named.append(_named(one.file_name, why))
        else:
            coming.append(one)
            size += one.size
    return Sorted(coming, named[:20])


def _why_not(one: File) -> str:
    if one.deleted or not one.content_url:
        return _("it was deleted in Zendesk")
    if one.malware_scan_result == "malware_found" and not one.malware_access_override:
        return _("Zendesk found something harmful in it")
    return _too_large() if one.size > settings.CASE_FILE_BYTES else ""


def expect(row: Ticket, files: Sequence[File], *, letter: Letter | None = None, step: Step | None = None) -> None:
    now = timezone.now()
    Attachment.objects.bulk_create(
        [
            Attachment(ticket=row, number=one.id, letter=letter, step=step, name=plain(one.file_name)[:150], place=one.content_url or "", again=now)
            for one in files
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def fetch(desk: Desk, api: Zendesk, end: float) -> None:
    """Those that are due. Raises Limited."""
    found = Attachment.objects.filter(ticket__desk=desk, again__lte=timezone.now()).order_by("again", "pk")
    for one in list(found[:_BATCH]):
        if time.monotonic() > end:
            return
        desk.hold()
        try:
            body = api.content(one.place, settings.CASE_FILE_BYTES)
        except Limited:
            raise
        except TooLarge:
            _settle(one.pk, None, _too_large())
        except (Missing, Trouble) as problem:
            if isinstance(problem, Missing) or one.tries + 1 >= _MOST_TRIES:
                _settle(one.pk, None, _("it could not be fetched from Zendesk"))
            else:
                Attachment.objects.filter(pk=one.pk).update(
                    tries=one.tries + 1, again=timezone.now() + pause(one.tries)
                )
        else:
            _settle(one.pk, body, "")


@transaction.atomic
def _settle(pk: int, body: bytes | None, why: str) -> None:
    """In the case, or named with why it is not; then nothing is to come any more."""
    one = (
        Attachment.objects.select_for_update(of=("self",))
        .filter(pk=pk)
        .select_related("letter__case", "step", "ticket__case")
        .first()
    )
    if one is None:
        return
    now, case = timezone.now(), one.letter.case if one.letter else one.ticket.goes_on
    if case is not None:
        by = (one.letter.by or one.letter.address)[:254] if one.letter else one.step.by if one.step else BY
        refused = [_named(one.name, why)]
        if body is not None:
            refused = keep_files(case, [Given(one.name, body)], by=by, now=now, letter=one.letter, step=one.step)
        if refused and one.letter:
            one.letter.attachments = [*one.letter.attachments, *(file[:200] for file in refused)]
            one.letter.save(update_fields=["attachments"])
        elif refused:
            note(case, "\n".join(refused), by=BY, now=now)
        Case.objects.filter(pk=case.pk).update(changed=now)
    one.delete()


def _named(name: str | None, why: str) -> str:
    return f"{plain(name)[:100]} ({why})"


def _too_large() -> str:
    return _("it is larger than %(most)s MB, and stands in Zendesk") % {"most": settings.CASE_FILE_BYTES // 1_000_000}
