from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Section, Subject, Taken, counts_nothing, gives_nothing
from regard.ledger.inbox.erase import erase_inbox, still_named
from regard.ledger.record.erase import erase_rows, still_there
from regard.ledger.refused.models import RefusedItem, RefusedRequest
from regard.ledger.timeline.queries import count_of, timeline
from regard.warehouse.scope import Scope

_PAGE = 1_000


def _erase_refused(taken: Taken) -> int:
    if not taken.needles.plain:
        return 0
    pattern, workspace = taken.needles.postgres, taken.workspace
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from ledger_refuseditem where workspace_id = %s and (encode(raw, 'escape') ~* %s or detail ~* %s)",
            [workspace, pattern, pattern],
        )
        count = cursor.rowcount
        cursor.execute(
            "update ledger_refusedrequest r set sample = '' from ledger_source s where s.id = r.source_id and s.workspace_id = %s "
            "and encode(r.sample, 'escape') ~* %s",
            [workspace, pattern],
        )
        return int(count + cursor.rowcount)


def forget_refused(workspace: int, before: datetime) -> int:
    items, _by_model = RefusedItem.objects.filter(workspace=workspace, received__lt=before).delete()
    requests, _by_model = RefusedRequest.objects.filter(source__workspace=workspace, latest__lt=before).delete()
    return items + requests


def _count(subject: Subject) -> int:
    return count_of(Scope(subject.workspace), subject.profiles)


def _export(subject: Subject) -> Iterator[Section]:
    yield Section("timeline", _timeline(subject))


def _timeline(subject: Subject) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        read = timeline(Scope(subject.workspace), subject.profiles, limit=_PAGE, after=after)
        yield from (asdict(entry) for entry in read.entries)
        after = read.next
        if not after:
            return


INBOX = Keeper(
    "inbox",
    _("The inbox: what came in, as it came"),
    ("ledger.InboxRow",),
    counts_nothing,
    gives_nothing,
    erase_inbox,
    still_named,
)
REFUSED = Keeper(
    "refused",
    _("What could not be used"),
    ("ledger.RefusedItem", "ledger.RefusedRequest"),
    counts_nothing,
    gives_nothing,
    _erase_refused,
)
LEDGER = Keeper(
    "ledger",
    _("What they lived through and what they said"),
    ("ledger:ledger",),
    _count,
    _export,
    erase_rows,
    still_there,
)
