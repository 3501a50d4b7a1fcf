from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from regard.segments.bulk.carry_out import carry_out
from regard.segments.bulk.models import BulkAction
from regard.warehouse import warehouse


@app.task(name="segments.bulk", retry=5)
def carry_out_bulk(pk: int) -> None:
    """Something done to many customers at once. Tried again after a crash, from where it was."""
    try:
        found = BulkAction.objects.select_related("workspace", "member", "segment").filter(pk=pk).first()
        if found is not None:
            carry_out(found)
    finally:
        warehouse().close()
        connection.close()
