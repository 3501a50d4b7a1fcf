"""Sources of what Regard itself writes down: notes, answers to surveys."""

from __future__ import annotations

from django.db import connection, transaction

from regard.ledger.sources.models import Source, SourceKind

_LOCK = 7215


def product_source(workspace: int, name: str) -> int:
    """The source of this name, made by whoever needs it first, however many do at once."""
    found = (
        Source.objects.filter(workspace_id=workspace, kind=SourceKind.PRODUCT, name=name)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    known = found.first()
    if known is not None:
        return known
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_LOCK, workspace])
        made = found.first()
        return (
            made
            if made is not None
            else Source.objects.create(workspace_id=workspace, kind=SourceKind.PRODUCT, name=name).pk
        )
