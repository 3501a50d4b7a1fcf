"""The loop-closed rate counts what customers confirmed; what recovering did is told apart from what happens by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from regard.care.cases.close import close
from regard.care.cases.tests.made import case, customer
from regard.care.closures.ask import say
from regard.care.closures.models import Closure
from regard.care.loop.queries import loop, recovered
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.ledger.sources.product import product_source
from regard.testing.people import member, signed_in
from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def test_only_what_customers_confirm_closes_the_loop(workspace: Workspace) -> None:
    now = timezone.now()
    shop = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Shop")
    begun = now - timedelta(days=5)
    made = [case(workspace, unit=shop.pk, now=begun) for _n in range(5)]
    case(workspace, now=now)  # not due yet
    for place, one in enumerate(made[:4]):
        closure = close(one, by="t", now=begun + timedelta(hours=place + 1), ask=False)
        assert closure is not None
        Closure.objects.filter(pk=closure.pk).update(asked=begun)
        if place < 2:
            say(closure, ["solved", "not"][place], text="", now=begun + timedelta(hours=8))
    total, units = loop(Scope(workspace.pk), first=now - timedelta(days=30), now=now)
    assert total is not None and [one.unit for one in units] == [shop.pk]
    assert (total.due, total.closed, total.confirmed_count, total.marked, total.denied, total.reopened) == (5, 3, 1, 2, 1, 1)
    assert loop(Scope(workspace.pk, units=(workspace.root.pk,)), first=now - timedelta(days=30), now=now) == (None, [])
    page = signed_in(member(workspace, Role.VIEWER)).get("/loop/").content.decode()
    assert "say their customers" in page and "Shop" in page


def test_recovering_is_told_apart_from_what_happens_by_itself(workspace: Workspace) -> None:
    """Everybody goes up by one by themselves; who had their case closed goes up by three more."""
    now = timezone.now()
    rows = []
    for n in range(12):
        who = customer(workspace, f"p{n}@mail.example")
        helped, before = n < 6, n % 3
        for place, (score, days) in enumerate([(before, 100), (before + 1 + 3 * helped, 10)]):
            rows.append({
                "kind": "answer", "message_id": f"a{n}/{place}", "at": (now - timedelta(days=days)).isoformat(), "about": who, "metric": "nps",
                "scale_low": 0, "scale_high": 10, "score": score,
            })  # fmt: skip
        if helped:
            made = case(workspace, profile=who, now=now - timedelta(days=99))
            close(made, by="t", now=now - timedelta(days=90), ask=False)
    put_rows(workspace=workspace.pk, source=product_source(workspace.pk, "Survey"), rows=rows)
    project_all()
    found = recovered(Scope(workspace.pk), "nps", since=now - timedelta(days=400))
    assert found.effect is not None and found.effect.value == pytest.approx(3.0) and (found.recovered, found.others) == (6, 6)
    assert recovered(Scope(workspace.pk), "ces", since=now - timedelta(days=400)).effect is None
