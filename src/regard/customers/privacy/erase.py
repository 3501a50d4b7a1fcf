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
from regard.customers.privacy.registry import REGISTRY, Keeper, Taken
from regard.customers.privacy.subjects import subjects
from regard.workspace.audit.models import AuditEntry

log = logging.getLogger(__name__)
#: Customers whose identifiers are searched for one by one at the end; of more the ids are searched for alone.
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
    """Does what was asked, from where it was cut short. The caller has the projector pause. Safe to repeat.

    The needles are gone with the customers, so a repeat after that searches for their ids alone.
    """
    found = subjects(erasure.workspace_id, erasure.profiles)
    erasure.begun = erasure.begun or now or timezone.now()
    erasure.save(update_fields=["begun"])
    note(found, erasure.begun)
    searched = found if len(found) <= _MOST_SEARCHED else []
    taken = Taken(
        erasure.workspace_id, erasure.profiles, found, erasure.mode == Erasure.Mode.ANONYMISE, erasure.salt,
        Needles.of(key for one in searched for key in one.keys),
    )  # fmt: skip
    for keeper in REGISTRY.keepers:
        _step(erasure, keeper.name, told)
        went = keeper.erase(taken)
        erasure.removed[keeper.name] = erasure.removed.get(keeper.name, 0) + went
        erasure.save(update_fields=["removed"])
    _step(erasure, "proof", told)
    erasure.left = search(taken, REGISTRY.keepers)
    erasure.done, erasure.salt, erasure.step, erasure.failed = now or timezone.now(), "", "", ""
    erasure.save()
    AuditEntry.write(
        erasure.workspace_id, actor=erasure.by, action=f"customer.{erasure.mode}_done", subject=f"erasure {erasure.pk}",
        removed=erasure.removed, left=erasure.left,
    )  # fmt: skip


def search(taken: Taken, keepers: Sequence[Keeper]) -> dict[str, int]:
    """Place → hits, of everything that can be searched."""
    found = hits(taken.workspace, taken.needles) if taken.needles.plain else {}
    for keeper in keepers:
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
