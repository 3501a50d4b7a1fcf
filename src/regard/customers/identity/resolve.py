"""Finds or makes the people behind identifiers, a batch at a time: what is known is read once, what came of it written once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction

from regard.customers.identity.graph import Graph, Sighting
from regard.customers.identity.lock import hold
from regard.customers.identity.models import Strength
from regard.customers.identity.names import ANONYMOUS, USER, Key
from regard.customers.identity.rules import Rules
from regard.customers.traits.fold import fold
from regard.jobs.models import publish

CHANGED = "customer.changed"


@transaction.atomic
def resolve(workspace: int, sightings: Sequence[Sighting], rules: Rules | None = None) -> list[int]:
    """For each sighting the profile that was seen (0 for one without identifiers), in the order given.

    The profile stays with what is written down by it; whose it is today says `merged_into`.
    """
    if not any(sighting.keys for sighting in sightings):
        return [0] * len(sightings)
    hold(workspace)
    graph = _known(workspace, sightings, rules or Rules.of(workspace))
    found = [_seen(graph, sighting) for sighting in sightings]
    _write(workspace, graph)
    return found


#: Not a join: for a workspace that the planner knows nothing of yet it compares everything with everything.
_HOLDERS = """
select string_agg(value, chr(31)), string_agg(profile_id::text, ',') from customers_identifier
where workspace_id = %(workspace)s and namespace = %(namespace)s and value = any(string_to_array(%(values)s, chr(31)))
"""
_MAKE = """
with told as (
    select value, place, nextval('customers_profile_id_seq') as profile
    from unnest(string_to_array(%(values)s, chr(31))) with ordinality as t(value, place)
), made as (
    insert into customers_profile (id, workspace_id, name, traits, created, changed) select profile, %(workspace)s, '', '{}', now(), now() from told
), learned as (
    insert into customers_identifier (workspace_id, namespace, value, profile_id, first_seen, aliased)
    select %(workspace)s, %(namespace)s, value, profile, now(), false from told
)
select string_agg(profile::text, ',' order by place) from told
"""


@transaction.atomic
def resolve_alone(workspace: int, namespace: str, values: Sequence[str]) -> list[int]:
    """As `resolve`, for identifiers of one kind that each came alone: nothing comes together, so the engine finds and makes their profiles.

    `values` are normalised, not empty, and all different.
    """
    if not values:
        return []
    hold(workspace)
    about: dict[str, Any] = {"workspace": workspace, "namespace": namespace}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, {**about, "values": _packed(values)})
        texts, numbers = cursor.fetchone()
        found = dict(zip(texts.split("\x1f"), _unpacked(numbers), strict=True)) if texts else {}
        if new := [value for value in values if value not in found]:
            cursor.execute(_MAKE, {**about, "values": _packed(new)})
            made = _unpacked(*cursor.fetchone())
            found |= zip(new, made, strict=True)
            publish(CHANGED, workspace, made)
    return [found[value] for value in values]


def _unpacked(numbers: str) -> list[int]:
    return [int(number) for number in numbers.split(",")]


def _seen(graph: Graph, sighting: Sighting) -> int:
    keys = sighting.keys
    if len(keys) == 1 and not sighting.same_as:  # most events: one id, often known
        return graph.holder.get(keys[0]) or graph.see(sighting)
    return graph.see(sighting) if keys else 0


def _known(workspace: int, sightings: Sequence[Sighting], rules: Rules) -> Graph:
    keys: set[Key] = {key for sighting in sightings for key in sighting.keys}
    keys |= {(namespace, s.same_as) for s in sightings if s.same_as for namespace in (ANONYMOUS, USER)}
    graph = Graph(rules, _numbers(sum(1 for sighting in sightings if sighting.keys)))
    of: dict[str, list[str]] = {}
    for namespace, value in keys:
        of.setdefault(namespace, []).append(value)
    with connection.cursor() as cursor:
        for namespace, values in of.items():
            cursor.execute(
                "select value, profile_id, shared is not null, aliased from customers_identifier "
                "where workspace_id = %s and namespace = %s and value = any(string_to_array(%s, chr(31)))",
                [workspace, namespace, _packed(values)],
            )
            for value, profile, shared, aliased in cursor.fetchall():
                key = (namespace, value)
                graph.holder[key] = profile
                if shared:
                    graph.shared.add(key)
                if aliased:
                    graph.aliased.add(key)
        _read_roots(workspace, graph, sightings)
        if contested := _contested(graph, sightings) | _waiting(workspace, graph, sightings):
            cursor.execute(
                "select coalesce(p.merged_into_id, p.id), i.namespace, i.value, i.aliased from customers_identifier i "
                "join customers_profile p on p.id = i.profile_id "
                "where i.workspace_id = %s and i.shared is null and (p.id = any(%s) or p.merged_into_id = any(%s))",
                [workspace, list(contested), list(contested)],
            )
            for root, namespace, value, aliased in cursor.fetchall():
                if rules.strength((namespace, value)) == Strength.STRONG:
                    graph.strong.add(root)
                    if rules.single(namespace) and not aliased:
                        graph.anchors.setdefault(root, {}).setdefault(namespace, set()).add(value)
            _read_apart(workspace, graph, list(contested))
            _read_claims(workspace, graph, sightings)
    return graph


def _read_roots(workspace: int, graph: Graph, sightings: Sequence[Sighting]) -> None:
    """Whose the profiles are today: asked only where ids came together, since one id alone decides nothing."""
    together = [s for s in sightings if len(s.keys) > 1 or s.same_as]
    keys = {key for s in together for key in (*s.keys, (ANONYMOUS, s.same_as), (USER, s.same_as))}
    holders = {graph.holder[key] for key in keys if key in graph.holder}
    if not holders:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, merged_into_id from customers_profile where workspace_id = %s "
            "and id = any(string_to_array(%s, chr(31))::bigint[]) and merged_into_id is not null",
            [workspace, _packed(holders)],
        )
        graph.above |= dict(cursor.fetchall())


def _contested(graph: Graph, sightings: Sequence[Sighting]) -> set[int]:
    """People who may be joined or linked with another: only of these must we know how they are known."""
    found: set[int] = set()
    for sighting in sightings:
        if len(sighting.keys) > 1 or sighting.same_as:
            keys = [*sighting.keys, (ANONYMOUS, sighting.same_as), (USER, sighting.same_as)]
            found |= {graph.root(graph.holder[key]) for key in keys if key in graph.holder}
    return found


def _waiting(workspace: int, graph: Graph, sightings: Sequence[Sighting]) -> set[int]:
    """An alias may end what kept people from being joined: the links of whom it names, and the people at their other ends."""
    named = {graph.root(graph.holder[(USER, s.same_as)]) for s in sightings if (USER, s.same_as) in graph.holder}
    if not named:
        return set()
    ends: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.low_id, coalesce(a.merged_into_id, a.id), l.high_id, coalesce(b.merged_into_id, b.id), l.namespace, l.value "
            "from customers_link l join customers_profile a on a.id = l.low_id join customers_profile b on b.id = l.high_id "
            "where l.workspace_id = %s and l.decision = '' "
            "and (coalesce(a.merged_into_id, a.id) = any(%s) or coalesce(b.merged_into_id, b.id) = any(%s))",
            [workspace, list(named), list(named)],
        )
        for low, low_root, high, high_root, namespace, value in cursor.fetchall():
            graph.open_links[(low, high, (namespace, value))] = None
            for profile, root in ((low, low_root), (high, high_root)):
                ends.add(root)
                if profile != root:
                    graph.above[profile] = root
    return ends


def _read_apart(workspace: int, graph: Graph, contested: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(a.merged_into_id, a.id), coalesce(b.merged_into_id, b.id) from customers_link l "
            "join customers_profile a on a.id = l.low_id join customers_profile b on b.id = l.high_id "
            "where l.workspace_id = %s and l.decision = 'apart' and (coalesce(a.merged_into_id, a.id) = any(%s) "
            "or coalesce(b.merged_into_id, b.id) = any(%s))",
            [workspace, contested, contested],
        )
        for one, other in cursor.fetchall():
            graph.apart.setdefault(one, set()).add(other)
            graph.apart.setdefault(other, set()).add(one)


def _read_claims(workspace: int, graph: Graph, sightings: Sequence[Sighting]) -> None:
    """Who is linked by these keys already: a key is shared when too many are."""
    keys = {key for sighting in sightings if len(sighting.keys) > 1 or sighting.same_as for key in sighting.keys}
    keys |= {(USER, sighting.same_as) for sighting in sightings if sighting.same_as}
    keys = {key for key in keys if key in graph.holder}
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.namespace, l.value, l.low_id, coalesce(a.merged_into_id, a.id), l.high_id, coalesce(b.merged_into_id, b.id) "
            "from customers_link l join unnest(%s::text[], %s::text[]) as wanted(namespace, value) using (namespace, value) "
            "join customers_profile a on a.id = l.low_id join customers_profile b on b.id = l.high_id "
            "where l.workspace_id = %s and l.decision = ''",
            [[key[0] for key in keys], [key[1] for key in keys], workspace],
        )
        for namespace, value, low, low_root, high, high_root in cursor.fetchall():
            graph.claims.setdefault((namespace, value), set()).update((low_root, high_root))
            for profile, root in ((low, low_root), (high, high_root)):
                if profile != root:
                    graph.above[profile] = root


class _numbers:
    """Ids for new profiles, fetched as they are needed: first about as many as the batch may take."""

    def __init__(self, most: int) -> None:
        self.at_once = min(max(most, 1), 2_000)
        self.ready: list[int] = []

    def __call__(self) -> int:
        if not self.ready:
            with connection.cursor() as cursor:
                cursor.execute("select nextval('customers_profile_id_seq') from generate_series(1, %s)", [self.at_once])
                self.ready = [number for (number,) in reversed(cursor.fetchall())]
        return self.ready.pop()


def _write(workspace: int, graph: Graph) -> None:
    with connection.cursor() as cursor:
        if graph.made:
            cursor.execute(
                "insert into customers_profile (id, workspace_id, name, traits, created, changed) "
                "select made, %s, '', '{}', now(), now() from unnest(string_to_array(%s, chr(31))::bigint[]) as made",
                [workspace, _packed(graph.made)],
            )
        if graph.learned:
            cursor.execute(
                "insert into customers_identifier (workspace_id, namespace, value, profile_id, first_seen, aliased) "
                "select %s, namespace, value, profile, now(), false from unnest(string_to_array(%s, chr(31)), "
                "string_to_array(%s, chr(31)), string_to_array(%s, chr(31))::bigint[]) "
                "as learned(namespace, value, profile) on conflict do nothing",
                [
                    workspace,
                    _packed(key[0] for key, _ in graph.learned),
                    _packed(key[1] for key, _ in graph.learned),
                    _packed(profile for _, profile in graph.learned),
                ],
            )
        if graph.newly_aliased:
            cursor.execute(
                "update customers_identifier i set aliased = true from unnest(%s::text[], %s::text[]) as told(namespace, value) "
                "where i.workspace_id = %s and (i.namespace, i.value) = (told.namespace, told.value)",
                [*_columns(graph.newly_aliased), workspace],
            )
        if graph.newly_shared:
            _write_shared(workspace, graph)
        if graph.joined:
            _write_joined(workspace, graph)
        if graph.links:
            _write_links(workspace, graph)
    changed = {*graph.made, *graph.losers, *(graph.root(loser) for loser in graph.losers)}
    changed |= {one for key, profile in graph.learned if key[0] != ANONYMOUS for one in (profile, graph.root(profile))}
    publish(CHANGED, workspace, sorted(changed))


def _packed(values: Iterable[object]) -> str:
    """One text is passed ten times as fast as a list; no identifier holds the character between them."""
    return "\x1f".join(map(str, values))


def _columns(keys: Iterable[Key]) -> tuple[list[str], list[str]]:
    listed = list(keys)
    return [key[0] for key in listed], [key[1] for key in listed]


def _write_shared(workspace: int, graph: Graph) -> None:
    namespaces, values = _columns(graph.newly_shared)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into customers_identifier (workspace_id, namespace, value, profile_id, first_seen, aliased, shared) "
            "select %s, namespace, value, profile, now(), false, now() from unnest(%s::text[], %s::text[], %s::bigint[]) "
            "as told(namespace, value, profile) on conflict (workspace_id, namespace, value) "
            "do update set shared = excluded.shared, profile_id = excluded.profile_id",
            [workspace, namespaces, values, list(graph.newly_shared.values())],
        )
        cursor.execute(
            "update customers_link l set decision = 'shared', decided = now() from unnest(%s::text[], %s::text[]) as told(namespace, value) "
            "where l.workspace_id = %s and l.decision = '' and (l.namespace, l.value) = (told.namespace, told.value)",
            [namespaces, values, workspace],
        )


def _write_joined(workspace: int, graph: Graph) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into customers_merge (workspace_id, one_id, other_id, why, evidence, by, at, undone_by) "
            "select %s, one, other, why, evidence, '', now(), '' "
            "from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) as told(one, other, why, evidence)",
            [
                workspace,
                [joined.one for joined in graph.joined],
                [joined.other for joined in graph.joined],
                [str(joined.why) for joined in graph.joined],
                [f"{joined.key[0]}: {joined.key[1]}"[:600] for joined in graph.joined],
            ],
        )
    point(workspace, {loser: graph.root(loser) for loser in graph.losers})


def point(workspace: int, roots: dict[int, int]) -> None:
    """Say whose these former customers (and the profiles that were theirs) are now, and end what nobody has to decide any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update customers_profile p set merged_into_id = told.root, changed = now() "
            "from unnest(%s::bigint[], %s::bigint[]) as told(loser, root) "
            "where p.workspace_id = %s and (p.id = told.loser or p.merged_into_id = told.loser)",
            [list(roots), list(roots.values()), workspace],
        )
        cursor.execute(
            "update customers_link l set decision = 'same', decided = now() from customers_profile a, customers_profile b "
            "where l.workspace_id = %s and l.decision = '' and a.id = l.low_id and b.id = l.high_id "
            "and coalesce(a.merged_into_id, a.id) = coalesce(b.merged_into_id, b.id) "
            "and coalesce(a.merged_into_id, a.id) = any(%s)",
            [workspace, list(set(roots.values()))],
        )
    fold(workspace, set(roots.values()))


def _write_links(workspace: int, graph: Graph) -> None:
    """Links of people who have since been joined are no question."""
    links = [link for link in graph.links if graph.root(link[0]) != graph.root(link[1])]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into customers_link (workspace_id, low_id, high_id, namespace, value, opened, decision, decided_by) "
            "select %s, low, high, namespace, value, now(), '', '' "
            "from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) as told(low, high, namespace, value) on conflict do nothing",
            [
                workspace,
                [link[0] for link in links],
                [link[1] for link in links],
                [link[2][0] for link in links],
                [link[2][1] for link in links],
            ],
        )
