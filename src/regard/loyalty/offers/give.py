"""Gives an offer to customers: never twice, never beyond what there is of it, however many do at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from regard.customers.people.models import Profile, profile_ids
from regard.loyalty.offers.models import Grant, Offer, PoolCode
from regard.loyalty.offers.told import Row, tell_ledger
from regard.workspace.units.models import Unit


class NotGiven(Exception):
    """The message says why, in a sentence."""


@dataclass(frozen=True)
class Wish:
    """For whom (by any profile of theirs; 0 where nobody knows), why, from when on it counts, and which language they were heard to use."""

    profile: int
    why: str = ""
    since: datetime | None = None
    heard: str = ""


def give_one(offer: Offer, profile: int, *, why: str, by: str, now: datetime) -> Grant:
    """Raises NotGiven."""
    (found,) = give(offer, [Wish(profile, why)], by=by, now=now)
    if isinstance(found, NotGiven):
        raise found
    return found


@transaction.atomic
def give(offer: Offer, wishes: Sequence[Wish], *, by: str, now: datetime) -> list[Grant | NotGiven]:
    """For each wish, in order, the grant or why there is none. Others who give the same offer wait until this transaction ends."""
    current = Offer.objects.select_for_update().get(pk=offer.pk)
    if current.retired is not None:
        return [NotGiven(_("This offer is not made any more.")) for _one in wishes]
    profiles = Profile.objects.filter(workspace=current.workspace_id, is_account=False, pk__in=[one.profile for one in wishes])
    customers = {one.pk: one.merged_into or one for one in profiles.select_related("merged_into")}
    have = _who_have(current, {one.pk for one in customers.values()})
    used = current.grants.aggregate(count=Count("pk"), money=Sum("cost"))
    count, money = used["count"], used["money"] or Decimal(0)
    codes = _left(current, len(wishes))
    root = Unit.objects.filter(workspace=current.workspace_id, parent=None).values_list("pk", flat=True).first()
    found: list[Grant | NotGiven] = []
    for wish in wishes:
        customer = customers.get(wish.profile)
        if customer is None:
            found.append(NotGiven(_("Nobody knows who the customer is.")))
        elif customer.pk in have:
            found.append(NotGiven(_("They have had this offer already.")))
        elif current.most is not None and count >= current.most:
            found.append(NotGiven(_("All of this offer has been given.")))
        elif current.budget is not None and money + current.cost > current.budget:
            found.append(NotGiven(_("The budget of this offer is used up.")))
        elif not current.code and not codes:
            found.append(NotGiven(_("There is no code left for this offer: paste more of them.")))
        else:
            have.add(customer.pk)
            count, money = count + 1, money + current.cost
            found.append(Grant(
                offer=current, profile=customer, unit_id=customer.home_unit_id or root, at=now, by=by[:254],
                why=wish.why.replace("\0", "").strip()[:300],
                code=current.code or codes.pop(0).code, until=(wish.since or now) + timedelta(days=current.days), cost=current.cost,
            ))  # fmt: skip
    _keep(current, [one for one in found if isinstance(one, Grant)], now=now)
    return found


def _who_have(offer: Offer, customers: set[int]) -> set[int]:
    """Those of them who have had it, by any of their profiles."""
    held = Profile.objects.filter(pk__in=offer.grants.filter(profile__in=profile_ids(customers)).values("profile"))
    return {one.customer_id for one in held.only("pk", "merged_into")}


def _left(offer: Offer, wanted: int) -> list[PoolCode]:
    """The lock on the offer keeps others away from them."""
    return [] if offer.code else list(offer.pool.filter(given=None).order_by("pk")[:wanted])


def _keep(offer: Offer, grants: list[Grant], *, now: datetime) -> None:
    if not grants:
        return
    Grant.objects.bulk_create(grants)
    if not offer.code:
        offer.pool.filter(code__in=[one.code for one in grants]).update(given=now)
    tell_ledger(offer, [Row(one, "Offer made", one.at, "given") for one in grants])
