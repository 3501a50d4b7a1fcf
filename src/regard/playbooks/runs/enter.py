"""What happened becomes runs: once for each cause, not again too soon for the same customer, and not without end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.care.cases.models import Case, Step
from regard.care.cases.models import What as CaseWhat
from regard.metrics.period import BadQuery
from regard.outreach.notices.tell import News, tell
from regard.playbooks.rules.definition import Answered, CaseWas, Happened, Rule
from regard.playbooks.rules.models import Playbook, running
from regard.playbooks.runs.models import Run, RunState
from regard.playbooks.runs.queries import Occasion, customers_of, fitting, occasions
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right

#: Older than this is history: an import of last year's answers opens no cases.
FRESH = timedelta(days=3)
#: Batches looked at together, and the most occasions in them: a batch holds far fewer.
_AT_ONCE, _MOST = 50, 200_000
_STEPS = {
    "opened": CaseWhat.OPENED, "closed": CaseWhat.CLOSED, "reopened": CaseWhat.REOPENED, "confirmed": CaseWhat.CONFIRMED,
    "denied": CaseWhat.DENIED, "late": CaseWhat.LATE, "heard": CaseWhat.HEARD,
}  # fmt: skip
#: What a playbook did carries its name so; nothing that it did itself sets it off again.
BY = "Playbook: "

#: Not again within the days of rest: neither by an earlier run nor by another occasion of this batch, of which the first counts.
_ENTER = """
insert into playbooks_run (playbook_id, version_id, rule, cause, profile_id, about, case_id, happened, begun, step, due, state, attempts, trouble)
select %(playbook)s, %(version)s, %(rule)s, given.cause, p.id, given.about::jsonb, given.case_id, given.at, %(now)s, 0, %(now)s, given.state, 0, ''
from unnest(%(causes)s::text[], %(profiles)s::bigint[], %(abouts)s::text[], %(cases)s::bigint[], %(ats)s::timestamptz[], %(states)s::text[])
    as given(cause, profile, about, case_id, at, state)
left join customers_profile p on p.id = given.profile and p.workspace_id = %(workspace)s
where (given.profile = 0 or p.id is not null) and (%(rest)s = 0 or given.profile = 0 or not exists (
    select from playbooks_run r where r.profile_id = p.id and r.playbook_id = %(playbook)s and r.rule = %(rule)s
    and r.begun > %(now)s - make_interval(days => %(rest)s)))
on conflict do nothing
"""


def note_recorded(workspace: int, inboxes: list[int]) -> None:
    """As a handler of events: batches were recorded."""
    now = timezone.now()
    for playbook in running(workspace).select_related("workspace"):
        for number, rule in enumerate(playbook.version.read):
            if not isinstance(rule.when, Answered | Happened):
                continue
            assert playbook.since is not None
            since = max(playbook.since, now - FRESH)
            for first in range(0, len(inboxes), _AT_ONCE):
                try:
                    found = occasions(playbook.workspace, rule.when, since=since, inboxes=inboxes[first : first + _AT_ONCE], most=_MOST)
                except BadQuery:
                    break  # its page says what is wrong with it
                enter(playbook, number, rule, found, now=now)


def note_cases(workspace: int, cases: list[int]) -> None:
    """As a handler of events: something happened with these cases."""
    now = timezone.now()
    for playbook in running(workspace):
        for number, rule in enumerate(playbook.version.read):
            if isinstance(rule.when, CaseWas):
                enter(playbook, number, rule, steps_of(playbook, rule.when, cases, since=playbook.since or now), now=now)


def steps_of(playbook: Playbook, when: CaseWas, cases: Sequence[int] | None, *, since: datetime) -> list[Occasion]:
    """What happened with cases since then, but for what this playbook did itself."""
    found = Step.objects.filter(what=_STEPS[when.what], at__gte=since, case__workspace=playbook.workspace_id).exclude(by=f"{BY}{playbook.name}")
    if cases is not None:
        found = found.filter(case__in=cases)
    if when.queue is not None:
        found = found.filter(case__queue=when.queue)
    rows = found.select_related("case").order_by("-pk")[:5_000]
    return [Occasion(f"step {one.pk}", one.case.profile_id or 0, one.at, about_case(one.case), one.case_id) for one in rows]


def about_case(case: Case) -> dict[str, object]:
    found = {"touchpoint": case.touchpoint_id, "unit": case.unit_id, "channel": case.channel, "words": case.words[:2_000], "language": case.language}
    return {name: value for name, value in found.items() if value}


@transaction.atomic
def enter(playbook: Playbook, number: int, rule: Rule, found: Sequence[Occasion], *, now: datetime) -> int:
    """Begin a run for each; returns how many were new. Too many in an hour: all of them wait, and somebody is asked."""
    known = Run.objects.filter(playbook=playbook, rule=number, cause__in=[one.cause[:80] for one in found])
    begun = set(known.values_list("cause", flat=True)) if found else set()
    fresh = [one for one in found if one.cause[:80] not in begun]
    chosen = _one_each(fitting(playbook.workspace_id, rule, fresh), rule.rest_days)
    if not chosen:
        return 0
    held = [RunState.HELD if left_alone(playbook, rule, one.profile) else RunState.WAITING for one in chosen]
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, {
            "playbook": playbook.pk, "version": playbook.version.pk, "rule": number, "workspace": playbook.workspace_id, "now": now,
            "rest": rule.rest_days, "causes": [one.cause[:80] for one in chosen], "profiles": [one.profile for one in chosen],
            "abouts": [json.dumps(one.about) for one in chosen], "cases": [one.case for one in chosen], "ats": [one.at for one in chosen],
            "states": [one.value for one in held],
        })  # fmt: skip
        entered = int(cursor.rowcount)
    if entered and entered + _lately(playbook, now, entered) > playbook.most_per_hour:
        blow(playbook, now=now)
    return entered


def _lately(playbook: Playbook, now: datetime, entered: int) -> int:
    """How many it began in the last hour besides."""
    return Run.objects.filter(playbook=playbook, begun__gt=now - timedelta(hours=1)).exclude(state=RunState.HELD).count() - entered


def blow(playbook: Playbook, *, now: datetime) -> None:
    """The fuse: nothing goes on before somebody has looked."""
    why = _("It was begun more than %(n)s times within an hour: look at what it does, then let it go on.") % {"n": playbook.most_per_hour}
    playbook.switch_off(by="Regard", now=now, why=why)
    whom = [one for one in Member.objects.filter(workspace=playbook.workspace_id, left=None).select_related("user") if one.may(Right.CONFIGURE)]
    news = News(
        "playbook.stopped", f"playbook {playbook.pk}", reverse("playbooks:show", args=[playbook.pk]),
        lambda: _("Playbook “%(name)s” stopped itself and waits for you") % {"name": playbook.name[:120]}, whom,
    )  # fmt: skip
    tell([news], now=now)


def _one_each(found: Sequence[Occasion], rest_days: int) -> list[Occasion]:
    if not rest_days:
        return list(found)
    customers = customers_of([one.profile for one in found])
    chosen: dict[object, Occasion] = {}
    for one in sorted(found, key=lambda occasion: occasion.at):
        chosen.setdefault(customers.get(one.profile) or one.cause, one)
    return list(chosen.values())


def left_alone(playbook: Playbook, rule: Rule, profile: int) -> bool:
    """By chance, and for one customer always the same way: neither luck nor a second occasion moves anybody between the groups."""
    if not rule.hold_out or not profile:
        return False
    drawn = int.from_bytes(sha256(f"{playbook.pk}/{profile}".encode()).digest()[:8], "big") % 10_000
    return drawn < rule.hold_out * 100
