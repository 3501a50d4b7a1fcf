"""Writing the catalogue of traits and the order of trust: everybody's traits follow."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from regard.customers.traits.jobs import ask_refold
from regard.customers.traits.models import Trait, TrustOrder
from regard.workspace.audit.models import AuditEntry


@transaction.atomic
def enter(trait: Trait, *, by: str) -> None:
    """Say what kind of value a trait has."""
    trait.full_clean(exclude=["workspace"])
    trait.save()
    AuditEntry.write(trait.workspace_id, actor=by, action="trait.entered", subject=trait.name, kind=trait.kind)
    ask_refold(trait.workspace_id)


@transaction.atomic
def strike(trait: Trait, *, by: str) -> None:
    """Values count as sources say them again."""
    trait.delete()
    AuditEntry.write(trait.workspace_id, actor=by, action="trait.struck", subject=trait.name)
    ask_refold(trait.workspace_id)


@transaction.atomic
def trust(workspace: int, sources: Iterable[int], *, by: str, of: Trait | None = None) -> None:
    """Whom to believe, the first before the second: about one trait, or about all that have no order of their own."""
    listed = list(dict.fromkeys(sources))
    if of is not None:
        of.trust = listed
        of.save(update_fields=["trust", "changed"])
    else:
        TrustOrder.objects.update_or_create(workspace_id=workspace, defaults={"sources": listed})
    AuditEntry.write(workspace, actor=by, action="trait.trust", subject=of.name if of else "", sources=listed)
    ask_refold(workspace)
