"""Whoever gets a matter from another unit says whether it came with all that was needed: internal customer satisfaction, in two clicks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regard.care.cases.models import Case
from regard.care.cases.work import NotPossible
from regard.care.handoffs.models import Handoff, take_up
from regard.care.queues.people import People
from regard.workspace.members.models import Member


def may_rate(handoff: Handoff, member: Member, people: People) -> bool:
    """Those who got it, and not who passed it on."""
    return handoff.by != member.user.email and handoff.to_unit_id is not None and people.covers(member.pk, handoff.to_unit_id)


@transaction.atomic
def rate(case: Case, *, number: int, good: bool, missing: str, by: Member, now: datetime) -> None:
    """Raises NotPossible for a handoff that is not theirs to judge."""
    found = Handoff.objects.select_for_update().filter(case=case, pk=number).first()
    if found is None or not may_rate(found, by, People(case.workspace_id)):
        raise NotPossible(_("Only those who got it can say how it came."))
    found.good, found.missing, found.rated_by = good, "" if good else missing.replace("\0", "").strip()[:300], by.user.email
    found.save(update_fields=["good", "missing", "rated_by"])
    take_up(case, by=by.user.email, now=now)
