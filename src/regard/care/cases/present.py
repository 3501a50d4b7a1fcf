"""Who else has a case open."""

from __future__ import annotations

from datetime import datetime, timedelta

from regard.care.cases.models import Case, Presence
from regard.workspace.members.models import Member

#: A page tells every few seconds that it is still open.
_GONE_AFTER = timedelta(seconds=45)


def others_at(case: Case, member: Member, *, now: datetime) -> list[str]:
    """Their names; the reader is noted as being there."""
    Presence.objects.update_or_create(case=case, member=member, defaults={"at": now})
    found = Presence.objects.filter(case=case, at__gt=now - _GONE_AFTER, member__left=None).exclude(member=member)
    return [str(one.member.user) for one in found.select_related("member__user").order_by("at")]
