from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from regard.outreach.notices.kinds import NOTICE_KINDS
from regard.outreach.notices.models import Notice, NoticeChoice, Way
from regard.workspace.members.models import Member


@dataclass(frozen=True)
class News:
    """What is told to whom. `text` is called in each reader's language."""

    kind: str
    about: str
    link: str
    text: Callable[[], str]
    members: Sequence[Member]


@transaction.atomic
def tell(news: Iterable[News], *, now: datetime, by: Member | None = None) -> int:
    """Write it down for everybody it is for but whoever did it. What they have not seen yet is not said again. Returns how many were told."""
    wanted = [(one, member) for one in news for member in one.members if member.left is None and (by is None or member.pk != by.pk)]
    if not wanted:
        return 0
    members = {member.pk for _one, member in wanted}
    ways = {(one.member_id, one.kind): one.way for one in NoticeChoice.objects.filter(member__in=members)}
    standing = set(
        Notice.objects.filter(member__in=members, about__in={one.about for one, _member in wanted}, seen=None).values_list(
            "member", "kind", "about"
        )
    )
    rows, languages = [], {member.pk: member.user.language or settings.LANGUAGE_CODE for _one, member in wanted}
    for one, member in wanted:
        way = ways.get((member.pk, one.kind), NOTICE_KINDS[one.kind].way)
        if way == Way.OFF or (member.pk, one.kind, one.about) in standing:
            continue
        standing.add((member.pk, one.kind, one.about))
        with translation.override(languages[member.pk]):
            text = one.text()[:200]
        rows.append(Notice(member=member, kind=one.kind, about=one.about[:60], text=text, link=one.link, at=now, way=way))
    Notice.objects.bulk_create(rows)
    return len(rows)


def forget(about: Sequence[str]) -> int:
    """What these were about is gone."""
    count, _by_model = Notice.objects.filter(about__in=about).delete()
    return count
