"""Write the demo company through the product's own doors: imports of files, and events at the collector's
inbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import numpy as np
import pyarrow as pa

from regard.connectors.files.begin_import import CHUNK, put_tables
from regard.connectors.files.import_map import ImportMap, Metric
from regard.connectors.files.rows import ROW
from regard.customers.contact.purposes.seed import fill as fill_purposes
from regard.demo import maps, tables
from regard.demo.answers import AFTER, RELATIONSHIP, Responses, after, causes, moods, relationship
from regard.demo.collected import map_events, put_events
from regard.demo.comments import comments
from regard.demo.conversations import converse
from regard.demo.history import CODE, History, in_order, live, refer
from regard.demo.places import REGIONS, make_units
from regard.demo.population import Population, populate
from regard.demo.traits import enter_traits
from regard.demo.truths import DAYS_IN_MONTH, MONTHS
from regard.ledger.touchpoints.industries import fill
from regard.workspace.workspaces.models import Workspace

NAME = "Halcyon Mobile"
ACTOR = "demo"
#: The last days come through the collector, not from files.
COLLECTED_DAYS = 2.0
WRITES = {"bad": 0.62, "mixed": 0.38, "good": 0.40}

#: Called with a sentence on what is done, and the share of the whole that it completes.
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Built:
    """What was simulated and put into the inbox, for tests to compare with. `events` came as collector
    batches.
    """

    people: Population
    history: History
    responses: list[Responses]
    events: int


def build(
    workspace: Workspace,
    *,
    now: datetime,
    rng: np.random.Generator,
    customers: int = 20_000,
    progress: Progress | None = None,
) -> Built:
    """Simulate eighteen months that end `now` and put them into the workspace's inbox; the projector does
    the rest.

    `now` must be aware of its zone. The same generator state, clock and size give the same company. Takes
    about ten seconds for 20,000 customers (a million interactions, 60,000 responses).
    """
    told = progress or (lambda sentence, share: None)
    make_units(workspace)
    fill(workspace.pk, "telecom", actor=ACTOR)
    fill_purposes(workspace.pk, actor=ACTOR)
    enter_traits(workspace, by=ACTOR)
    map_events(workspace, actor=ACTOR)
    people, history, given = simulate(customers=customers, rng=rng)
    told("Eighteen months simulated", 0.2)
    people_table = tables.customers(people, now)
    _put(people_table, maps.customers(_names(people_table)), name="customers.csv", workspace=workspace, now=now)
    told(f"{len(people):,} customers", 0.3)
    recent = history.when >= MONTHS - COLLECTED_DAYS / DAYS_IN_MONTH
    past = tables.interactions(history.take(~recent), people, now)
    _put(past, maps.interactions(_names(past)), name="interactions.csv", workspace=workspace, now=now)
    told(f"{past.num_rows:,} interactions", 0.8)
    _put_responses(given, people, workspace, now, rng)
    told("Answers with comments", 0.95)
    events = put_events(tables.interactions(history.take(recent), people, now), workspace=workspace, now=now)
    told(f"{events:,} events of the last days", 1.0)
    return Built(people=people, history=history, responses=given, events=events)


def simulate(*, customers: int, rng: np.random.Generator) -> tuple[Population, History, list[Responses]]:
    """The company without writing anything: pure numbers."""
    people = populate(customers, rng)
    history = converse(live(people, rng), people, rng.spawn(1)[0])
    asked = relationship(people, rng)
    referred = refer(people, asked.customer, asked.when, asked.score, rng)
    given = [asked, *(after(programme, history, people, rng) for programme in AFTER)]
    return people, in_order([history, referred]), given


def _put_responses(
    given: list[Responses], people: Population, workspace: Workspace, now: datetime, rng: np.random.Generator
) -> None:
    """One file for each metric."""
    by_metric: dict[str, list[pa.Table]] = {}
    for responses in given:
        table = tables.responses(responses, people, _written(responses, people, rng), now)
        by_metric.setdefault(responses.programme.metric, []).append(table)
    for metric, parts in by_metric.items():
        together = pa.concat_tables(parts).sort_by("date").combine_chunks()
        table = tables.numbered(dict(zip(together.column_names, together.columns, strict=True)))
        import_map = maps.responses(_names(table), cast(Metric, metric))
        _put(table, import_map, name=f"survey-{metric}.csv", workspace=workspace, now=now)


def _written(responses: Responses, people: Population, rng: np.random.Generator) -> list[str]:
    """The comments; blank for those who only tick a box."""
    mood = moods(responses)
    writes = rng.random(len(mood)) < np.array(list(WRITES.values()))[mood]
    place = [REGIONS[region].name for region in people.region[responses.customer].tolist()]
    if responses.programme is not RELATIONSHIP:
        store = tables.where(np.full(len(mood), CODE["Store visit"]), responses.customer, people)
        place = [tables.UNITS[code] for code in store.tolist()]
    found = comments(
        language=people.language[responses.customer],
        cause=causes(responses, people, rng),
        mood=mood,
        place=place,
        rng=rng,
    )
    return [text if written else "" for text, written in zip(found, writes.tolist(), strict=True)]


def _put(table: pa.Table, import_map: ImportMap, *, name: str, workspace: Workspace, now: datetime) -> None:
    put_tables(_chunks(table), import_map, name=name, workspace=workspace, actor=ACTOR, received=now)


def _chunks(table: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, table.num_rows, CHUNK):
        yield table.slice(start, CHUNK).combine_chunks()


def _names(table: pa.Table) -> list[str]:
    return [name for name in table.column_names if name != ROW]
