"""What is believed of a customer follows from what all sources say of all their profiles."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from regard.customers.traits.words import ORDER, bound, words
from regard.workspace.workspaces.models import Workspace

_AT_ONCE = 5_000

_FOLD = f"""
with believed as (
    select distinct on (root, key) root, key, value from ({words()}) said where value is not null order by root, key, {ORDER}
), folded as (
    select root, coalesce(jsonb_object_agg(key, value) filter (where key not in ('$name', '$unit') and value != 'null'), '{{}}') as traits,
        max(value #>> '{{}}') filter (where key = '$name') as name, max((value #>> '{{}}')::bigint) filter (where key = '$unit') as unit
    from believed group by root
)
update customers_profile p set traits = coalesce(f.traits, '{{}}'), name = coalesce(left(f.name, 200), ''), changed = now(),
    home_unit_id = (select u.id from workspace_unit u where u.id = f.unit and u.workspace_id = p.workspace_id)
from unnest(%(roots)s::bigint[]) as wanted(root) left join folded f using (root)
where p.id = wanted.root and p.workspace_id = %(workspace)s
"""


def fold(workspace: int, roots: Iterable[int]) -> None:
    """Work out anew what is believed of these customers."""
    zone, listed = zone_of(workspace), list(roots)
    with connection.cursor() as cursor:
        for start in range(0, len(listed), _AT_ONCE):
            cursor.execute(_FOLD, bound(workspace, listed[start : start + _AT_ONCE], zone))


def zone_of(workspace: int) -> str:
    return Workspace.objects.values_list("time_zone", flat=True).get(pk=workspace)
