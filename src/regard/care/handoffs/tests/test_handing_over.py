"""A matter that is handed over is timed until somebody there takes it up, and they say how it came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from regard.care.cases import work
from regard.care.cases.tests.made import case, customer
from regard.care.handoffs.models import Handoff
from regard.care.handoffs.queries import matrix
from regard.ledger.record.project import project_all
from regard.testing.people import member, signed_in
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def test_from_the_shop_to_billing_and_how_it_came(workspace: Workspace) -> None:
    shop, billing = (Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("Shop", "Billing"))
    giver, taker = member(workspace, Role.AGENT, at=shop), member(workspace, Role.MANAGER, at=billing)
    begun = timezone.now() - timedelta(hours=5)
    made = case(workspace, unit=shop.pk, profile=customer(workspace), now=begun)
    work.hand(made, unit=billing, by=giver.user.email, now=begun + timedelta(hours=1))
    work.note(made, "Please hurry", by=giver.user.email, now=begun + timedelta(hours=2))  # whoever passed it on does not take it up
    assert Handoff.objects.get().taken is None
    work.note(made, "On it", by=taker.user.email, now=begun + timedelta(hours=4))
    found = Handoff.objects.get()
    assert (found.from_unit, found.to_unit, found.taken) == (shop, billing, begun + timedelta(hours=4))

    client, where = signed_in(taker), f"/cases/{made.number}/act"
    assert "Shop handed it to you" in client.get(f"/cases/{made.number}").content.decode()
    client.post(where, {"act": f"rate:{found.pk}", "good": "no", "missing": "The bill <b>"})
    found.refresh_from_db()
    assert (found.good, found.missing, found.rated_by) == (False, "The bill <b>", taker.user.email)
    assert "handed it to you" not in client.get(f"/cases/{made.number}").content.decode()
    page = client.get("/handoffs/").content.decode()
    assert "The bill &lt;b&gt;" in page and "3 h" in page
    (one,) = matrix(Scope(workspace.pk), first=begun - timedelta(days=1))
    assert (one.count, one.taken, one.seconds, one.rated, one.good.value) == (1, 1, 3 * 3600, 1, 0)
    assert matrix(Scope(workspace.pk, units=(workspace.root.pk,)), first=begun - timedelta(days=1)) == []
    project_all()
    assert warehouse().select(Scope(workspace.pk), "select event from ledger where $scope and kind = 'handoff'", {}) == [("Handed to Billing",)]


def test_an_agent_who_hands_on_what_they_may_not_see_any_more_is_told_so(workspace: Workspace) -> None:
    shop, billing = (Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("Shop", "Billing"))
    made = case(workspace, unit=shop.pk)
    answer = signed_in(member(workspace, Role.AGENT, at=shop)).post(f"/cases/{made.number}/act", {"act": "hand", "unit": billing.pk}, follow=True)
    assert answer.status_code == 200 and "is with others now" in answer.content.decode()
    made.refresh_from_db()
    assert made.unit == billing


def test_only_those_who_got_it_say_how_it_came(workspace: Workspace) -> None:
    shop, billing = (Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("Shop", "Billing"))
    giver = member(workspace, Role.ADMIN)
    made = case(workspace, unit=shop.pk)
    work.hand(made, unit=billing, by=giver.user.email, now=timezone.now())
    found = Handoff.objects.get()
    signed_in(giver).post(f"/cases/{made.number}/act", {"act": f"rate:{found.pk}", "good": "yes"})
    found.refresh_from_db()
    assert found.good is None
