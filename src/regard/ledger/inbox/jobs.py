from __future__ import annotations

from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

_AT_ONCE = 5_000
_OLD = """
delete from ledger_inboxrow where id in (
    select id from ledger_inboxrow where done is not null and received < now() - make_interval(days => %s) order by received limit %s
)
"""
_EMPTY = """
delete from ledger_batch batch where done is not null
and not exists (select 1 from ledger_inboxrow row where row.batch_id = batch.id)
"""


@app.periodic(cron="17 3 * * *")
@app.task(name="ledger.inbox.forget_old", queueing_lock="ledger.inbox.forget_old", pass_context=False)
def forget_old(timestamp: int) -> None:
    """Inbox rows beyond their retention go; from then on the ledger's own backup is the copy."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_OLD, [settings.INBOX_DAYS, _AT_ONCE])
            if cursor.rowcount < _AT_ONCE:
                cursor.execute(_EMPTY)
                break
    connection.close()
