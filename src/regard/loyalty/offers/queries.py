"""What was given and taken up, and what it costs, in the reader's units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from regard.loyalty.offers.models import Grant, Offer
from regard.science import proportion
from regard.science.estimate import Estimate
from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Told:
    """Of one offer. `accepted` is the share of those given, with its interval; `spent` what the accepted ones cost, `promised` what all given do."""

    offer: Offer
    given: int
    accepted_count: int
    accepted: Estimate
    open: int
    spent: Decimal
    promised: Decimal


def seen(scope: Scope) -> QuerySet[Grant]:
    found = Grant.objects.filter(offer__workspace=scope.workspace)
    return found if scope.units is None else found.filter(unit__in=scope.units)


def told(scope: Scope, offers: Sequence[Offer], *, now: datetime) -> list[Told]:
    """One statement for all of them, in the order given."""
    taken = Q(accepted__isnull=False)
    sums = seen(scope).filter(offer__in=offers).order_by().values("offer").annotate(
        given=Count("pk"), taken=Count("pk", filter=taken), still_open=Count("pk", filter=Q(accepted=None, until__gte=now)), promised=Sum("cost"),
        spent=Sum("cost", filter=taken),
    )  # fmt: skip
    found: dict[int, Mapping[str, Any]] = {one["offer"]: one for one in sums}
    return [_told(one, found.get(one.pk, {})) for one in offers]


def _told(offer: Offer, sums: Mapping[str, Any]) -> Told:
    given, accepted, nothing = sums.get("given", 0), sums.get("taken", 0), Decimal(0)
    return Told(
        offer, given, accepted, proportion(successes=accepted, n=given), sums.get("still_open", 0), sums.get("spent") or nothing,
        sums.get("promised") or nothing,
    )  # fmt: skip


def of_customer(scope: Scope, profiles: Sequence[int]) -> list[Grant]:
    """The newest first, by any of their profiles. Whoever may see the customer may see what they were given."""
    found = Grant.objects.filter(offer__workspace=scope.workspace, profile__in=profiles)
    return list(found.select_related("offer__workspace", "profile")[:50])


def some(workspace: int) -> bool:
    return Offer.objects.filter(workspace=workspace).exists()
