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
from regard.customers.traits.fold import HOME_UNIT, NAME, fold
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


_KEEP_PAST = """
insert into customers_pasttrait (profile_id, source, name, value, since, until)
select s.profile_id, s.source, left(e.key, 200), old.value -> 'v', (old.value ->> 'at')::timestamptz, (e.value ->> 'at')::timestamptz
from told join customers_saying s using (profile_id, source), jsonb_each(told.values) e, jsonb_each(s.values) old
where old.key = e.key and old.value -> 'v' is distinct from e.value -> 'v' and old.value ->> 'at' <= e.value ->> 'at'
"""
_SAY = """
insert into customers_saying (profile_id, source, values) select profile_id, source, values from told
on conflict (profile_id, source) do update set values = (
    select jsonb_object_agg(key, value) from (
        select distinct on (key) key, value
        from (select * from jsonb_each(customers_saying.values) union all select * from jsonb_each(excluded.values)) both_said
        order by key, value ->> 'at' desc, (value -> 'v')::text desc
    ) newest
)
"""


@transaction.atomic
def describe(workspace: int, tellings: Sequence[Telling]) -> None:
    """Add to what is known of these profiles. For each source the newest word counts, whatever order they come in."""
    said = _said(tellings)
    if not said:
        return
    with connection.cursor() as cursor:
        told = (
            "with told as (select profile_id, source, values::jsonb from unnest(%s::bigint[], %s::int[], %s::text[]) "
            "as told(profile_id, source, values)) "
        )
        profiles = [profile for profile, _ in said]
        values = (profiles, [source for _, source in said], [json.dumps(v) for v in said.values()])
        cursor.execute(told + _KEEP_PAST, values)
        cursor.execute(told + _SAY, values)
        cursor.execute(
            "select distinct coalesce(merged_into_id, id) from customers_profile where workspace_id = %s and id = any(%s)",
            [workspace, profiles],
        )
        roots = [root for (root,) in cursor.fetchall()]
    fold(workspace, roots)
    publish(CHANGED, workspace, roots)


def _said(tellings: Sequence[Telling]) -> dict[tuple[int, int], dict[str, Any]]:
    said: dict[tuple[int, int], dict[str, Any]] = {}
    for telling in sorted(tellings, key=lambda telling: telling.at):
        at = telling.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        values = {key: value for key, value in telling.traits.items() if key not in (NAME, HOME_UNIT)}
        if name := plain(telling.name):
            values[NAME] = name
        if telling.unit is not None:
            values[HOME_UNIT] = telling.unit
        if values:
            mine = said.setdefault((telling.profile, telling.source), {})
            mine.update({storable(key): {"v": storable(value), "at": at} for key, value in values.items()})
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
