from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from regard.connectors.files.models import FileImport
from regard.connectors.strike import CHUNK
from regard.connectors.taps.models import Stream
from regard.customers.privacy.registry import Keeper, Taken, counts_nothing, gives_nothing
from regard.ledger.inbox.strike import GONE, replacing

_RUNS = """
update connectors_run r set
    log = regexp_replace(r.log, %(needles)s, %(gone)s, 'gi'), message = regexp_replace(r.message, %(needles)s, %(gone)s, 'gi'),
    notes = regexp_replace(r.notes::text, %(needles)s, %(gone)s, 'gi')::jsonb,
    garbage_lines = regexp_replace(r.garbage_lines::text, %(needles)s, %(gone)s, 'gi')::jsonb
from connectors_connection c where c.id = r.connection_id and c.workspace_id = %(workspace)s
    and concat_ws(' ', r.log, r.message, r.notes::text, r.garbage_lines::text) ~* %(needles)s
"""


def _erase(taken: Taken) -> int:
    """First records of streams that have not run, and what taps printed. Uploads that wait are named in the proof: their owner drops them."""
    if not taken.needles.plain:
        return 0
    pattern, count = taken.needles.compiled, 0
    for stream in Stream.objects.filter(connection__workspace=taken.workspace, sample__isnull=False):
        sample = bytes(stream.sample or b"")
        if CHUNK.names(sample, pattern):
            stream.sample = CHUNK.strike(sample, (), replacing(pattern))
            stream.save(update_fields=["sample"])
            count += 1
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, {"needles": taken.needles.postgres, "gone": GONE, "workspace": taken.workspace})
        return count + int(cursor.rowcount)


def _uploads_that_name_them(taken: Taken) -> int:
    """Files that were uploaded and not brought in yet, read as text."""
    if not taken.needles.plain:
        return 0
    waiting = FileImport.objects.filter(workspace=taken.workspace).exclude(stored="").values_list("stored", flat=True)
    pattern = taken.needles.compiled
    found = 0
    for stored in waiting:
        file = Path(settings.REGARD_DATA) / "uploads" / stored
        if file.exists():
            with file.open(encoding="utf-8", errors="replace") as lines:
                found += any(pattern.search(line) for line in lines)
    return found


KEEPER = Keeper(
    "connectors", _("Samples and logs of connections, uploads that wait"),
    ("connectors.Stream", "connectors.Run", "connectors.FileImport"), counts_nothing, gives_nothing, _erase, _uploads_that_name_them,
)  # fmt: skip
