"""SQL: what sources say of customers, each word read as the kind that its trait has."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

from regard.customers.traits.models import Trait, TrustOrder

#: Said like traits, kept in columns of their own.
NAME, HOME_UNIT = "$name", "$unit"

_DAY = r"(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.]\d{1,9})?)?"
_ZONE = r"(Z|[+-](0\d|1[0-4]):?[0-5]\d)"
#: February has no thirtieth: the day is compared with the length of its month before anything is cast.
_IN_MONTH = (
    "substr(t.word, 9, 2)::int <= extract(day from (left(t.word, 7) || '-01')::date + interval '1 month - 1 day')"
)
#: A value that fits no kind is null, and is not believed; that there is none ('null') can always be said.
#: Over `t` (value, word: its text without blanks around it, kind, options). Binds zone, the workspace's.
_FITTING = rf"""case
    when t.kind is null or t.value = 'null' then t.value
    when t.kind in ('number', 'money') then case
        when jsonb_typeof(t.value) = 'number' then t.value
        when jsonb_typeof(t.value) = 'string' and t.word ~ '^[+-]?\d{{1,15}}([.]\d{{1,9}})?$' then to_jsonb(t.word::numeric) end
    when t.kind = 'boolean' then case
        when lower(t.word) in ('true', 'yes', 'y', 'on', '1') then 'true'::jsonb
        when lower(t.word) in ('false', 'no', 'n', 'off', '0') then 'false'::jsonb end
    when t.kind = 'date' then case
        when t.word ~ '^{_DAY}([T ]{_CLOCK})?$' then case when {_IN_MONTH} then to_jsonb(left(t.word, 10)) end
        when t.word ~ '^{_DAY}[T ]{_CLOCK}{_ZONE}$' then case when {_IN_MONTH}
            then to_jsonb(to_char(t.word::timestamptz at time zone %(zone)s, 'YYYY-MM-DD')) end end
    when t.kind = 'choice' then
        (select to_jsonb(one) from jsonb_array_elements_text(t.options) one where lower(one) = lower(t.word) limit 1)
    when t.kind = 'list' then case jsonb_typeof(t.value)
        when 'array' then t.value
        when 'object' then null
        else (select jsonb_agg(btrim(one)) from regexp_split_to_table(t.word, '[;,|]') one where btrim(one) != '') end
    else to_jsonb(t.value #>> '{{}}') end"""
_CATALOGUE = "jsonb_to_recordset(%(catalogue)s::jsonb) as c(name text, kind text, options jsonb, trust int[])"

#: Whose words: told by number, and their words taken apart after they are found (`offset 0`). Left to the planner, a statement over all
#: three would read every word once for each profile where it believes the tables empty, as it does while a first import fills them.
_PROFILES = """select id, coalesce(merged_into_id, id) from customers_profile
where workspace_id = %s and (id = any(%s::bigint[]) or merged_into_id = any(%s::bigint[]))"""
_OF_PROFILES = "unnest(%(profiles)s::bigint[], %(owners)s::bigint[]) as p(id, root)"
_NOW = f"""select s.root, s.profile_id as profile, s.source, e.key, e.value -> 'v' as value,
    coalesce(e.value ->> 'since', e.value ->> 'at')::timestamptz as since, 'infinity'::timestamptz as until,
    (e.value ->> 'at')::timestamptz as at
    from (select p.root, s.* from {_OF_PROFILES} join customers_saying s on s.profile_id = p.id offset 0) s, jsonb_each(s.values) e"""
_PAST = f"""select p.root, t.profile_id, t.source, t.name, t.value, t.since, t.until, t.since
    from {_OF_PROFILES} join customers_pasttrait t on t.profile_id = p.id"""
#: How words stand against each other: whom one believes more, then the newer.
ORDER = "array_position(coalesce(trust, %(trust)s::int[]), source) nulls last, at desc, value::text desc"


def words(*, past: bool = False) -> str:
    """A select of what is said: root, profile, source, key, raw, value, trust, since, until, at. `raw` is as said; `value` null does not fit.

    Binds what `bound` gives.
    """
    said = _NOW + (f" union all {_PAST}" if past else "")
    return _fitted(said, "t.root, t.profile, t.source, t.key, t.trust, t.since, t.until, t.at")


def values_said(most: int) -> str:
    """A select of what is said now of one trait, by anybody: raw, value, number of times. Looks at so many words at most.

    Binds what `bound` gives, and the trait's `name`. Each value is read once, however many say it.
    """
    said = f"""select %(name)s as key, value, count(*) as number from (
        select s.values -> %(name)s -> 'v' as value from customers_saying s join customers_profile p on p.id = s.profile_id
        where p.workspace_id = %(workspace)s and s.values ? %(name)s limit {most:d}
    ) one group by value"""
    return _fitted(said, "t.number")


def _fitted(said: str, columns: str) -> str:
    return f"""select {columns}, t.value as raw, {_FITTING} as value from (
        select said.*, btrim(said.value #>> '{{}}') as word, c.kind, c.options, c.trust
        from ({said}) said left join {_CATALOGUE} on c.name = said.key) t"""


def bound(workspace: int, roots: Iterable[int], zone: str, *, instead: Trait | None = None) -> dict[str, Any]:
    """What `words` binds. `instead`: as if a trait were so."""
    catalogue, roots = Trait.of(workspace) | ({instead.name: instead} if instead else {}), list(roots)
    with connection.cursor() as cursor:
        cursor.execute(_PROFILES, [workspace, roots, roots])
        theirs = cursor.fetchall()
    return {
        "workspace": workspace, "roots": roots, "profiles": [one for one, _ in theirs], "owners": [root for _, root in theirs],
        "zone": zone, "trust": TrustOrder.of(workspace), "catalogue": json.dumps([one.read_as for one in catalogue.values()]),
    }  # fmt: skip
