"""Finds or makes the people behind identifiers, a batch at a time.

One event's identifiers name one person. Ids nobody knows are given to that person; an anonymous profile joins the person it turns
out to be; two people who are both known by a strong id are never joined here: the most trusted id says whose event it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from regard.customers.identity.names import USER, WEAK, Key, trust
from regard.jobs.models import publish

CHANGED = "customer.changed"


@dataclass(frozen=True)
class Sighting:
    """Identifiers that came together. `same_as` is set by an alias: an id that is said to be the same person."""

    keys: tuple[Key, ...]
    same_as: str = ""


@dataclass
class _Batch:
    workspace: int
    owner: dict[Key, int] = field(default_factory=dict)
    made: list[int] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    learned: list[tuple[Key, int]] = field(default_factory=list)
    merged: dict[int, int] = field(default_factory=dict)
    strong: dict[int, set[Key]] = field(default_factory=dict)

    def root(self, profile: int) -> int:
        while profile in self.merged:
            profile = self.merged[profile]
        return profile

    def give(self, key: Key, profile: int) -> None:
        self.owner[key] = profile
        self.learned.append((key, profile))
        if key[0] not in WEAK:
            self.strong.setdefault(profile, set()).add(key)

    def merge(self, loser: int, winner: int) -> None:
        self.merged[loser] = winner
        self.strong.setdefault(winner, set()).update(self.strong.get(loser, set()))


@transaction.atomic
def resolve(workspace: int, sightings: Sequence[Sighting]) -> list[int]:
    """The customer's profile id for each sighting (0 for one without identifiers), in the order given."""
    if not any(sighting.keys for sighting in sightings):
        return [0] * len(sightings)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7202, %s)", [workspace])
    batch = _known(workspace, sightings)
    batch.fresh = _numbers(sum(1 for s in sightings if s.keys and not any(key in batch.owner for key in s.keys)))
    found = [_person(batch, sighting) if sighting.keys else 0 for sighting in sightings]
    _write(batch)
    return [batch.root(profile) for profile in found]


def _person(batch: _Batch, sighting: Sighting) -> int:
    known = {batch.root(batch.owner[key]): None for key in sorted(sighting.keys, key=trust) if key in batch.owner}
    if known:
        person = next(iter(known))
        for other in list(known)[1:]:
            person = _join(batch, person, other)
    else:
        person = batch.fresh.pop() if batch.fresh else _numbers(1)[0]
        batch.made.append(person)
    for key in sighting.keys:
        if key not in batch.owner:
            batch.give(key, person)
    if sighting.same_as:
        person = _alias(batch, person, sighting.same_as)
    return person


def _join(batch: _Batch, person: int, other: int) -> int:
    """Two profiles in one event: the anonymous one joins the known one; two known ones stay apart."""
    if not batch.strong.get(other):
        batch.merge(other, person)
    elif not batch.strong.get(person):
        batch.merge(person, other)
        return other
    return person


def _alias(batch: _Batch, person: int, previous: str) -> int:
    """Someone said that `previous` is this person: true for an id that nobody else is known by."""
    for namespace in ("anonymous", USER):
        key = (namespace, previous)
        if key not in batch.owner:
            continue
        other = batch.root(batch.owner[key])
        if other != person and batch.strong.get(other, set()) <= {(USER, previous)}:
            batch.merge(other, person)
            return person
        if other != person:
            return person
    if ("anonymous", previous) not in batch.owner:
        batch.give(("anonymous", previous), person)
    return person


def _known(workspace: int, sightings: Sequence[Sighting]) -> _Batch:
    keys = {key for sighting in sightings for key in sighting.keys}
    keys |= {(namespace, s.same_as) for s in sightings if s.same_as for namespace in ("anonymous", USER)}
    batch = _Batch(workspace)
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.namespace, i.value, coalesce(p.merged_into_id, p.id) from customers_identifier i "
            "join unnest(%s::text[], %s::text[]) as wanted(namespace, value) using (namespace, value) "
            "join customers_profile p on p.id = i.profile_id where i.workspace_id = %s",
            [[key[0] for key in keys], [key[1] for key in keys], workspace],
        )
        for namespace, value, profile in cursor.fetchall():
            batch.owner[(namespace, value)] = profile
        contested = _contested(batch, sightings)
        if contested:
            cursor.execute(
                "select coalesce(p.merged_into_id, p.id), i.namespace, i.value from customers_identifier i join customers_profile p "
                "on p.id = i.profile_id where i.workspace_id = %s and not i.namespace = any(%s) "
                "and (p.id = any(%s) or p.merged_into_id = any(%s))",
                [workspace, list(WEAK), contested, contested],
            )
            for profile, namespace, value in cursor.fetchall():
                batch.strong.setdefault(profile, set()).add((namespace, value))
    return batch


def _contested(batch: _Batch, sightings: Sequence[Sighting]) -> list[int]:
    """Profiles that may be joined with another: only of these must we know how strongly they are known."""
    found: set[int] = set()
    alone = [sighting for sighting in sightings if len(sighting.keys) > 1 or sighting.same_as]
    for sighting in alone:
        keys = [*sighting.keys, ("anonymous", sighting.same_as), (USER, sighting.same_as)]
        found |= {batch.owner[key] for key in keys if key in batch.owner}
    return list(found)


def _numbers(count: int) -> list[int]:
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select nextval('customers_profile_id_seq') from generate_series(1, %s)", [count])
        return [number for (number,) in reversed(cursor.fetchall())]


def _write(batch: _Batch) -> None:
    with connection.cursor() as cursor:
        if batch.made:
            cursor.execute(
                "insert into customers_profile (id, workspace_id, name, traits, created, changed) "
                "select made, %s, '', '{}', now(), now() from unnest(%s::bigint[]) as made",
                [batch.workspace, batch.made],
            )
        if batch.learned:
            cursor.execute(
                "insert into customers_identifier (workspace_id, namespace, value, profile_id, first_seen) "
                "select %s, namespace, value, profile, now() from unnest(%s::text[], %s::text[], %s::bigint[]) "
                "as learned(namespace, value, profile) on conflict do nothing",
                [
                    batch.workspace,
                    [key[0] for key, _ in batch.learned],
                    [key[1] for key, _ in batch.learned],
                    [profile for _, profile in batch.learned],
                ],
            )
        for loser in batch.merged:
            cursor.execute(
                "update customers_profile set merged_into_id = %s, changed = now() where id = %s or merged_into_id = %s",
                [batch.root(loser), loser, loser],
            )
    publish(CHANGED, batch.workspace, {*batch.made, *batch.merged, *batch.merged.values()})
