"""What a case's page shows beside the case: who else has it open, and what is wrong with it elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from regard.care.cases.models import Case, Presence
from regard.workspace.members.models import Member

#: A page tells every few seconds that it is still open.
_GONE_AFTER = timedelta(seconds=45)

#: What is wrong in other systems that have the case as theirs, each in a sentence. `site/wiring.py` enters them.
TROUBLES: list[Callable[[Case], Sequence[str]]] = []


def troubles_of(case: Case) -> list[str]:
    return [sentence for troubles in TROUBLES for sentence in troubles(case)]


def others_at(case: Case, member: Member, *, now: datetime) -> list[str]:
    """Their names; the reader is noted as being there."""
    Presence.objects.update_or_create(case=case, member=member, defaults={"at": now})
    found = Presence.objects.filter(case=case, at__gt=now - _GONE_AFTER, member__left=None).exclude(member=member)
    return [str(one.member.user) for one in found.select_related("member__user").order_by("at")]
