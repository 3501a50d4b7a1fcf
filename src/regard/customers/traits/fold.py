"""What is believed of a customer follows from what all sources say of all their profiles."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from regard.customers.traits.models import TrustOrder

#: Said like traits, kept in columns of their own.
NAME, HOME_UNIT = "$name", "$unit"
_AT_ONCE = 5_000

_FOLD = """
with said as (
    select coalesce(p.merged_into_id, p.id) as root, s.source, e.key, e.value -> 'v' as value, e.value ->> 'at' as at
    from customers_profile p join customers_saying s on s.profile_id = p.id, jsonb_each(s.values) e
    where p.id = any(%(roots)s) or p.merged_into_id = any(%(roots)s)
), believed as (
    select distinct on (root, key) root, key, value from said
    order by root, key, array_position(%(trust)s::int[], source) nulls last, at desc, value::text desc
), folded as (
    select root, coalesce(jsonb_object_agg(key, value) filter (where key not in ('$name', '$unit') and value != 'null'), '{}') as traits,
        max(value #>> '{}') filter (where key = '$name') as name, max((value #>> '{}')::bigint) filter (where key = '$unit') as unit
    from believed group by root
)
update customers_profile p set traits = coalesce(f.traits, '{}'), name = coalesce(left(f.name, 200), ''), changed = now(),
    home_unit_id = (select u.id from workspace_unit u where u.id = f.unit and u.workspace_id = p.workspace_id)
from unnest(%(roots)s::bigint[]) as wanted(root) left join folded f using (root)
where p.id = wanted.root and p.workspace_id = %(workspace)s
"""


def fold(workspace: int, roots: Iterable[int]) -> None:
    """Work out anew what is believed of these customers."""
    trust, listed = TrustOrder.of(workspace), list(roots)
    with connection.cursor() as cursor:
        for start in range(0, len(listed), _AT_ONCE):
            some = listed[start : start + _AT_ONCE]
            cursor.execute(_FOLD, {"roots": some, "trust": trust, "workspace": workspace})
