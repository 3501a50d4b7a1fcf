"""Reasons not to contact somebody for now. Features call these in the transaction of the cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from regard.customers.contact.channels import Channel
from regard.customers.contact.queries import asked
from regard.customers.contact.restraints.models import Lifting, Reason, Restraint
from regard.jobs.models import publish
from regard.workspace.audit.models import AuditEntry

#: These restraints (by their own ids) began, or were lifted.
CHANGED = "restraint.changed"


@dataclass(frozen=True)
class Cause:
    """What a restraint follows from: a kind (`case`, `outage`) and its id."""

    kind: str
    id: str


@transaction.atomic
def restrain(
    workspace: int,
    *,
    reason: str,
    by: str,
    now: datetime,
    customers: Iterable[int] | None = None,
    unit: int | None = None,
    everybody: bool = False,
    channels: Iterable[str] = (),
    purposes: Iterable[str] = (),
    until: datetime | None = None,
    cause: Cause | None = None,
    note: str = "",
) -> list[Restraint]:
    """Restrain these customers, those at home in a unit (and below), or everybody: exactly one of the three.

    Without channels or purposes it holds for all of them. Of customers who are restrained for the same cause already there is no
    second row. Without a cause it is somebody's own doing, and the audit log says whose.
    """
    if (customers is not None) + (unit is not None) + everybody != 1:
        raise ValueError("Say whom: customers, a unit or everybody.")
    if until is not None and until <= now:
        raise ValueError("A restraint cannot end before it begins.")
    common: dict[str, Any] = {
        "workspace_id": workspace, "reason": Reason(reason), "channels": [Channel(channel).value for channel in channels],
        "purposes": list(purposes), "begins": now, "until": until, "note": note[:300], "by": by[:254],
        "cause_kind": cause.kind if cause else "", "cause_id": cause.id if cause else "",
    }  # fmt: skip
    whom: list[int | None] = [None]
    if customers is not None:
        whom = list(asked(workspace, customers).customers)
    if cause:
        standing = set(
            live(workspace, now)
            .filter(cause_kind=cause.kind, cause_id=cause.id, unit=unit)
            .values_list("profile", flat=True)
        )
        whom = [one for one in whom if one not in standing]
    made = Restraint.objects.bulk_create(Restraint(profile_id=one, unit_id=unit, **common) for one in whom)
    publish(CHANGED, workspace, [one.pk for one in made])
    if not cause:
        subject = (
            f"customer {whom[0]}"
            if len(whom) == 1 and whom[0]
            else f"{len(whom)} customers"
            if customers is not None
            else "everybody"
        )
        AuditEntry.write(workspace, actor=by, action="restraint.added", subject=subject, reason=reason, unit=unit)
    return made


@transaction.atomic
def restrain_each(
    workspace: int, whom: Mapping[Cause, int], *, reason: str, by: str, now: datetime, purposes: Iterable[str] = ()
) -> list[Restraint]:  # fmt: skip
    """One customer for each cause, all of them new: what many causes at once ask for, in as many statements as one."""
    if not whom:
        return []
    found, purposes = asked(workspace, whom.values()), list(purposes)
    made = Restraint.objects.bulk_create(
        Restraint(
            workspace_id=workspace, profile_id=found.customer[profile], reason=Reason(reason), purposes=purposes, begins=now, by=by[:254],
            cause_kind=cause.kind, cause_id=cause.id,
        )
        for cause, profile in whom.items() if profile in found.customer
    )  # fmt: skip
    publish(CHANGED, workspace, [one.pk for one in made])
    return made


@transaction.atomic
def lift(
    workspace: int,
    *,
    by: str,
    now: datetime,
    cause: Cause | None = None,
    restraints: Iterable[int] = (),
    note: str = "",
) -> int:
    """Lift what still holds: everything of a cause, or these restraints. Returns how many were lifted."""
    which = Q(cause_kind=cause.kind, cause_id=cause.id) if cause else Q(pk__in=list(restraints))
    held = list(live(workspace, now).filter(which).select_for_update(of=("self",)))
    done = set(Lifting.objects.filter(restraint__in=held).values_list("restraint", flat=True))
    rows = [one for one in held if one.pk not in done]
    Lifting.objects.bulk_create(
        [Lifting(restraint=one, at=now, by=by[:254], note=note[:300]) for one in rows], ignore_conflicts=True
    )
    publish(CHANGED, workspace, [one.pk for one in rows])
    if not cause:
        for one in rows:
            AuditEntry.write(
                workspace, actor=by, action="restraint.lifted", reason=one.reason,
                subject=f"customer {one.profile_id}" if one.profile_id else "everybody",
            )  # fmt: skip
    return len(rows)


def live(workspace: int, now: datetime) -> QuerySet[Restraint]:
    """Restraints that were not lifted and have not ended."""
    return Restraint.objects.filter(Q(until=None) | Q(until__gt=now), workspace_id=workspace, lifting=None)
