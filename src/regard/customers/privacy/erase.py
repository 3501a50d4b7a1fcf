"""Taking customers out of everything Regard keeps, or all of them but their scores.

Their keys are written down first, as hashes, so that what comes in late does not bring them back. Then every keeper takes its
part away, those that say who somebody is last: a run that was cut short finds the rest and goes on. At the end everything is searched.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from regard.customers.contact.restrain import live
from regard.customers.contact.restraints.models import Reason
from regard.customers.privacy.log import note
from regard.customers.privacy.models import Erasure
from regard.customers.privacy.needles import Needles
from regard.customers.privacy.prove import hits
from regard.customers.privacy.registry import REGISTRY, Subject, Taken
from regard.customers.privacy.subjects import subjects
from regard.jobs.pause import projector_paused
from regard.workspace.audit.models import AuditEntry

log = logging.getLogger(__name__)
#: Customers of one erasure whose identifiers are searched for at the end; of the others their numbers are.
_MOST_SEARCHED = 500


class NobodyThere(ValueError):
    """None of these customers is in the workspace."""


class OnHold(ValueError):
    """One of them is under a legal hold: what is kept of them must stay until it is lifted."""


@transaction.atomic
def ask(
    workspace: int,
    customers: Iterable[int],
    *,
    by: str,
    mode: str = Erasure.Mode.ERASE,
    ground: str = Erasure.Ground.ASKED,
) -> Erasure:
    """Write down that these customers are to go. `carry_out` does it: in a job, while the projector pauses.

    Raises NobodyThere, OnHold.
    """
    found = subjects(workspace, customers)
    if not found:
        raise NobodyThere
    if held(workspace, [one.customer for one in found]):
        raise OnHold
    erasure = Erasure.objects.create(
        workspace_id=workspace, mode=mode, ground=ground, customers=len(found), by=by[:254], salt=secrets.token_hex(16),
        profiles=sorted(profile for one in found for profile in one.profiles),
    )  # fmt: skip
    AuditEntry.write(
        workspace, actor=by, action=f"customer.{mode}_asked", subject=f"erasure {erasure.pk}", customers=len(found), ground=ground
    )  # fmt: skip
    return erasure


def carry_out(
    erasure: Erasure, *, now: datetime | None = None, told: Callable[[str], None] = lambda step: None
) -> None:
    """Does what was asked, from where it was cut short. The caller has the projector pause. Safe to repeat."""
    found = subjects(erasure.workspace_id, erasure.profiles)
    if erasure.begun is None:
        erasure.begun = now or timezone.now()
        erasure.seek(Needles.of(key for one in found[:_MOST_SEARCHED] for key in one.keys))
        erasure.save(update_fields=["begun", "sought"])
    note(found, erasure.begun)
    taken = taken_by(erasure, found)
    for keeper in REGISTRY.keepers:
        _step(erasure, keeper.name, told)
        went = keeper.erase(taken)
        erasure.removed[keeper.name] = erasure.removed.get(keeper.name, 0) + went
        erasure.save(update_fields=["removed"])
    _step(erasure, "proof", told)
    erasure.left = search(taken)
    erasure.done, erasure.salt, erasure.step, erasure.failed = now or timezone.now(), "", "", ""
    erasure.save()
    AuditEntry.write(
        erasure.workspace_id, actor=erasure.by, action=f"customer.{erasure.mode}_done", subject=f"erasure {erasure.pk}",
        removed=erasure.removed, left=erasure.left,
    )  # fmt: skip


def prove_again(erasure: Erasure, *, now: datetime) -> bool:
    """A second look: at what was written while they were being taken out, and at what the engine had not thrown away yet.

    True when nothing of them is left anywhere; only then what is searched for is forgotten.
    """
    taken = taken_by(erasure, ())
    erasure.left = search(taken)
    if erasure.left:
        with projector_paused():
            for keeper in REGISTRY.keepers:
                keeper.erase(taken)
    elif not REGISTRY.on_disk():
        erasure.proven, erasure.sought = now, ""
    erasure.save(update_fields=["left", "proven", "sought"])
    return erasure.proven is not None


def taken_by(erasure: Erasure, found: Sequence[Subject]) -> Taken:
    return Taken(
        erasure.workspace_id, erasure.profiles, found, erasure.mode == Erasure.Mode.ANONYMISE, erasure.salt, erasure.needles
    )  # fmt: skip


def search(taken: Taken) -> dict[str, int]:
    """Place → hits, of everything that can be searched."""
    found = hits(taken.workspace, taken.needles) if taken.needles.plain else {}
    for keeper in REGISTRY.keepers:
        if keeper.prove and (count := keeper.prove(taken)):
            found[keeper.name] = count
    return found


def held(workspace: int, customers: Iterable[int]) -> set[int]:
    """Which of these customers are under a legal hold, by any of their profiles."""
    wanted = list(customers)
    held = live(workspace, timezone.now()).filter(
        Q(profile__in=wanted) | Q(profile__merged_into__in=wanted), reason=Reason.LEGAL_HOLD
    )
    return {merged or own for own, merged in held.values_list("profile_id", "profile__merged_into_id")}


def _step(erasure: Erasure, name: str, told: Callable[[str], None]) -> None:
    erasure.step = name
    erasure.save(update_fields=["step"])
    told(name)
