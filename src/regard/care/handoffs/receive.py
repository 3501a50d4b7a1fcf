"""What came to one's units from others, and how: whoever got it says so, in two clicks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.care.handoffs.interactions.queries import taken
from regard.care.handoffs.models import Reception
from regard.customers.people.models import Profile
from regard.customers.people.queries import by_id
from regard.warehouse import WarehouseAway
from regard.warehouse.scope import Scope
from regard.web.numbers import aware
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.units.models import Unit

#: What is older nobody remembers.
_DAYS = 14


def received(request: RegardRequest) -> HttpResponse:
    """Interactions that another unit handed over, the newest first; POST says how one came."""
    first = timezone.now() - timedelta(days=_DAYS)
    try:
        if request.method == "POST":
            row, missing = request.POST.get("row", "")[:32], request.POST.get("missing", "")
            if not rate(request.scope, row=row, good=request.POST.get("good") == "yes", missing=missing, by=request.user.email, first=first):
                messages.error(request, _("It did not come to you, or is too long ago."))
            return redirect("handoffs:received")
        found, away = taken(request.scope, first=first), False
    except WarehouseAway:
        found, away = [], True
    said = {one.row: one for one in Reception.objects.filter(workspace=request.workspace, row__in=[one.row for one in found])}
    people = {one.id: one for one in by_id(request.scope, {one.customer for one in found})}
    names = dict(Unit.objects.filter(workspace=request.workspace).values_list("pk", "name"))
    lines = [(one, people.get(one.customer), names.get(one.from_unit, "–"), names.get(one.to_unit, "–"), said.get(one.row)) for one in found]
    context = {"lines": lines, "unsaid": sum(one.row not in said for one in found), "away": away, "days": _DAYS}
    return render(request, "care/handoffs/received.html", context)


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
