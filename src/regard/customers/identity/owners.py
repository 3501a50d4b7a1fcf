"""Whose identifiers these are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from regard.customers.identity.names import ACCOUNT
from regard.customers.identity.rules import Rules
from regard.customers.people.queries import roots, visible
from regard.warehouse.scope import Scope

_HOLDERS = """
select given.place, i.profile_id from unnest(%s::int[], %s::text[], %s::text[]) as given(place, namespace, value)
join customers_identifier i on i.workspace_id = %s and i.namespace = given.namespace and i.value = given.value and i.shared is null
"""


@dataclass(frozen=True)
class Owners:
    customers: frozenset[int]
    #: Nobody's whom the reader may see, or shared by many.
    unknown: tuple[str, ...]
    #: One customer's as one kind, another's as another.
    doubtful: tuple[str, ...]


def owners(scope: Scope, values: Iterable[str], *, kind: str = "") -> Owners:
    """The customers who are known by these, spelt as the workspace spells them; without a kind by any of the kinds in use."""
    texts, rules = list(values), Rules.of(scope.workspace)
    tried = [kind] if kind else kinds(scope)
    keys = [
        (place, one, spelt)
        for place, text in enumerate(texts)
        for one in tried
        if (spelt := rules.normalised(one, text))
    ]
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [*([key[part] for key in keys] for part in range(3)), scope.workspace])
        held = cursor.fetchall()
    whose = roots(scope, {profile for _place, profile in held})
    seen = visible(scope, whose.values())
    of: dict[int, set[int]] = {}
    for place, profile in held:
        if whose.get(profile) in seen:
            of.setdefault(place, set()).add(whose[profile])
    return Owners(
        frozenset(next(iter(found)) for found in of.values() if len(found) == 1),
        tuple(text for place, text in enumerate(texts) if place not in of),
        tuple(text for place, text in enumerate(texts) if len(of.get(place, ())) > 1),
    )


def kinds(scope: Scope) -> list[str]:
    """The kinds of identifiers that people have."""
    return [name for name in namespaces(scope) if name != ACCOUNT]


def namespaces(scope: Scope) -> list[str]:
    """The kinds of identifiers in use, by hopping over the index from one to the next."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with recursive kind as ((select min(namespace) as name from customers_identifier where workspace_id = %s) union all "
            "select (select min(namespace) from customers_identifier where workspace_id = %s and namespace > kind.name) "
            "from kind where kind.name is not null) select name from kind where name is not null",
            [scope.workspace, scope.workspace],
        )
        return [name for (name,) in cursor.fetchall()]


def known_by(scope: Scope, text: str) -> int | None:
    """The one customer the scope may see who is known by exactly this, in any spelling; None for nobody, and for more than one."""
    found = owners(scope, [text.replace("\0", "")]).customers
    return next(iter(found)) if len(found) == 1 else None
