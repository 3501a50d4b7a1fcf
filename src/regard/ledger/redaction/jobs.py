from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from regard.jobs.pause import projector_paused
from regard.ledger.redaction.redact import redact
from regard.warehouse.scope import Scope


@app.task(name="ledger.redaction.redact", queue="privacy", retry=3)
def redact_comments(workspace: int, units: list[int] | None, ids: list[str], by: str) -> None:
    try:
        with projector_paused():
            redact(Scope(workspace, None if units is None else tuple(units)), ids, by=by)
    finally:
        connection.close()
