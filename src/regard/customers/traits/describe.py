"""Writes down what is said about people, who said it and when; a customer's traits follow from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from regard.customers.identity.names import plain
from regard.customers.identity.resolve import CHANGED
from regard.customers.traits.fold import fold
from regard.customers.traits.words import HOME_UNIT, NAME
from regard.jobs.models import publish


@dataclass(frozen=True)
class Telling:
    """One source's words about one profile."""

    profile: int
    source: int
    at: datetime
    name: str = ""
    traits: dict[str, Any] = field(default_factory=dict)
    unit: int | None = None


_LOCK = """
select 1 from customers_saying s join unnest(%(profiles)s::bigint[], %(sources)s::int[]) as told(profile_id, source) using (profile_id, source)
order by s.id for update of s
"""
#: Every word about the traits that are spoken of, known and new, laid out in time: what holds from one to the next is the past, and the
#: last is what is said now, since when, and when it was last said. So the order in which words arrive makes no difference.
_SAY = """
with told as (
    select profile_id, source, said.key, (word ->> 'at')::timestamptz as at, word -> 'v' as v
    from unnest(%(profiles)s::bigint[], %(sources)s::int[], %(words)s::text[]) as told(profile_id, source, words),
        jsonb_each(words::jsonb) said, jsonb_array_elements(said.value) word
), spoken as (
    select distinct profile_id, source, key from told
), known as (
    select k.profile_id, k.source, k.key, s.values -> k.key as word
    from spoken k join customers_saying s using (profile_id, source) where s.values ? k.key
), points as (
    select * from told
    union all select profile_id, source, key, (word ->> 'at')::timestamptz, word -> 'v' from known
    union all select profile_id, source, key, (word ->> 'since')::timestamptz, word -> 'v' from known where word ? 'since'
    union all select k.profile_id, k.source, k.key, t.since, t.value
        from known k join customers_pasttrait t on (t.profile_id, t.source, t.name) = (k.profile_id, k.source, left(k.key, 200))
), in_order as (
    select *, max(at) over (partition by profile_id, source, key) as last,
        row_number() over w = 1 or lag(v) over w is distinct from v as begins
    from points window w as (partition by profile_id, source, key order by at, v::text)
), spans as (
    select profile_id, source, key, v, at as since, last, lead(at) over (partition by profile_id, source, key order by at, v::text) as until
    from in_order where begins
), gone as (
    delete from customers_pasttrait t using known k
    where (t.profile_id, t.source, t.name) = (k.profile_id, k.source, left(k.key, 200))
), past as (
    insert into customers_pasttrait (profile_id, source, name, value, since, until)
    select profile_id, source, left(key, 200), v, since, until from spans where until > since
)
insert into customers_saying (profile_id, source, values)
select profile_id, source, jsonb_object_agg(key, jsonb_build_object('v', v, 'at', to_char(last at time zone 'UTC', %(form)s))
    || case when since < last then jsonb_build_object('since', to_char(since at time zone 'UTC', %(form)s)) else '{}' end)
from spans where until is null group by profile_id, source
on conflict (profile_id, source) do update set values = customers_saying.values || excluded.values
"""
_FORM = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


@transaction.atomic
def describe(workspace: int, tellings: Sequence[Telling]) -> None:
    """Add to what is known of these profiles. For each source the newest word counts, whatever order they come in."""
    said = _said(tellings)
    if not said:
        return
    profiles = [profile for profile, _ in said]
    told: dict[str, Any] = {
        "profiles": profiles,
        "sources": [source for _, source in said],
        "words": [json.dumps(v) for v in said.values()],
        "form": _FORM,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, told)
        cursor.execute(_SAY, told)
        cursor.execute(
            "select distinct coalesce(merged_into_id, id) from customers_profile where workspace_id = %s and id = any(%s)",
            [workspace, profiles],
        )
        roots = [root for (root,) in cursor.fetchall()]
    fold(workspace, roots)
    publish(CHANGED, workspace, roots)


def _said(tellings: Sequence[Telling]) -> dict[tuple[int, int], dict[str, list[dict[str, Any]]]]:
    """For each profile and source the words about each trait."""
    said: dict[tuple[int, int], dict[str, list[dict[str, Any]]]] = {}
    for telling in tellings:
        at = telling.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        values = {key: value for key, value in telling.traits.items() if key not in (NAME, HOME_UNIT)}
        if name := plain(telling.name):
            values[NAME] = name
        if telling.unit is not None:
            values[HOME_UNIT] = telling.unit
        if values:
            mine = said.setdefault((telling.profile, telling.source), {})
            for key, value in values.items():
                mine.setdefault(storable(key), []).append({"v": storable(value), "at": at})
    return said


def storable(value: Any) -> Any:
    """PostgreSQL's jsonb cannot hold NUL or half a character; they become the replacement character."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value
