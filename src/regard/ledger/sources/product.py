"""Sources of what Regard itself writes down: notes, answers to surveys."""

from __future__ import annotations

from functools import partial

from django.db import connection, transaction

from regard.ledger.sources.models import Source, SourceKind

_LOCK = 7215
#: Sources stay: whoever has found one need not look again. Only those that a transaction has left behind.
_KNOWN: dict[tuple[int, str], int] = {}
_MOST = 10_000


def product_source(workspace: int, name: str) -> int:
    """The source of this name, made by whoever needs it first, however many do at once."""
    if (known := _KNOWN.get((workspace, name))) is not None:
        return known
    found = (
        Source.objects.filter(workspace_id=workspace, kind=SourceKind.PRODUCT, name=name)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    pk = found.first()
    if pk is None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_LOCK, workspace])
            pk = found.first() or Source.objects.create(workspace_id=workspace, kind=SourceKind.PRODUCT, name=name).pk
    transaction.on_commit(partial(_remember, workspace, name, pk))
    return pk


def _remember(workspace: int, name: str, pk: int) -> None:
    if len(_KNOWN) >= _MOST:
        _KNOWN.clear()
    _KNOWN[workspace, name] = pk
