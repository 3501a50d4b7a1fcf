"""Answers to anonymous programmes: never in groups so small that somebody could tell whose they are, and not to be told by taking away."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.insights.verbatims.queries import verbatims
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.listening.programmes.tests.made import programme
from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.metrics.unnamed import Parted, withhold
from regard.testing.events import source
from regard.warehouse.scope import Scope
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace


def _add(one: Any, other: Any) -> Any:
    return {"n": one["n"] + other["n"]}


@settings(deadline=None)
@given(
    st.dictionaries(st.integers(0, 30), st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=12),
    st.integers(2, 10),
)
def test_what_is_shown_and_what_is_left_out_are_both_none_or_enough(groups: dict[int, tuple[int, int]], threshold: int) -> None:
    parted = {key: Parted({"n": named}, {"n": unnamed}) for key, (named, unnamed) in groups.items()}
    shown, withheld = withhold(parted, _add, threshold=threshold)
    unnamed_shown = {key: shown.get(key, {"n": 0})["n"] - named for key, (named, _unnamed) in groups.items()}
    assert all(count == 0 or count >= threshold for count in unnamed_shown.values())
    all_unnamed = sum(unnamed for _named, unnamed in groups.values())
    assert sum(unnamed_shown.values()) + withheld == all_unnamed
    assert withheld == 0 or withheld >= threshold or withheld == all_unnamed


@pytest.fixture
def answers(ledger: object, db: object, workspace: Workspace) -> Workspace:
    """Of an anonymous programme six in one store, two in another; of a named one three in each."""
    programme(workspace, name="Unsaid", anonymous=True)
    root = Unit.objects.get(workspace=workspace, parent=None)
    for name in ("Lyon", "Nantes"):
        Unit.objects.create(workspace=workspace, name=name, parent=root)
    rows = [
        {
            "kind": "answer", "message_id": f"{called}-{unit}-{number}", "at": "2026-11-02T10:00:00Z", "metric": "nps", "score": 9.0, "scale_low": 0,
            "scale_high": 10, "programme": called, "unit": unit, "text": f"{called} at {unit}", "response": str(uuid4()),
        }
        for called, unit, count in (("Unsaid", "Lyon", 6), ("Unsaid", "Nantes", 2), ("Said", "Lyon", 3), ("Said", "Nantes", 3))
        for number in range(count)
    ]  # fmt: skip
    put_rows(workspace=workspace.pk, source=source(workspace).pk, rows=rows)
    project_all()
    return workspace


@pytest.mark.django_db(transaction=True)
def test_a_breakdown_leaves_out_groups_that_are_too_small(answers: Workspace) -> None:
    def counted(by: str, *where: str) -> tuple[dict[str, int], int]:
        query = read_query(metric="nps", by=by, where=list(where), today=date(2026, 11, 26))
        found = run(query, Scope(answers.pk), answers)
        return {row.label: row.n for row in found.rows}, found.withheld

    assert counted("unit") == ({"Lyon": 3, "Nantes": 3}, 8)  # with two left out alone, taking away would tell what they said
    assert counted("programme") == ({"Unsaid": 8, "Said": 6}, 0)
    assert counted("programme", "unit=Lyon") == ({"Unsaid": 6, "Said": 3}, 0)
    assert counted("programme", "unit=Nantes") == ({"Said": 3}, 2)


@pytest.mark.django_db(transaction=True)
def test_words_are_shown_from_units_that_answered_often_enough(answers: Workspace) -> None:
    page = verbatims(Scope(answers.pk), answers, limit=50)
    assert {one.text for one in page.verbatims} == {"Unsaid at Lyon", "Said at Lyon", "Said at Nantes"}
    assert (page.total, page.withheld) == (12, 2)
