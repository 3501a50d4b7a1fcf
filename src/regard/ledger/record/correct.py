"""Corrections are explicit: what came from some inbox rows goes, and (unless it is forgotten) is projected anew."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone

from regard.jobs.models import publish
from regard.ledger.inbox.models import Correction
from regard.ledger.inbox.put import wake
from regard.ledger.record.write import remove

CORRECTED = "ledger.corrected"


@transaction.atomic
def replay(workspace: int, inboxes: Sequence[int]) -> Correction | None:
    """Have these inbox rows projected again, with the mapping of that moment."""
    return _ask(workspace, inboxes, forget=False)


@transaction.atomic
def forget(workspace: int, inboxes: Sequence[int]) -> Correction | None:
    """Have everything that came from these inbox rows taken back, and the inbox rows too (an import that is undone).

    Items elsewhere that were left out as repeats of these are projected again, so that they count now.
    """
    return _ask(workspace, inboxes, forget=True)


def _ask(workspace: int, inboxes: Sequence[int], *, forget: bool) -> Correction | None:
    if not inboxes:
        return None
    correction = Correction.objects.create(workspace_id=workspace, inboxes=list(inboxes), forget=forget)
    wake()
    return correction


def inboxes_of(source: int) -> list[int]:
    """The inbox rows of a source that are still kept."""
    with connection.cursor() as cursor:
        cursor.execute("select id from ledger_inboxrow where source_id = %s order by id", [source])
        return [id for (id,) in cursor.fetchall()]


def inboxes_with_refusals(workspace: int, *, code: str = "", source: int | None = None) -> list[int]:
    """Inbox rows that hold refused items, to be replayed after a fix."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct inbox from ledger_refuseditem where workspace_id = %s and (%s = '' or code = %s) "
            "and (%s::bigint is null or source_id = %s) order by inbox",
            [workspace, code, code, source, source],
        )
        return [id for (id,) in cursor.fetchall()]


def correct_next() -> bool:
    """Carry out the oldest open correction. Only the projector calls this, so nothing is projected meanwhile."""
    correction = Correction.objects.filter(done=None).order_by("id").first()
    if correction is None:
        return False
    remove(correction.workspace_id, inboxes=correction.inboxes)
    with transaction.atomic():
        _take_back(correction)
        Correction.objects.filter(pk=correction.pk).update(done=timezone.now())
        publish(CORRECTED, correction.workspace_id, correction.inboxes)
    return True


def _take_back(correction: Correction) -> None:
    workspace, ids = correction.workspace_id, correction.inboxes
    with connection.cursor() as cursor:
        cursor.execute("delete from ledger_seen where workspace_id = %s and inbox = any(%s)", [workspace, ids])
        cursor.execute("delete from ledger_refuseditem where workspace_id = %s and inbox = any(%s)", [workspace, ids])
        if not correction.forget:
            cursor.execute(_AGAIN, [ids, workspace])
            return
        cursor.execute("delete from ledger_inboxrow where workspace_id = %s and id = any(%s)", [workspace, ids])
        cursor.execute(
            "select id from ledger_inboxrow where workspace_id = %s and repeated > 0 and id > %s", [workspace, min(ids)]
        )
        replay(workspace, [id for (id,) in cursor.fetchall()])


_AGAIN = """
update ledger_inboxrow set batch_id = null, accepted = null, refused = null, repeated = null, done = null
where id = any(%s) and workspace_id = %s and batch_id is not null
"""
