"""What came of an initiative is told from its roll-out, or it is said why it cannot be."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from django.utils import timezone

from regard.governance.initiatives.measure import measure, measure_all
from regard.governance.initiatives.models import Initiative, InitiativeTask, Measurement, Outcome, Stage
from regard.governance.initiatives.shown import shown
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.ledger.sources.product import product_source
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
EFFECT = 20.0


@pytest.fixture
def shops(workspace: Workspace, ledger: object) -> list[Unit]:
    """Four shops with half a year of NPS answers; the first two get better by 20 points from week 13 and week 15."""
    region = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Region")
    made = [Unit.objects.create(workspace=workspace, parent=region, name=f"Shop {n}") for n in range(4)]
    rng, rows, start = np.random.default_rng(5), [], monday(26)
    for place, shop in enumerate(made):
        for week in range(26):
            better = EFFECT / 200 * ((place == 0 and week >= 13) or (place == 1 and week >= 15))
            share = 0.4 + 0.04 * place - 0.004 * week + better
            for n, promoter in enumerate(rng.random(24) < share):
                at = datetime.combine(start + timedelta(weeks=week, days=n % 7), datetime.min.time(), workspace.zone) + timedelta(hours=9 + n % 9)
                rows.append({
                    "kind": "answer", "message_id": f"{place}/{week}/{n}", "at": at.isoformat(), "metric": "nps", "scale_low": 0, "scale_high": 10,
                    "score": 10 if promoter else 0, "unit": shop.name,
                })  # fmt: skip
    put_rows(workspace=workspace.pk, source=product_source(workspace.pk, "Survey"), rows=rows)
    project_all()
    return made


def monday(weeks_ago: int) -> date:
    today = timezone.now().date()
    return today - timedelta(days=today.weekday(), weeks=weeks_ago)


def initiative(workspace: Workspace, units: dict[int, date], **more: object) -> Initiative:
    made = Initiative(workspace=workspace, title="Greeters", metric=Outcome.NPS, stage=Stage.UNDER_WAY, **more)
    made.keep(by="t", units=units)
    return made


def test_a_staggered_roll_out_is_measured_with_its_interval(workspace: Workspace, shops: list[Unit]) -> None:
    made = initiative(workspace, {shops[0].pk: monday(13), shops[1].pk: monday(11)}, expected=20, worth=1_000, cost=5_000)
    assert measure_all(now=timezone.now()) == 1
    result = Measurement.objects.get().result
    assert result["effect"]["low"] < EFFECT < result["effect"]["high"] and result["effect"]["low"] > 0
    assert (result["method"], result["compared"], result["trusted"]) == ("staggered", ["Shop 2", "Shop 3"], True)
    told = shown(made, Measurement.objects.get())
    assert told.told and told.sentence == "It worked." and "in a year" in told.money and told.chart is not None
    page = signed_in(member(workspace, Role.VIEWER)).get(f"/initiatives/{made.pk}").content.decode()
    assert "Staggered roll-out" in page and "It worked." in page


def test_its_days_mark_the_charts_of_what_it_is_measured_in(workspace: Workspace, shops: list[Unit]) -> None:
    initiative(workspace, {shops[0].pk: monday(13), shops[1].pk: monday(11)})
    client = signed_in(member(workspace, Role.ANALYST))
    page = client.get("/explore/", {"metric": "nps", "by": "week", "last": "all"}).content.decode()
    assert "Greeters (Shop 0)" in page and "Greeters (Shop 1)" in page and page.count("stroke-dasharray") >= 2
    assert ">Oct<" in page or ">Nov<" in page or ">Sep<" in page  # the axis is still there
    assert "Greeters" not in client.get("/explore/", {"metric": "csat", "by": "week", "last": "all"}).content.decode()
    assert "Greeters" not in client.get("/explore/", {"metric": "nps", "by": "unit", "last": "all"}).content.decode()


def test_where_everybody_has_it_since_the_same_day_it_cannot_be_told(workspace: Workspace, shops: list[Unit]) -> None:
    made = initiative(workspace, {one.pk: monday(13) for one in shops})
    measured = measure(made, now=timezone.now())
    assert measured is not None and measured.result["effect"] is None
    assert "nobody is left to compare with" in shown(made, measured).sentence


def test_a_unit_stands_for_what_is_below_it(workspace: Workspace, shops: list[Unit]) -> None:
    """A region that has it is compared with nobody: all shops are its own."""
    region = shops[0].parent
    assert region is not None
    measured = measure(initiative(workspace, {region.pk: monday(13)}), now=timezone.now())
    assert measured is not None and measured.result["compared"] == [] and measured.result["effect"] is None


def test_an_analyst_writes_it_down_and_an_agent_ticks_its_tasks(workspace: Workspace, ledger: object) -> None:
    shop = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Shop")
    analyst, agent = signed_in(member(workspace, Role.ANALYST)), signed_in(member(workspace, Role.AGENT))
    given = {"title": "Greeters", "stage": "under way", "metric": "nps", "why-0": "Nobody greets", f"unit-{shop.pk}": "2026-10-01"}
    assert analyst.post("/initiatives/new", given).status_code == 302
    made = Initiative.objects.get()
    assert made.whys == ["Nobody greets"] and made.units.get().unit == shop and made.measured is not None
    assert agent.post("/initiatives/new", given).status_code == 403
    agent.post(f"/initiatives/{made.pk}/tasks", {"text": "Choose who"})
    agent.post(f"/initiatives/{made.pk}/tasks", {"done": InitiativeTask.objects.get().pk})
    assert InitiativeTask.objects.get().done is not None
