"""A second look after a while: what was written while somebody was being erased, and what the engine had not thrown away yet."""

from __future__ import annotations

from datetime import datetime

from regard.customers.privacy.models import Erasure
from regard.customers.privacy.needles import Needles
from regard.customers.privacy.registry import REGISTRY, Taken
from regard.jobs.pause import projector_paused


def prove_again(erasure: Erasure, *, now: datetime) -> bool:
    """True when nothing of them is left anywhere. By then their identifiers are known to nobody, so their ids are searched for."""
    taken = Taken(erasure.workspace_id, erasure.profiles, (), False, "", Needles())
    left = {keeper.name: count for keeper in REGISTRY.keepers if keeper.prove and (count := keeper.prove(taken))}
    if left:
        with projector_paused():
            for keeper in REGISTRY.keepers:
                keeper.erase(taken)
    named = {
        place: count
        for place, count in erasure.left.items()
        if place not in {keeper.name for keeper in REGISTRY.keepers}
    }
    erasure.left = {**named, **left}
    if not left and not REGISTRY.on_disk():
        erasure.proven = now
    erasure.save(update_fields=["left", "proven"])
    return erasure.proven is not None
