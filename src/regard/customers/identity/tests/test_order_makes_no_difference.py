"""The same identifies and aliases end in the same people and the same review items, whatever order they come in."""

from collections.abc import Iterable

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regard.customers.identity.graph import Graph, Sighting, clusters
from regard.customers.identity.models import Identifier, Link
from regard.customers.identity.names import ANONYMOUS, USER
from regard.customers.identity.resolve import resolve
from regard.customers.identity.rules import Rules

RULES = Rules(shared_after=1_000)
KEYS = (
    [(USER, name) for name in "uvw"]
    + [("crm", name) for name in "12"]
    + [("email", f"{name}@x.example") for name in "ef"]
)


@st.composite
def sightings(draw):
    """Identifiers that come together (one of a kind), sometimes as an alias."""
    chosen = {}
    for namespace, value in draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3)):
        chosen[namespace] = value
    previous = draw(st.sampled_from(["", "", "", "u", "v", "w"])) if USER in chosen else ""
    return Sighting(tuple(chosen.items()), previous)


def outcome(graph: Graph):
    """Who is who: each person and each review item as the keys that hang together by it."""
    people: dict[int, set] = {}
    for key, profile in graph.holder.items():
        people.setdefault(graph.root(profile), set()).add(key)
    open_links = [
        (graph.root(low), graph.root(high)) for low, high, _ in graph.links if graph.root(low) != graph.root(high)
    ]
    review = {frozenset().union(*(people[root] for root in group)) for group in clusters(open_links)}
    linked = {root for pair in open_links for root in pair}
    return {frozenset(keys) for root, keys in people.items() if root not in linked}, review


def in_memory(seen: Iterable[Sighting]):
    numbers = iter(range(1, 10_000))
    graph = Graph(RULES, lambda: next(numbers))
    for sighting in seen:
        graph.see(sighting)
    return outcome(graph)


@given(
    st.lists(sightings(), min_size=1, max_size=9).flatmap(lambda seen: st.tuples(st.just(seen), st.permutations(seen)))
)
@settings(max_examples=3_000, deadline=None)
def test_the_order_of_sightings_makes_no_difference(orders):
    first, second = orders
    assert in_memory(first) == in_memory(second)


@given(st.lists(sightings(), min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_without_conflict_whatever_hangs_together_is_one_person(seen):
    edges = [(sighting.keys[0], key) for sighting in seen for key in sighting.keys]
    edges += [
        (sighting.keys[0], (kind, sighting.same_as))
        for sighting in seen
        if sighting.same_as and (USER, sighting.same_as) not in sighting.keys
        for kind in (USER, ANONYMOUS)
    ]
    number = {key: place for place, key in enumerate(dict.fromkeys(key for edge in edges for key in edge))}
    groups = clusters((number[a], number[b]) for a, b in edges)
    together = {frozenset(key for key, place in number.items() if place in group) for group in groups}
    people, review = in_memory(seen)
    assert people | review == together


@pytest.mark.django_db
@given(st.lists(sightings(), min_size=1, max_size=8), st.integers(1, 8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_down_between_batches_is_what_one_batch_would_have_found(workspace, seen, cut):
    with transaction.atomic():
        resolve(workspace.pk, seen[:cut], RULES)
        resolve(workspace.pk, seen[cut:], RULES)
        people: dict[int, set] = {}
        for row in Identifier.objects.filter(workspace=workspace).select_related("profile"):
            people.setdefault(row.profile.customer_id, set()).add((row.namespace, row.value))
        links = Link.objects.filter(workspace=workspace, decision="").select_related("low", "high")
        pairs = [(link.low.customer_id, link.high.customer_id) for link in links]
        review = {frozenset().union(*(people[root] for root in group)) for group in clusters(pairs)}
        linked = {root for pair in pairs for root in pair}
        written = {frozenset(keys) for root, keys in people.items() if root not in linked}, review
        transaction.set_rollback(True)
    assert written == in_memory(seen)
