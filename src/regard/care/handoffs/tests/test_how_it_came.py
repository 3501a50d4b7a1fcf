"""Whoever got a customer's matter from another unit says in two clicks how it came."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from regard.care.cases.tests.made import customer
from regard.care.handoffs.models import Reception
from regard.care.handoffs.queries import What, matrix
from regard.customers.privacy.erase import ask, carry_out
from regard.customers.privacy.models import Erasure
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.ledger.sources.product import product_source
from regard.testing.people import member, signed_in
from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
BEGUN = timezone.now().replace(microsecond=0) - timedelta(days=3)


@pytest.fixture
def units(workspace: Workspace, ledger: object) -> dict[str, Unit]:
    return {name: Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("Shop", "Billing")}


def passed(workspace: Workspace, who: int, matter: str, *, back: bool = False) -> None:
    """From the shop to billing after an hour, and back if need be."""
    way = ("Shop", "Billing", "Shop") if back else ("Shop", "Billing")
    rows: list[dict[str, Any]] = []
    for place, unit in enumerate(way):
        at: datetime = BEGUN + timedelta(hours=place)
        rows.append({"kind": "interaction", "message_id": f"{matter} {place}", "about": who, "unit": unit, "at": at.isoformat(), "event": "Call",
                     "properties": f'{{"ticket": "{matter}"}}'})  # fmt: skip
    put_rows(workspace=workspace.pk, source=product_source(workspace.pk, "Calls"), rows=rows)
    project_all()


def rows_on(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="row" value="')[1:]]


def test_receivers_say_it_once_may_change_their_mind_and_it_stands_in_the_matrix(workspace: Workspace, units: dict[str, Unit]) -> None:
    ines = customer(workspace)
    passed(workspace, ines, "a", back=True)
    passed(workspace, ines, "b")
    passed(workspace, ines, "alone")
    agent = signed_in(member(workspace, Role.AGENT, at=units["Billing"]))
    page = agent.get("/handoffs/received").content.decode()
    rows = rows_on(page)
    assert len(rows) == 3 and "How did 3 matters come to you?" in page and "ines@mail.example" in page
    agent.post("/handoffs/received", {"row": rows[0], "good": "yes"})
    agent.post("/handoffs/received", {"row": rows[1], "good": "yes"})
    agent.post("/handoffs/received", {"row": rows[1], "good": "no", "missing": "The <b>contract</b> number"})
    assert Reception.objects.count() == 2
    page = agent.get("/handoffs/received").content.decode()
    assert "How did 1 matter come to you?" in page and "The &lt;b&gt;contract" in page
    first = BEGUN - timedelta(days=1)
    for what in (What.ALL, What.INTERACTIONS):
        there, back = matrix(Scope(workspace.pk), first=first, what=what)
        assert (there.from_unit, there.to_unit, there.count, there.rated, there.good.value) == (units["Shop"].pk, units["Billing"].pk, 3, 2, 50.0)
        assert (back.to_unit, back.count, back.rated) == (units["Shop"].pk, 1, 0)
    overview = agent.get("/handoffs/").content.decode()
    assert "contract" in overview and "n = 2" in overview


def test_nobody_says_how_it_came_to_others(workspace: Workspace, units: dict[str, Unit]) -> None:
    passed(workspace, customer(workspace), "a")
    (row,) = rows_on(signed_in(member(workspace, Role.OWNER)).get("/handoffs/received").content.decode())
    giver = signed_in(member(workspace, Role.AGENT, at=units["Shop"], email="shop@x.example"))
    assert rows_on(giver.get("/handoffs/received").content.decode()) == []
    assert "did not come to you" in giver.post("/handoffs/received", {"row": row, "good": "yes"}, follow=True).content.decode()
    other = Workspace.found(name="Other", industry="telecom", time_zone="UTC", currency="EUR")
    signed_in(member(other, Role.OWNER, email="o@x.example")).post("/handoffs/received", {"row": row, "good": "yes"})
    assert not Reception.objects.exists()


@pytest.mark.parametrize("mode", [Erasure.Mode.ERASE, Erasure.Mode.ANONYMISE])
def test_with_the_customer_goes_what_was_missing(workspace: Workspace, units: dict[str, Unit], mode: str) -> None:
    ines = customer(workspace)
    passed(workspace, ines, "a")
    owner = signed_in(member(workspace, Role.OWNER))
    (row,) = rows_on(owner.get("/handoffs/received").content.decode())
    owner.post("/handoffs/received", {"row": row, "good": "no", "missing": "The number of Ines"})
    carry_out(ask(workspace.pk, [ines], by="t", mode=mode))
    left = list(Reception.objects.values_list("profile", "missing", "good"))
    assert left == ([] if mode == Erasure.Mode.ERASE else [(None, "", False)])
    assert not Reception.objects.filter(row=row).exists()
