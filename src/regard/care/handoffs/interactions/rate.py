"""Whoever gets a customer's interactions from another unit says whether all that was needed came with them."""

from __future__ import annotations

from datetime import datetime

from regard.care.handoffs.interactions.queries import taken
from regard.care.handoffs.models import Reception
from regard.customers.people.models import Profile
from regard.warehouse.scope import Scope
from regard.web.numbers import aware
from regard.workspace.units.models import Unit


def rate(scope: Scope, *, row: str, good: bool, missing: str, by: str, first: datetime) -> bool:
    """Whether it was theirs to say. Raises WarehouseAway."""
    found = taken(scope, first=first, row=row, most=1) if row else []
    for one in found:
        profile = Profile.objects.filter(workspace=scope.workspace, pk=one.customer).first()
        units = Unit.objects.filter(workspace=scope.workspace).in_bulk([one.from_unit, one.to_unit])
        Reception.objects.update_or_create(workspace_id=scope.workspace, row=one.row, defaults={
            "profile": profile, "from_unit": units.get(one.from_unit), "to_unit": units.get(one.to_unit), "at": aware(one.at), "good": good,
            "missing": "" if good else missing.replace("\0", "").strip()[:300], "rated_by": by,
        })  # fmt: skip
    return bool(found)
