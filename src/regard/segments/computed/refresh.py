"""Working computed traits out: everything new is written beside the old, then readers go over to it at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from regard.segments.computed.definition import Definition, written
from regard.segments.computed.ground import Ground
from regard.segments.computed.mirror import fill, throw_away_all_but
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.queries import basis_of, versions
from regard.workspace.workspaces.models import Workspace

#: Whoever reads has asked before which version is in force; so long a read may take.
_GRACE = timedelta(minutes=1)


def refresh(workspace: Workspace, *, now: datetime) -> bool:
    """Work all computed traits of a workspace out anew, in one pass, unless nothing they follow from has changed. Returns whether."""
    traits = list(ComputedTrait.objects.filter(workspace=workspace))
    if not traits:
        return False
    ground = Ground.of(workspace, now)
    basis = basis_of(workspace.pk, ground)
    written_down = versions(workspace.pk)  # a backup of one engine may be older than that of the other
    if all(trait.basis == basis and (trait.version in written_down or not trait.number) for trait in traits):
        return False
    with transaction.atomic():
        filled = fill(workspace.pk, [(trait.pk, trait.measure) for trait in traits], ground)
        for trait in traits:
            # One that was changed or worked out anew meanwhile stays as it is.
            ours = ComputedTrait.objects.filter(pk=trait.pk, definition=trait.definition, version=trait.version)
            ours.update(
                version=filled.version, number=filled.numbers.get(trait.pk, 0), basis=basis, refreshed=now, switched=now
            )
    return True


@transaction.atomic
def put_in_force(trait: ComputedTrait, definition: Definition, *, actor: str, now: datetime) -> None:
    """Save a new or changed trait with its values: who reads it before has the old ones, who reads it after the new ones."""
    new = trait.pk is None
    trait.definition = written(definition)
    if new:
        trait.made_by = actor
        trait.save()
    ground = Ground.of(trait.workspace, now)
    trait.basis = basis_of(trait.workspace_id, ground)
    filled = fill(trait.workspace_id, [(trait.pk, definition)], ground)
    trait.version, trait.number = filled.version, filled.numbers.get(trait.pk, 0)
    trait.refreshed = trait.switched = now
    trait.keep(actor=actor, new=new)


def sweep(workspace: Workspace, *, now: datetime) -> int:
    """Throw away what nobody reads any more. Returns how many versions."""
    traits = ComputedTrait.objects.filter(workspace=workspace)
    if traits.filter(switched__gt=now - _GRACE).exists():
        return 0
    return throw_away_all_but(workspace.pk, set(traits.values_list("version", flat=True)))
