"""The list of customers, where the engine filters and sorts it, and what its columns show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils import timezone

from regard.customers.people.listing import Listing
from regard.segments.computed.queries import in_force
from regard.segments.definition import Group, Leaf, Member, Trait, Unit
from regard.segments.models import Segment
from regard.segments.queries import statement
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope

_HEARD = """
any left join (
    select customer, max(last) as at from (select profile, max(at) as last from ledger where $scope and profile != 0 group by profile) as heard
    any inner join (select profile, customer from people final where $workspace) as whose using profile group by customer
) as heard using customer
"""
_NAMED = "any left join (select customer, lowerUTF8(name) as name from people final where $workspace and profile = customer) as named using customer"
_WORKED = "any left join (select customer, value from computed where $workspace and {rows}) as worked using customer"
_TRAITED = (
    "any left join (select customer, traits[{sorted_by:String}] as value from people final "
    "where $workspace and profile = customer) as traited using customer"
)


def listed(scope: Scope, listing: Listing, limit: int, offset: int, among: list[int] | None = None) -> list[int]:
    """Customers of the scope for whom the filters hold, in the order asked for; `among`: only these."""
    fit = statement(scope, filters(listing), timezone.now())
    values: dict[str, object] = {**fit.values, "limit": limit, "offset": offset}
    join, order = "", "customer desc"
    if trait := listing.trait_sort:
        down, value = " desc" if trait[1] else "", "value"
        if column := in_force(scope.workspace).get(trait[0]):
            rows, bound = column.rows("sorted")
            values |= bound
            join, value = _WORKED.format(rows=rows), column.value("value")
        else:
            values["sorted_by"], join = trait[0], _TRAITED
        order = f"{value} = '', toFloat64OrNull({value}){down} nulls last, lowerUTF8({value}){down}, customer"
    elif listing.sort in ("name", "-name"):
        join, order = _NAMED, f"name = '', name{' desc' if listing.sort == '-name' else ''}, customer"
    elif listing.sort == "heard":
        join, order = _HEARD, "heard.at desc, customer desc"
    elif listing.sort == "old":
        order = "customer"
    only = ""
    if among is not None:
        values["among"], only = among, " where customer in {among:Array(UInt64)}"
    sql = (
        f"select customer from ({fit.sql}) as fit {join}{only} order by {order} "
        "limit {limit:UInt32} offset {offset:UInt64}"
    )
    return [int(customer) for (customer,) in warehouse().select(scope, sql, values)]


def following(scope: Scope, listing: Listing, after: int, limit: int) -> list[int]:
    """All for whom the filters hold, a page at a time, by id: for work on all of them."""
    fit = statement(scope, filters(listing), timezone.now())
    sql = f"select customer from ({fit.sql}) where customer > {{after:UInt64}} order by customer limit {{limit:UInt32}}"
    rows = warehouse().select(scope, sql, {**fit.values, "after": after, "limit": limit})
    return [int(customer) for (customer,) in rows]


def number(scope: Scope, listing: Listing) -> int:
    """How many customers the filters hold for."""
    fit = statement(scope, filters(listing), timezone.now())
    ((found,),) = warehouse().select(scope, f"select count() from ({fit.sql})", fit.values)
    return int(found)


def filters(listing: Listing) -> Group:
    of: list[Leaf] = [Trait(name=name, op="is", values=(value,)) for name, value in listing.traits]
    if listing.unit:
        of.append(Unit(units=(listing.unit,)))
    if listing.group:
        of.append(Member(segment=listing.group))
    return Group(kind="all", of=tuple(of))


def unheard(scope: Scope, before: int, limit: int) -> list[int]:
    """Customers without a row that the scope may see, the newest first: those who were imported and have not been heard of."""
    home = "" if scope.units is None else " and home_unit in {units:Array(UInt32)}"
    sql = (
        f"select customer from people final where $workspace and profile = customer and not is_account and customer < {{before:UInt64}}{home} "
        "and customer not in (select customer from people final where $workspace and profile in (select profile from ledger where $scope)) "
        "order by customer desc limit {limit:UInt32}"
    )
    rows = warehouse().select(scope, sql, {"before": before, "limit": limit})
    return [int(customer) for (customer,) in rows]


def groups(scope: Scope) -> dict[int, str]:
    return dict(Segment.objects.filter(workspace_id=scope.workspace, retired=None).values_list("pk", "name"))


def groups_of(scope: Scope, customers: Iterable[int]) -> dict[int, list[str]]:
    """The names of the segments of each of these customers."""
    rows = warehouse().select(
        scope,
        "select customer, segment from segment_members where $workspace and customer in {customers:Array(UInt64)} "
        "group by customer, segment having argMax(entered, (at, entered))",
        {"customers": list(customers)},
    )
    names, found = groups(scope), dict[int, list[str]]()
    for customer, segment in rows:
        if segment in names:
            found.setdefault(int(customer), []).append(names[segment])
    return {customer: sorted(of) for customer, of in found.items()}


def scores(scope: Scope, profiles: Iterable[int]) -> dict[int, dict[str, tuple[float, datetime]]]:
    """For each of these profiles the newest score of each metric, in rows of the scope."""
    rows = warehouse().select(
        scope,
        "select profile, metric, argMax(assumeNotNull(score), at), max(at) from ledger where $scope and kind = 'answer' and isNotNull(score) "
        "and profile in {profiles:Array(UInt64)} group by profile, metric",
        {"profiles": list(profiles)},
    )
    found: dict[int, dict[str, tuple[float, datetime]]] = {}
    for profile, metric, score, at in rows:
        found.setdefault(int(profile), {})[metric] = (float(score), at.replace(tzinfo=at.tzinfo or UTC))
    return found
