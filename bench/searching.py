"""A million customers searched as people type: whole keys, beginnings, numbers, typos, accents, and what was said."""

from __future__ import annotations

import random
import statistics
import time

from bench.__main__ import Row
from bench.load import at_rest

PEOPLE, ANSWERS, TURNS = 1_000_000, 1_000_000, 40

#: Names of two to three syllables: some common, most rare, as names are.
_SYLLABLES = [
    "an",
    "ber",
    "car",
    "do",
    "el",
    "fa",
    "gra",
    "ho",
    "is",
    "jo",
    "ka",
    "lu",
    "mar",
    "ne",
    "ol",
    "per",
    "qui",
    "ro",
    "sa",
    "tho",
    "ur",
    "vi",
    "wal",
    "xe",
    "yo",
    "za",
    "schmi",
    "tt",
    "gio",
    "mann",
    "son",
    "ier",
    "eau",
    "ski",
    "dez",
    "ova",
    "ini",
    "berg",
    "feld",
    "stein",
]
_MADE = """
create temporary table made as select n, initcap(s[1 + n * 27 %% 40] || s[1 + n / 40 * 31 %% 40]
    || (array['a','e','o','us','ïn'])[1 + n %% 5]) as first,
    initcap(s[1 + r %% 40] || s[1 + r / 40 %% 40] || s[1 + r / 1600 %% 40] || (array['', 'é', 'sen', 'ov'])[1 + r %% 4]) as last
from (select n, (power(random(), 2) * 100000)::int as r, %s::text[] as s from generate_series(1, %s) n) as g
"""
_PROFILES = """
insert into customers_profile (id, workspace_id, name, traits, created, changed)
select n, %s, first || ' ' || last, '{}', now(), now() from made
"""
_KEYS = """
insert into customers_identifier (workspace_id, namespace, value, profile_id, first_seen, aliased)
select %s, k.namespace, k.value, n, now(), false from made cross join lateral (values
    ('email', lower(translate(first || '.' || last, 'ïé', 'ie')) || n %% 97 || '.' || n || '@halcyon.example'),
    ('phone', '+336' || lpad((n::bigint * 7919 %% 100000000)::text, 8, '0')), ('crm', 'C-' || n)) as k(namespace, value)
"""
_SAID = """
insert into ledger (workspace, kind, profile, at, id, unit, metric, scale_low, scale_high, score, text)
select {workspace:UInt32}, 'answer', cityHash64(number, 7) % 1000000 + 1, toDateTime64('2025-11-22 00:00:00', 3, 'UTC') + (number * 31),
    toFixedString(leftPad(toString(number), 16, '0'), 16), {root:UInt32}, 'nps', 0, 10, number % 11, if(number % 3 != 0, '',
        arrayStringConcat(arrayMap(place -> {words:Array(String)}[cityHash64(number, place) % 40 + 1], range(14)), ' ')
        || ' order ' || toString(number))
from numbers({start:UInt64}, {count:UInt64})
"""
_VOCABULARY = [
    "the",
    "waiting",
    "time",
    "was",
    "terrible",
    "agent",
    "friendly",
    "invoice",
    "wrong",
    "internet",
    "slow",
    "router",
    "broken",
    "again",
    "thank",
    "you",
    "refund",
    "never",
    "came",
    "technician",
    "late",
    "price",
    "high",
    "cancel",
    "contract",
    "great",
    "service",
    "café",
    "réparation",
    "phone",
    "store",
    "visit",
    "hour",
    "hold",
    "music",
    "nobody",
    "answered",
    "call",
    "back",
][:40]


def searching() -> list[Row]:
    from regard.site.engines.start import engines, migrate

    with engines("bench"):
        migrate()
        from django.db import connection

        from regard.customers.people.models import Profile
        from regard.customers.search.queries import said, search
        from regard.segments.finding.mirror import mirror_words
        from regard.site.wiring import fill_slots
        from regard.warehouse import Scope, warehouse
        from regard.workspace.workspaces.models import Workspace

        fill_slots()
        workspace = Workspace.found(name="A million", time_zone="Europe/Paris")
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("set synchronous_commit = off")
            cursor.execute(_MADE, [_SYLLABLES, PEOPLE])
            cursor.execute(_PROFILES, [workspace.pk])
            cursor.execute(_KEYS, [workspace.pk])
            cursor.execute("analyze customers_profile, customers_identifier")
            cursor.execute("select min(id) from customers_profile where workspace_id = %s", [workspace.pk])
        for start in range(1, PEOPLE + 1, 50_000):
            mirror_words(workspace.pk, list(range(start, start + 50_000)))
        for start in range(0, ANSWERS, 250_000):
            warehouse().execute(
                _SAID,
                {
                    "workspace": workspace.pk,
                    "root": workspace.root.pk,
                    "words": _VOCABULARY,
                    "start": start,
                    "count": 250_000,
                },
            )
        at_rest()
        print(f"prepared in {time.perf_counter() - began:.0f} s", flush=True)
        chance = random.Random(7)
        scope, times, found = Scope(workspace.pk), {}, {}
        some = list(
            Profile.objects.filter(pk__in=chance.sample(range(1, PEOPLE), TURNS)).prefetch_related("identifiers")
        )
        for person in some:
            keys = {known.namespace: known.value for known in person.identifiers.all()}
            first, last = person.name.lower().split()
            typed = {
                "a whole key": keys["crm"],
                "the beginning of an address": keys["email"][:12],
                "the beginning of a name": last[: max(4, len(last) - 3)],
                "one or two letters": first[: chance.choice((1, 2))],
                "a name without accents": _plain(f"{last} {first}"),
                "a phone number": "0" + " ".join(keys["phone"][3:][at : at + 2] for at in range(0, 9, 2)),
                "last digits": keys["phone"][-6:],
                "a typo": f"{first} {_typo(last, chance)}",
                "nobody": _typo(last, chance)[::-1] + "qqx",
            }
            for kind, text in typed.items():
                began = time.perf_counter()
                hits = search(scope, text).people
                times.setdefault(kind, []).append(time.perf_counter() - began)
                found.setdefault(kind, []).append(person.pk in {one.id for one in hits})
            for text in (
                " ".join(chance.sample(_VOCABULARY, 2)),
                chance.choice(_VOCABULARY),
                f"order {chance.randrange(0, ANSWERS, 3)}",
            ):
                began = time.perf_counter()
                said(scope, text, limit=5)
                times.setdefault("what was said", []).append(time.perf_counter() - began)
        for kind, took in times.items():
            hit = f", found {sum(found[kind])} of {len(found[kind])}" if kind in found else ""
            print(
                f"  {kind}: median {1000 * statistics.median(took):.0f} ms, p95 {1000 * _p95(took):.0f} ms{hit}",
                flush=True,
            )
        everything = [one for took in times.values() for one in took]
    return [
        Row(
            f"Search, {PEOPLE:,} customers, {ANSWERS:,} answers", f"{1000 * _p95(everything):.0f} ms (p95 of {len(everything)})", "",
            f"slowest kind {1000 * max(map(_p95, times.values())):.0f} ms", "≤ 100 ms",
        )
    ]  # fmt: skip


def _plain(text: str) -> str:
    from regard.customers.search.folding import folded

    return folded(text)


def _typo(word: str, chance: random.Random) -> str:
    """Two letters swapped, or one left out."""
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :] if chance.random() < 0.5 else word[:at] + word[at + 1 :]


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]
