"""What nobody tells of by itself: who came into a segment, who never answered, what the clock says. Looked at every minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from regard.listening.invitations.models import Invitation
from regard.playbooks.rules.definition import Clock, Moved, Silent
from regard.playbooks.rules.models import Playbook, running
from regard.playbooks.runs.enter import enter
from regard.playbooks.runs.queries import Occasion
from regard.segments.queries import changes_since, members
from regard.warehouse.scope import Scope

_AT_ONCE = 10_000


def look(*, now: datetime) -> int:
    """Returns how many runs were begun."""
    count = 0
    for playbook in running().select_related("workspace"):
        since = playbook.looked or now
        for number, rule in enumerate(playbook.version.read):
            match rule.when:
                case Moved():
                    count += enter(playbook, number, rule, moved(playbook, rule.when, since), now=now)
                case Silent():
                    count += enter(playbook, number, rule, silent(rule.when, since, now), now=now)
                case Clock() if struck(rule.when, playbook, since, now):
                    count += _everybody(playbook, number, now)
        # a minute twice rather than a moment never: what was seen is not begun again
        Playbook.objects.filter(pk=playbook.pk).update(looked=now - timedelta(minutes=1))
    return count


def moved(playbook: Playbook, when: Moved, since: datetime) -> list[Occasion]:
    """Who came into a segment since then, or left it."""
    changes = changes_since(Scope(playbook.workspace_id), when.segment, since)
    return [
        Occasion(f"segment {when.segment} {customer} {at:%Y%m%d%H%M%S}", customer, at, {})
        for customer, came, at in changes
        if came == when.came
    ]


def silent(when: Silent, since: datetime, now: datetime, *, most: int | None = None) -> list[Occasion]:
    """Invitations that ran out since then without an answer, the last first; all of them unless `most` says how many."""
    found = Invitation.objects.filter(programme=when.programme, expires__gt=since, expires__lte=now, started=None, opted_out=None, bounced=None)
    rows = found.exclude(sent=None).order_by("-expires", "-pk").values_list("pk", "profile", "expires", "touchpoint", "unit")[:most]
    return [
        Occasion(f"invitation {pk}", profile, expires, {name: value for name, value in (("touchpoint", touchpoint), ("unit", unit)) if value})
        for pk, profile, expires, touchpoint, unit in rows
        if expires is not None
    ]


def struck(when: Clock, playbook: Playbook, since: datetime, now: datetime) -> bool:
    """Whether its hour has come since it was looked at last."""
    zone = playbook.workspace.zone
    hour = now.astimezone(zone).replace(hour=when.hour, minute=0, second=0, microsecond=0)
    fits = {"day": True, "week": hour.weekday() == 0, "month": hour.day == 1}[when.every]
    return fits and since < hour <= now


def _everybody(playbook: Playbook, number: int, now: datetime) -> int:
    rule = playbook.version.read[number]
    assert isinstance(rule.when, Clock)
    count, after, day = 0, 0, now.astimezone(playbook.workspace.zone).date()
    while page := members(Scope(playbook.workspace_id), rule.when.segment, limit=_AT_ONCE, after=after):
        found = [Occasion(f"clock {day} {customer}", customer, now, {}) for customer, _since in page]
        count += enter(playbook, number, rule, found, now=now)
        after = page[-1][0]
    return count
