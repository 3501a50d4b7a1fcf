"""The planted truths, through the whole product: inbox, projector, ledger, metrics."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from regard.care.handoffs.interactions.queries import toll
from regard.care.handoffs.queries import What, matrix
from regard.demo import truths
from regard.demo.acting import _call_backs
from regard.demo.build import build
from regard.demo.places import REGIONS
from regard.governance.initiatives.models import Measurement
from regard.ledger.record.project import project_all
from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.science import difference
from regard.warehouse import Scope
from regard.workspace.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def day(month):
    return (NOW - timedelta(days=(truths.MONTHS - month) * truths.DAYS_IN_MONTH)).date().isoformat()


@pytest.fixture
def ask(ledger):
    workspace = Workspace.found(name="Halcyon Mobile", industry="telecom", is_demo=True)
    build(workspace, now=NOW, rng=np.random.default_rng(7), customers=5000)
    project_all()

    def question(metric, first=0, last=truths.MONTHS, **parameters):
        query = read_query(metric=metric, first=day(first), last=day(last), today=NOW.date(), **parameters)
        return run(query, Scope(workspace.pk), workspace)

    return question


def initiative():
    """What the call-backs did, as Regard measures it."""
    workspace = Workspace.objects.get(is_demo=True)
    _call_backs(workspace, now=NOW, by="t")
    return Measurement.objects.get().result


def test_regard_finds_what_is_planted_in_the_demo_company(ask):
    # Billing shocks hurt.
    by_bill = ask("nps", by="property:last_bill", where=["programme=Relationship"])
    found = {row.label: row.estimate for row in by_bill.rows}
    hurt = difference(found["far above usual"], found["as usual"])
    expected = truths.NPS.nps(truths.NPS_MEAN + truths.SHOCK_ON_NPS) - truths.NPS.nps(truths.NPS_MEAN)
    assert hurt.significant
    assert hurt.value == pytest.approx(expected, abs=20)

    # Call-backs help, told apart from the busy year by the centre that never had them.
    calls = ["touchpoint=Support call"]
    before = {row.label: row.estimate for row in ask("ces", last=12, by="unit", where=calls).rows}
    since = truths.CALL_BACK_FROM | {truths.NEVER_CALL_BACK: truths.BUSY_FROM}
    change = {
        name: ask("ces", first=month + 0.1, where=[*calls, f"unit={name}"]).total.estimate.value - before[name].value
        for name, month in since.items()
    }
    trend = change.pop(truths.NEVER_CALL_BACK)
    assert np.mean(list(change.values())) - trend == pytest.approx(truths.CALL_BACK_ON_CES, abs=0.4)

    # So does an initiative that knows which centre had them since when: its interval covers the truth.
    measured = initiative()
    assert measured["effect"]["low"] <= truths.CALL_BACK_ON_CES <= measured["effect"]["high"]
    assert measured["effect"]["low"] > 0 and measured["trusted"] and measured["compared"] == [truths.NEVER_CALL_BACK]

    # Conversations that were handed over are harder: the interval on the page of handoffs covers the truth.
    first, scope = NOW - timedelta(days=365), Scope(Workspace.objects.get(is_demo=True).pk)
    harder = next(one for one in toll(scope, first=first) if one.metric == "ces")
    assert harder.told and harder.gap.low <= truths.PASSED_ON_CES <= harder.gap.high < 0
    passed = matrix(scope, first=first, what=What.INTERACTIONS)
    assert len(passed) >= 2 * (len(REGIONS) - 1) and max(passed, key=lambda one: one.count).seconds == pytest.approx(390, abs=60)

    # One region slips in the last quarter.
    relationship = ["programme=Relationship"]
    early = {row.label: row.estimate for row in ask("nps", last=15, by="unit", where=relationship).rows}
    late = {row.label: row.estimate for row in ask("nps", first=15.1, by="unit", where=relationship).rows}
    change = {region.name: late[region.name].value - early[region.name].value for region in REGIONS}
    assert min(change, key=lambda name: change[name]) == truths.SLIPPING_REGION
    assert difference(late[truths.SLIPPING_REGION], early[truths.SLIPPING_REGION]).significant

    # Calls are resolved more often where centres call back.
    lille = [*calls, "unit=Lille contact centre"]
    outcomes = {}
    for name, first, last in (("before", 0, 12), ("after", 12.1, truths.MONTHS)):
        rows = ask("interactions", first=first, last=last, by="outcome", where=lille).rows
        outcomes[name] = {row.label: row.n for row in rows}
    resolved = {name: told["resolved"] / sum(told.values()) for name, told in outcomes.items()}
    assert resolved["before"] == pytest.approx(truths.CALL_BACK_RESOLVED[0], abs=0.06)
    assert resolved["after"] == pytest.approx(truths.CALL_BACK_RESOLVED[1], abs=0.06)
