"""Who stands on the suppression list, and at which kinds of address: for many at once, as the verdicts have it.

A bounce rules out its address, anything else the person at every address of that kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import connection

from regard.customers.contact.privacy import hidden
from regard.customers.contact.suppression.models import OF_THE_ADDRESS, Kind, Suppression
from regard.jobs.models import publish

#: Something changed on the list for these profiles; UNKNOWN among them: for somebody whose address is not known any more.
CHANGED = "suppression.changed"
UNKNOWN = 0
_AT_ONCE = 10_000

_BARRED = """
with listed as (
    select kind, address, why from customers_suppression where workspace_id = %(workspace)s
    union all select * from unnest(%(kinds)s::text[], %(addresses)s::text[], %(whys)s::text[])
), about as (
    select distinct coalesce(merged_into_id, id) as id from customers_profile where workspace_id = %(workspace)s and id = any(%(profiles)s)
)
select about.id, i.namespace from about join customers_profile p on p.id = about.id or p.merged_into_id = about.id
join customers_identifier i on i.profile_id = p.id and i.namespace = any(%(all)s)
left join listed on listed.kind = i.namespace and listed.address = i.value
group by about.id, i.namespace
having bool_and(listed.why is not null) or bool_or(coalesce(listed.why <> all(%(bounced)s), false))
"""
_ADDRESSES = """
select distinct i.namespace, i.value from customers_profile asked
join customers_profile p on p.id = coalesce(asked.merged_into_id, asked.id) or p.merged_into_id = coalesce(asked.merged_into_id, asked.id)
join customers_identifier i on i.profile_id = p.id and i.namespace = any(%s)
where asked.workspace_id = %s and asked.id = any(%s)
"""


def barred(workspace: int, profiles: Collection[int]) -> dict[int, list[str]]:
    """Of the customers of these profiles those who are on the list, with the kinds of address (e-mail, phone)."""
    if not Suppression.objects.filter(workspace=workspace).exists():
        return {}
    again = _erased_before(workspace, profiles)
    with connection.cursor() as cursor:
        cursor.execute(
            _BARRED,
            {
                "workspace": workspace, "profiles": list(profiles), "all": list(Kind.values), "bounced": list(OF_THE_ADDRESS),
                "kinds": [kind for kind, _, _ in again], "addresses": [address for _, address, _ in again],
                "whys": [why for _, _, why in again],
            },
        )  # fmt: skip
        found: dict[int, list[str]] = {}
        for customer, kind in cursor.fetchall():
            found.setdefault(customer, []).append(kind)
    return found


def tell(workspace: int, addresses: Iterable[tuple[str, str]]) -> None:
    """That these addresses (kind, address) were put on the list or taken off it, to whoever keeps count of who stands there."""
    given = list(addresses)
    for start in range(0, len(given), _AT_ONCE):
        kinds, values = zip(*given[start : start + _AT_ONCE], strict=True)
        with connection.cursor() as cursor:
            cursor.execute(
                "select distinct i.profile_id from unnest(%s::text[], %s::text[]) as given(kind, address) "
                "join customers_identifier i on i.workspace_id = %s and i.namespace = given.kind and i.value = given.address",
                [list(kinds), list(values), workspace],
            )
            about = [profile for (profile,) in cursor.fetchall()]
        hashed = any(value.startswith("#") for value in values)
        publish(CHANGED, workspace, [*about, UNKNOWN] if hashed else about)


def _erased_before(workspace: int, profiles: Collection[int]) -> list[tuple[str, str, str]]:
    """Their addresses that stand on the list as a hash only: somebody was erased, and came back."""
    if not Suppression.objects.filter(workspace=workspace, address__startswith="#").exists():
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [list(Kind.values), workspace, list(profiles)])
        spelled = {(kind, hidden(workspace, kind, address)): address for kind, address in cursor.fetchall()}
    rows = Suppression.objects.filter(workspace=workspace, address__in=[address for _kind, address in spelled])
    return [(one.kind, spelled[one.kind, one.address], one.why) for one in rows if (one.kind, one.address) in spelled]
