"""Whoever becomes eligible is entered, once for each cause; whether they are asked is decided when it is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
from django.db import connection
from django.utils import timezone

from regard.listening.invitations.models import Invitation
from regard.listening.invitations.queries import interactions
from regard.listening.programmes.models import Kind, Programme, running
from regard.metrics.period import BadQuery
from regard.segments.queries import members
from regard.warehouse.scope import Scope

_AT_ONCE = 50_000
_COLUMNS = "programme_id, profile_id, cause, wave, touchpoint_id, unit_id, happened, created, due, because, sentence, channel, reminded, bounce"

#: Touchpoints and units that are gone since then are left out; people who are, too.
_LIVED = f"""
insert into listening_invitation ({_COLUMNS})
select %s, coalesce(p.merged_into_id, p.id), given.id, 1, t.id, u.id, to_timestamp(given.at / 1000.0), %s,
    to_timestamp(given.at / 1000.0) + make_interval(secs => %s), '', '', '', 0, ''
from unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) as given(id, profile, at, touchpoint, unit)
join customers_profile p on p.id = given.profile and p.workspace_id = %s and not p.is_account
left join ledger_touchpoint t on t.id = given.touchpoint and t.workspace_id = %s
left join workspace_unit u on u.id = given.unit and u.workspace_id = %s
on conflict do nothing
"""


def enter_recorded(workspace: int, inboxes: list[int], *, now: datetime) -> int:
    """Of what was just recorded, all that a running programme asks about."""
    count = 0
    for programme in running(workspace, Kind.TRANSACTIONAL).select_related("workspace"):
        try:
            for rows in interactions(programme, since=earliest(programme, now), inboxes=inboxes):
                count += _enter(programme, rows, now)
        except BadQuery:
            continue  # its board says what is wrong with it
    return count


def note_recorded(workspace: int, inboxes: list[int]) -> None:
    """As a handler of events: batches were recorded."""
    enter_recorded(workspace, inboxes, now=timezone.now())


def earliest(programme: Programme, now: datetime) -> datetime:
    assert programme.since is not None
    return max(programme.since, now - programme.fresh)


def enter_past(programme: Programme, *, now: datetime) -> int:
    """What happened before the launch, as far back as was wanted then."""
    return sum(_enter(programme, rows, now) for rows in interactions(programme, since=earliest(programme, now)))


def enter_sample(programme: Programme, *, since: datetime, now: datetime, one_in: int) -> int:
    """What some of the people lived since then."""
    return sum(_enter(programme, rows, now) for rows in interactions(programme, since=since, one_in=one_in))


def _enter(programme: Programme, rows: pa.Table, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _LIVED,
            [
                programme.pk, now, _seconds(programme.delay), *(rows.column(name).to_pylist() for name in rows.column_names),
                programme.workspace_id, programme.workspace_id, programme.workspace_id,
            ],
        )  # fmt: skip
        return int(cursor.rowcount)


def _seconds(lasting: timedelta) -> int:
    return int(lasting.total_seconds())


#: Each customer has a clock of their own: when they were last entered, else a day of the first round that follows from who they are.
_CLOCK = f"""
insert into listening_invitation ({_COLUMNS})
select %(programme)s, p.id, 'round ' || %(wave)s || ' of ' || p.id, %(wave)s, null, p.home_unit_id, %(now)s, %(now)s, %(now)s, '', '', '', 0, ''
from customers_profile p
where p.workspace_id = %(workspace)s and p.merged_into_id is null and not p.is_account
    and (%(members)s::bigint[] is null or p.id = any(%(members)s::bigint[]))
    and greatest(p.created, %(launched)s) + make_interval(days => (abs(hashint8(p.id)::bigint) %% %(spread)s)::int) <= %(now)s
    and not exists (
        select from listening_invitation i where i.programme_id = %(programme)s and i.created > %(now)s - make_interval(days => %(rest)s)
        and i.profile_id = p.id)
    and not exists (
        select from customers_profile other join listening_invitation i on i.profile_id = other.id
        where other.merged_into_id = p.id and i.programme_id = %(programme)s and i.created > %(now)s - make_interval(days => %(rest)s))
on conflict do nothing
"""


def enter_round(programme: Programme, *, now: datetime) -> int:
    """Of a relationship programme, everybody whose time has come again."""
    if programme.segment_id is None:
        return enter_whose_time_has_come(programme, None, now=now)
    count, after, scope = 0, 0, Scope(programme.workspace_id)
    while page := [customer for customer, _since in members(scope, programme.segment_id, limit=_AT_ONCE, after=after)]:
        count += enter_whose_time_has_come(programme, page, now=now)
        after = page[-1]
    return count


def enter_whose_time_has_come(programme: Programme, among: Sequence[int] | None, *, now: datetime) -> int:
    """Of these customers, or of all of them."""
    assert programme.launched is not None
    values: dict[str, Any] = {
        "programme": programme.pk, "workspace": programme.workspace_id, "now": now, "launched": programme.launched,
        "wave": programme.wave_at(now), "spread": max(programme.spread_days, 1), "rest": max(programme.rest_days, 1),
        "members": None if among is None else list(among),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CLOCK, values)
        return int(cursor.rowcount)


def enter_followers(invitations: Sequence[Invitation], *, now: datetime) -> None:
    """Whoever answered one programme becomes eligible for those that follow it."""
    for programme in Programme.objects.filter(kind=Kind.SEQUENCE, after__in={one.programme_id for one in invitations}):
        if not programme.running:
            continue
        Invitation.objects.bulk_create(
            (
                Invitation(
                    programme=programme, profile_id=one.profile_id, cause=f"answer {one.pk}", wave=one.wave, touchpoint_id=one.touchpoint_id,
                    unit_id=one.unit_id, happened=now, due=now + programme.delay,
                )
                for one in invitations
                if one.programme_id == programme.after_id
            ),
            ignore_conflicts=True,
        )  # fmt: skip
