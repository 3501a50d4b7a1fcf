"""What a rehearsal is about, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from regard.customers.contact.log.models import FrequencyRule, What
from regard.listening.programmes.models import Programme

_CUSTOMERS = "from customers_profile where workspace_id = %s and merged_into_id is null and not is_account"
#: Apart from how rounds are spread over their days.
_SAMPLED = "mod(hashint8extended({of}, 7), %s) = 0"


def customers(workspace: int) -> int:
    return int(_one(f"select count(*) {_CUSTOMERS}", [workspace]))


def sample(workspace: int, *, one_in: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"select id {_CUSTOMERS} and {_SAMPLED.format(of='id')} order by id", [workspace, one_in])
        return [customer for (customer,) in cursor.fetchall()]


_ANSWERED = "from listening_invitation i where i.programme_id = %s and coalesce(i.completed, i.partial) >= %s"


def answerers(programme: Programme, since: datetime) -> int:
    return int(_one(f"select count(distinct profile_id) {_ANSWERED}", [programme.after_id, since]))


def enter_answerers(programme: Programme, *, since: datetime, one_in: int) -> None:
    """Whoever answered the programme that this one follows, when they did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into listening_invitation (programme_id, profile_id, cause, wave, touchpoint_id, unit_id, happened, created, due, because, "
            "sentence, channel, reminded, bounce) select %s, i.profile_id, 'answer ' || i.id, i.wave, i.touchpoint_id, i.unit_id, "
            f"coalesce(i.completed, i.partial), %s, coalesce(i.completed, i.partial) + make_interval(secs => %s), '', '', '', 0, '' {_ANSWERED} "
            f"and {_SAMPLED.format(of='i.profile_id')}",
            [programme.pk, since, programme.delay.total_seconds(), programme.after_id, since, one_in],
        )


def _one(sql: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        (value,) = cursor.fetchone()
    return value


_COUNTS = """
select count(*) filter (where because <> 'audience'), count(*) filter (where decided is not null and because = ''),
    count(*) filter (where decided is null), count(distinct profile_id) filter (where because <> 'audience'),
    count(distinct profile_id) filter (where decided is not null and because = '')
from listening_invitation where programme_id = %s
"""
_REASONS = """
select because, count(*) from listening_invitation where programme_id = %s and decided is not null and because not in ('', 'audience')
group by because order by count(*) desc, because
"""
_DAYS = """
select coalesce(max(n), 0) from (
    select count(*) as n from listening_invitation where programme_id = %s and decided is not null and because = ''
    group by (decided at time zone %s)::date) daily
"""
#: The groups are entries of this table, never what somebody typed.
_GROUPS: Mapping[str, str] = {
    "unit": "left join workspace_unit g on g.id = i.unit_id",
    "touchpoint": "left join ledger_touchpoint g on g.id = i.touchpoint_id",
    "trait": "join (select id, traits ->> %s as name from customers_profile) g on g.id = i.profile_id",
}
_OF_GROUP = """
select coalesce(g.name, ''), count(*), count(*) filter (where i.decided is not null and i.because = ''), count(distinct i.profile_id)
from listening_invitation i {join} where i.programme_id = %s and i.because <> 'audience'
group by 1 order by 2 desc, 1 limit 50
"""


def found(copy: Programme, trait: str, *, since: datetime, until: datetime, one_in: int) -> dict[str, Any]:
    """Counts, of everybody: what was counted in the sample, times what one of it stands for. The greatest day is of the whole company."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [copy.pk])
        eligible, asked, waiting, people, reached = cursor.fetchone()
        cursor.execute(_REASONS, [copy.pk])
        reasons = [[because, count * one_in] for because, count in cursor.fetchall()]
        cursor.execute(_DAYS, [copy.pk, copy.workspace.time_zone])
        (peak,) = cursor.fetchone()
        groups = {}
        for name, join in _GROUPS.items():
            if name != "trait" or trait:
                cursor.execute(_OF_GROUP.format(join=join), [*([trait] if name == "trait" else []), copy.pk])
                groups[name] = [[label, *(count * one_in for count in counts)] for label, *counts in cursor.fetchall()]
    return {
        "eligible": eligible * one_in, "asked": asked * one_in, "waiting": waiting * one_in, "people": people * one_in,
        "reached": reached * one_in, "peak": peak * one_in, "reasons": reasons, "groups": groups,
        "others": _others(copy, since=since, until=until, one_in=one_in),
    }  # fmt: skip


#: Contacts of others that a rule allows, and would not with those of this programme counted: of one rule.
_LOST = """
select id, profile_id, sender_id from (
    select c.id, c.profile_id, c.sender_id, c.at, c.sender_id = %(copy)s as ours, count(*) over last as all_of_them,
        count(*) filter (where c.sender_id <> %(copy)s) over last as theirs
    from (
        select c.id, coalesce(p.merged_into_id, p.id) as profile_id, c.at,
            case when c.sender_kind = 'survey' then c.sender_id else '' end as sender_id
        from customers_contactmade c join customers_profile p on p.id = c.profile_id
        join customers_profile whose on whose.id = coalesce(p.merged_into_id, p.id)
        where c.workspace_id = %(workspace)s and c.what = 'contact' and c.at > %(since)s - make_interval(days => %(days)s) and c.at <= %(until)s
            and %(channel)s in ('all', c.channel) and %(purpose)s in (0, c.purpose_id) and %(kind)s in ('', c.sender_kind)
            and (%(trait)s = '' or lower(whose.traits ->> %(trait)s) = lower(%(value)s))
            and coalesce(p.merged_into_id, p.id) in (select profile_id from listening_invitation where programme_id = %(programme)s)
    ) c
    window last as (partition by c.profile_id order by c.at range between make_interval(days => %(days)s) preceding and current row)
) counted
where not ours and at > %(since)s and all_of_them > %(most)s and theirs <= %(most)s
"""
_SENT = """
select c.sender_id, count(*) from customers_contactmade c join customers_profile p on p.id = c.profile_id
where c.workspace_id = %s and c.what = 'contact' and c.sender_kind = 'survey' and c.at > %s and c.at <= %s and c.sender_id <> %s
    and coalesce(p.merged_into_id, p.id) in (select profile_id from listening_invitation where programme_id = %s)
group by c.sender_id
"""


def _others(copy: Programme, *, since: datetime, until: datetime, one_in: int) -> list[list[Any]]:
    """Of each other programme: what it sent to the same people, and how much of that a rule would have stopped because of this one."""
    rules = FrequencyRule.objects.filter(workspace=copy.workspace_id, counts=What.CONTACT, sender_id="", most__gt=0)
    lost: dict[str, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [copy.workspace_id, since, until, str(copy.pk), copy.pk])
        sent = dict(cursor.fetchall())
        for rule in rules:
            cursor.execute(
                _LOST,
                {
                    "copy": str(copy.pk), "programme": copy.pk, "workspace": copy.workspace_id, "since": since, "until": until, "days": rule.days,
                    "channel": rule.channel, "purpose": rule.purpose_id or 0, "kind": rule.sender_kind, "trait": rule.trait, "value": rule.value,
                    "most": rule.most,
                },
            )  # fmt: skip
            for contact, _profile, sender in cursor.fetchall():
                lost.setdefault(sender, set()).add(contact)
    named = {
        str(pk): name for pk, name in Programme.objects.filter(workspace=copy.workspace_id).values_list("pk", "name")
    }
    rows = [
        [named[sender], count * one_in, len(lost.get(sender, ())) * one_in]
        for sender, count in sent.items()
        if sender in named
    ]
    return sorted(rows, key=lambda row: (-row[2], -row[1], row[0]))
