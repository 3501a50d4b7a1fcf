"""A person of ours says that two customers are one, or that what was joined is two."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.customers.identity.graph import clusters
from regard.customers.identity.lock import hold
from regard.customers.identity.models import Link, Merge
from regard.customers.identity.resolve import CHANGED, point
from regard.customers.people.models import Profile
from regard.customers.traits.fold import fold
from regard.jobs.models import publish
from regard.workspace.audit.models import AuditEntry


class CannotJoin(ValueError):
    """With a sentence for whoever asked."""


@transaction.atomic
def join(*, workspace: int, one: int, other: int, by: str, why: str = Merge.Why.HAND, evidence: str = "") -> int:
    """Two customers (by any of their profiles) become one; returns whose id it has now.

    Raises CannotJoin when they are one already, or one of them is not of this workspace.
    """
    hold(workspace)
    first, second = _customer(workspace, one), _customer(workspace, other)
    if first == second:
        raise CannotJoin(_("That is the same customer already."))
    Link.objects.filter(_between(first, second), workspace_id=workspace, decision=Link.Decision.APART).delete()
    merge = Merge.objects.create(
        workspace_id=workspace, one_id=first, other_id=second, why=why, evidence=evidence[:600], by=by
    )
    winner = min(first, second)
    point(workspace, {max(first, second): winner})
    publish(CHANGED, workspace, [first, second])
    AuditEntry.write(
        workspace,
        actor=by,
        action="customer.joined",
        subject=str(winner),
        other=max(first, second),
        merge=merge.pk,
        why=str(why),
    )
    return winner


@transaction.atomic
def take_apart(*, workspace: int, merge: int, by: str) -> tuple[int, int]:
    """Undo one merge: exactly the two groups of profiles that it joined are two customers again, with all that came in by
    either meanwhile. They are not joined again by what joined them. Returns their ids.

    Raises Merge.DoesNotExist when it does not stand any more.
    """
    hold(workspace)
    undone = Merge.objects.get(pk=merge, workspace_id=workspace, undone=None)
    root = Profile.objects.get(pk=undone.one_id).customer_id
    profiles = [root, *Profile.objects.filter(merged_into=root).values_list("pk", flat=True)]
    undone.undone, undone.undone_by = timezone.now(), by
    undone.save(update_fields=["undone", "undone_by"])
    standing = Merge.objects.filter(workspace_id=workspace, undone=None, one__in=profiles).values_list(
        "one_id", "other_id"
    )
    sides = sorted((min(side), sorted(side)) for side in clusters([*standing, *((one, one) for one in profiles)]))
    assert len(sides) == 2, "standing merges are a tree"
    for head, side in sides:
        Profile.objects.filter(pk=head).update(merged_into=None, changed=timezone.now())
        Profile.objects.filter(pk__in=[one for one in side if one != head]).update(
            merged_into=head, changed=timezone.now()
        )
    (one, _first), (other, _second) = sides
    fold(workspace, [one, other])
    Link.objects.get_or_create(
        workspace_id=workspace, low_id=one, high_id=other, namespace="", value="",
        defaults={"decision": Link.Decision.APART, "decided": timezone.now(), "decided_by": by},
    )  # fmt: skip
    publish(CHANGED, workspace, [one, other])
    AuditEntry.write(workspace, actor=by, action="customer.taken_apart", subject=str(one), other=other, merge=merge)
    return one, other


@transaction.atomic
def keep_apart(*, workspace: int, customers: list[int], by: str) -> None:
    """These customers are different people, whatever they share."""
    hold(workspace)
    roots = sorted({_customer(workspace, customer) for customer in customers})
    for place, one in enumerate(roots):
        for other in roots[place + 1 :]:
            links = Link.objects.filter(_between(one, other), workspace_id=workspace)
            decision = {"decision": Link.Decision.APART, "decided": timezone.now(), "decided_by": by}
            if not links.update(**decision):
                Link.objects.create(
                    workspace_id=workspace, low_id=one, high_id=other, namespace="", value="", **decision
                )
    AuditEntry.write(workspace, actor=by, action="customer.kept_apart", subject=str(roots[0]), customers=roots)


def _between(one: int, other: int) -> Q:
    """Links whose ends are, today, these two customers."""
    ends = [
        Q(**{f"{end}": root}) | Q(**{f"{end}__merged_into": root}) for end in ("low", "high") for root in (one, other)
    ]
    return (ends[0] & ends[3]) | (ends[1] & ends[2])


def _customer(workspace: int, profile: int) -> int:
    found = Profile.objects.filter(workspace_id=workspace, pk=profile).first()
    if found is None:
        raise CannotJoin(_("There is no such customer in this workspace."))
    return found.customer_id
