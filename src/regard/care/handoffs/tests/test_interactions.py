"""Interactions of one matter that go from unit to unit count as handed over, and are timed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from regard.care.cases import work
from regard.care.cases.tests.made import case, customer
from regard.care.handoffs.interactions.queries import toll
from regard.care.handoffs.queries import What, matrix
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.ledger.sources.product import product_source
from regard.testing.people import member, signed_in
from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
BEGUN = timezone.now().replace(microsecond=0) - timedelta(days=20)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


@pytest.fixture
def units(workspace: Workspace) -> dict[str, int]:
    return {name: Unit.objects.create(workspace=workspace, parent=workspace.root, name=name).pk for name in ("Shop", "Billing", "Network")}


def happened(workspace: Workspace, *rows: dict[str, Any]) -> None:
    numbered = [{"kind": "interaction", "message_id": f"{one['at']} {one['about']} {place}", **one} for place, one in enumerate(rows)]
    put_rows(workspace=workspace.pk, source=product_source(workspace.pk, "Calls"), rows=numbered)
    project_all()


def call(who: int, unit: str, hours: float, matter: str, *, lasting: float = 0) -> dict[str, Any]:
    at: datetime = BEGUN + timedelta(hours=hours)
    return {"about": who, "unit": unit, "at": at.isoformat(), "event": "Call", "duration": lasting, "properties": matter}


def passed(scope: Scope, units: dict[str, int], what: str = What.INTERACTIONS) -> dict[tuple[str, str], tuple[int, int, float | None]]:
    names = {pk: name for name, pk in units.items()}
    found = matrix(scope, first=BEGUN - timedelta(days=1), what=what)
    return {(names[one.from_unit or 0], names[one.to_unit or 0]): (one.count, one.taken, one.seconds) for one in found}


def test_a_matter_that_goes_on_in_another_unit_is_timed_from_the_end_of_the_first_to_the_start_of_the_next(
    workspace: Workspace, units: dict[str, int]
) -> None:
    ines, omar = customer(workspace), customer(workspace, "omar@mail.example")
    happened(
        workspace,
        call(ines, "Shop", 0, '{"conversation": "7"}', lasting=1_800),
        call(ines, "Billing", 2.5, '{"ticket_id": 7}'),  # the same matter by another name, two hours after the first had ended
        call(ines, "Billing", 3, '{"conversation": "7"}'),  # within the unit
        call(ines, "Network", 60, '{"conversation": "7"}'),  # too long after
        call(ines, "Shop", 61, '{"conversation": "8"}'),  # another matter
        call(ines, "Network", 62, "{}"),  # none
        call(omar, "Network", 1, '{"conversation": "7"}'),  # somebody else's
        call(omar, "Shop", 2, '{"case": "A"}', lasting=7_200),
        call(omar, "Billing", 3, '{"case": "A"}'),  # begun while the first went on: at once
    )
    assert passed(Scope(workspace.pk), units) == {("Shop", "Billing"): (2, 2, 3_600)}
    assert passed(Scope(workspace.pk, units=(units["Billing"],)), units) == {("Shop", "Billing"): (2, 2, 3_600)}
    assert passed(Scope(workspace.pk, units=(units["Network"],)), units) == {}


def test_what_went_through_a_unit_beyond_the_readers_is_no_passing_around_it(workspace: Workspace, units: dict[str, int]) -> None:
    ines = customer(workspace)
    happened(workspace, *(call(ines, unit, hour, '{"case": "A"}') for hour, unit in enumerate(("Shop", "Network", "Billing"))))
    assert passed(Scope(workspace.pk, units=(units["Shop"], units["Billing"])), units) == {
        ("Shop", "Network"): (1, 1, 3_600), ("Network", "Billing"): (1, 1, 3_600),
    }  # fmt: skip


def test_cases_and_interactions_stand_together_or_apart(workspace: Workspace, units: dict[str, int]) -> None:
    ines = customer(workspace)
    happened(workspace, call(ines, "Shop", 0, '{"case": "A"}'), call(ines, "Billing", 1, '{"case": "A"}'))
    made = case(workspace, unit=units["Shop"], profile=ines, now=BEGUN)
    work.hand(made, unit=Unit.objects.get(pk=units["Billing"]), by="giver@x.example", now=BEGUN)
    work.note(made, "On it", by="taker@x.example", now=BEGUN + timedelta(hours=4))
    assert passed(Scope(workspace.pk), units, What.CASES) == {("Shop", "Billing"): (1, 1, 4 * 3_600)}
    assert passed(Scope(workspace.pk), units, What.ALL) == {("Shop", "Billing"): (2, 2, 2.5 * 3_600)}
    client = signed_in(member(workspace, Role.ANALYST))
    assert "2 matters were handed" in client.get("/handoffs/").content.decode()
    assert "1 matter was handed" in client.get("/handoffs/?what=interactions&days=30").content.decode()


def test_what_being_handed_over_costs_the_score_is_told_against_those_who_were_not(workspace: Workspace, units: dict[str, int]) -> None:
    people = [customer(workspace, f"p{n}@mail.example") for n in range(80)]
    rows, scores = [], {True: [], False: []}
    for n, who in enumerate(people):
        on, score = n % 2 == 0, 9 if n % (5 if n % 2 == 0 else 7) else 2
        rows += [call(who, "Shop", 0, '{"case": "A"}'), call(who, "Billing" if on else "Shop", 5, '{"case": "A"}')]
        for day, said in ((1, score if on or n % 3 else 3), (2, 10), (30, 0)):  # only the first within a week counts
            if day == 1:
                scores[on].append(100 if said == 9 else -100)
            rows.append({
                "kind": "answer", "about": who, "unit": "Shop", "at": (BEGUN + timedelta(days=day)).isoformat(), "metric": "nps", "scale_low": 0,
                "scale_high": 10, "score": said,
            })  # fmt: skip
    happened(workspace, *rows)
    (found,) = toll(Scope(workspace.pk), first=BEGUN - timedelta(days=1))
    on, kept = (sum(scores[side]) / len(scores[side]) for side in (True, False))
    assert (found.handed.n, found.kept.n, found.told) == (40, 40, True)
    assert (found.handed.value, found.kept.value, found.gap.value) == pytest.approx((on, kept, on - kept))
    assert found.gap.low < on - kept < found.gap.high
    assert toll(Scope(workspace.pk, units=(units["Network"],)), first=BEGUN - timedelta(days=1)) == []
