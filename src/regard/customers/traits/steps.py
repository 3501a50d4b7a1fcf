"""What was believed of customers from when on: the words of all sources, past ones too, held against the order of trust at each moment."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from regard.customers.traits.fold import zone_of
from regard.customers.traits.words import bound, words

#: A word that was said again later was being said all the while, as far as anybody knows: at each moment it is as new as it can be.
_STEPS = f"""
with said as (
    select * from ({words(past=True)}) all_said where value is not null and left(key, 1) != '$'
), disputed as (
    select root, key from said group by root, key having count(*) > 1
), moments as (
    select root, key, moment from said join disputed using (root, key), lateral (values (since), (at), (nullif(until, 'infinity'))) one(moment)
    where moment is not null group by root, key, moment
), believed as (
    select distinct on (m.root, m.key, m.moment) m.root, m.key, m.moment, s.value
    from moments m left join said s on (s.root, s.key) = (m.root, m.key) and s.since <= m.moment and m.moment < s.until
    order by m.root, m.key, m.moment, array_position(coalesce(s.trust, %(trust)s::int[]), s.source) nulls last,
        least(s.at, m.moment) desc, s.value::text desc
), steps as (
    select root, key, moment, value from (
        select *, row_number() over w > 1 and lag(value) over w is not distinct from value as same
        from believed window w as (partition by root, key order by moment)
    ) one where not same
    union all
    select root, key, since, value from said where not exists (select 1 from disputed d where (d.root, d.key) = (said.root, said.key))
)
select root, jsonb_object_agg(key, taken)::text from (
    select root, key,
        jsonb_agg(jsonb_build_array((extract(epoch from moment) * 1000)::bigint, coalesce(value #>> '{{}}', '')) order by moment) as taken
    from steps group by root, key
) one group by root
"""


def steps_of(workspace: int, customers: Iterable[int]) -> dict[int, str]:
    """For each customer, as JSON, each trait's steps: {trait: [[milliseconds since 1970, value as text, "" for none], …]}, in time."""
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, bound(workspace, customers, zone_of(workspace)))
        return dict(cursor.fetchall())
