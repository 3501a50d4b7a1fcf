"""Each measure against a ledger made by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest

from regard.ledger.touchpoints.models import Touchpoint
from regard.segments.computed.definition import read
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.refresh import put_in_force
from regard.segments.computed.tests.made import NOW, happened, people
from regard.warehouse import Scope

pytestmark = pytest.mark.django_db
ANA, BEN, CLEO, ACME, ANA_TOO = 1, 2, 3, 4, 5


def days(number, **more):
    return NOW - timedelta(days=number, **more)


@pytest.fixture
def story(workspace, ledger):
    """Ana, known by two profiles that were joined, Ben, Cleo of whom nothing is known, and Acme, an account."""
    names = {name: Touchpoint.objects.create(workspace=workspace, name=name).pk for name in ("Shop", "Bill")}
    people(workspace, {ANA: ANA, BEN: BEN, CLEO: CLEO, ACME: ACME, ANA_TOO: ANA}, accounts=(ACME,))
    shop, bill = names["Shop"], names["Bill"]
    happened(
        workspace,
        {"profile": ANA, "at": days(200), "touchpoint": shop, "channel": "store", "money": Decimal("10.50"), "currency": "EUR"},
        {"profile": ANA, "at": days(90), "touchpoint": shop, "channel": "web", "money": Decimal("5"), "outcome": "bought", "event": "Buy"},
        {"profile": ANA_TOO, "at": days(3), "touchpoint": bill, "channel": "web", "outcome": "paid", "money": Decimal("7"), "currency": "USD"},
        {"profile": ANA, "at": days(2), "touchpoint": 0},
        {"profile": BEN, "at": days(91), "touchpoint": bill, "channel": "post", "outcome": "late"},
        {"profile": ACME, "at": days(1), "touchpoint": bill, "channel": "web", "money": Decimal("999"), "currency": "EUR"},
        {"profile": 0, "at": days(1), "touchpoint": bill},
        *[
            {"kind": "answer", "profile": profile, "at": days(ago), "metric": "nps", "scale_high": 10, "score": score, "touchpoint": where}
            for profile, ago, score, where in ((ANA, 50, 10, shop), (ANA_TOO, 5, 3, bill), (BEN, 400, 9, shop), (ACME, 1, 0, bill))
        ],
    )  # fmt: skip
    return names


def worked_out(workspace, **definition):
    trait = ComputedTrait(workspace=workspace, name="it")
    put_in_force(trait, read(definition), actor="me@x", now=NOW)
    from regard.warehouse import warehouse

    rows = warehouse().select(
        Scope(workspace.pk),
        "select customer, value from computed where $workspace and version = {v:UInt64}",
        {"v": trait.version},
    )
    return {int(customer): value for customer, value in rows}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ({"kind": "number"}, {ANA: "4", BEN: "1"}),
        ({"kind": "number", "days": 90}, {ANA: "3"}),
        ({"kind": "number", "days": 89}, {ANA: "2"}),
        ({"kind": "number", "what": {"touchpoint": "Shop"}}, {ANA: "2"}),
        ({"kind": "number", "what": {"touchpoint": 0}}, {ANA: "1"}),
        ({"kind": "number", "what": {"channel": "web", "outcome": "bought", "event": "Buy"}}, {ANA: "1"}),
        ({"kind": "sum"}, {ANA: "15.5"}),
        ({"kind": "sum", "currency": "USD"}, {ANA: "7"}),
        ({"kind": "sum", "what": {"touchpoint": "Shop"}, "days": 100}, {ANA: "5"}),
        ({"kind": "days since"}, {ANA: "2", BEN: "91"}),
        ({"kind": "days since", "what": {"channel": "web"}}, {ANA: "3"}),
        ({"kind": "first"}, {ANA: "2026-05-04", BEN: "2026-08-21"}),
        ({"kind": "last"}, {ANA: "2026-11-18", BEN: "2026-08-21"}),
        ({"kind": "last score", "metric": "nps"}, {ANA: "3", BEN: "9"}),
        ({"kind": "last score", "metric": "nps", "touchpoint": "Shop"}, {ANA: "10", BEN: "9"}),
        ({"kind": "last score", "metric": "nps", "days": 365}, {ANA: "3"}),
        ({"kind": "last score", "metric": "ces"}, {}),
        ({"kind": "average score", "metric": "nps"}, {ANA: "6.5", BEN: "9"}),
        ({"kind": "touchpoints"}, {ANA: '["Bill","Shop"]', BEN: '["Bill"]'}),
        ({"kind": "channels"}, {ANA: '["store","web"]', BEN: '["post"]'}),
        ({"kind": "top channel"}, {ANA: "web", BEN: "post"}),
        ({"kind": "last outcome"}, {ANA: "paid", BEN: "late"}),
    ],
)
def test_a_measure_comes_out_at_what_happened(story, workspace, definition, expected):
    for place in (definition, definition.get("what", {})):
        if isinstance(name := place.get("touchpoint"), str):
            place["touchpoint"] = story[name]
    assert worked_out(workspace, **definition) == expected
