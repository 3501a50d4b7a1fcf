"""A person of ours says that a proposed pair is one person, or two."""

from __future__ import annotations

from regard.customers.duplicates.models import DuplicateRun
from regard.customers.duplicates.queries import Waiting, sentence
from regard.customers.identity.join import join, keep_apart
from regard.customers.identity.models import Merge


def accept(workspace: int, pair: Waiting, *, by: str) -> int:
    """They are one customer from now on, until somebody takes them apart; returns whose id it has. Raises CannotJoin."""
    fields = DuplicateRun.objects.get(pk=pair.run).compared_fields
    return join(
        workspace=workspace,
        one=pair.low,
        other=pair.high,
        by=by,
        why=Merge.Why.DUPLICATE,
        evidence=sentence(fields, pair),
    )


def reject(workspace: int, pair: Waiting, *, by: str) -> None:
    """They stay different people, through all searches and merges to come."""
    keep_apart(workspace=workspace, customers=[pair.low, pair.high], by=by)
