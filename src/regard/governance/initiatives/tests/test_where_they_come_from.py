"""What keeps recurring is offered to begin an initiative with; what customers say about it is linked, and gone when they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from regard.care.cases.models import Case
from regard.care.cases.tests.made import case, customer
from regard.care.queues.models import Cause
from regard.customers.privacy.erase import ask, carry_out
from regard.governance.initiatives.models import Initiative, InitiativeTask, LinkedComment, Stage
from regard.governance.initiatives.queries import marks
from regard.governance.initiatives.recurring import recurring
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.ledger.sources.product import product_source
from regard.ledger.touchpoints.models import Touchpoint
from regard.testing.people import member, signed_in
from regard.warehouse.scope import Scope
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


@pytest.fixture
def analyst(workspace: Workspace) -> Member:
    return member(workspace, Role.ANALYST)


def offered(workspace: Workspace, reader: Member) -> dict[str, str]:
    now = timezone.now()
    found = recurring(Scope(workspace.pk), workspace, reader, now=now, today=timezone.localdate())
    return {one.title: one.text for one in found}


def answers(workspace: Workspace, *, days_ago: int, score: int, count: int, place: str = "Bill", **more: Any) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    rows = [
        {"kind": "answer", "message_id": f"{place} {days_ago} {n}", "at": (at + timedelta(seconds=n)).isoformat(), "metric": "nps", "scale_low": 0,
         "scale_high": 10, "score": score if n % 4 else 10 - score, "touchpoint": place, **more}
        for n in range(count)
    ]  # fmt: skip
    put_rows(workspace=workspace.pk, source=product_source(workspace.pk, "Survey"), rows=rows)
    project_all()


def test_root_causes_great_matters_and_falling_scores_are_offered_until_an_initiative_is_about_them(workspace: Workspace, analyst: Member) -> None:
    bill = Cause.objects.create(workspace=workspace, name="Bill")
    twice, seldom = (Cause.objects.create(workspace=workspace, name=name, parent=bill) for name in ("Charged twice", "Torn"))
    for cause, count in ((twice, 6), (seldom, 2)):
        Case.objects.filter(pk__in=[case(workspace).pk for _n in range(count)]).update(cause=cause)
    old = [case(workspace).pk for _n in range(3)]
    Case.objects.filter(pk__in=old).update(cause=twice, opened=timezone.now() - timedelta(days=120))
    outage = case(workspace, title="Outage in Lyon")
    Case.objects.filter(pk__in=[case(workspace).pk for _n in range(5)]).update(parent=outage)
    here = {name: Touchpoint.objects.create(workspace=workspace, name=name) for name in ("Bill", "Shop")}
    for place, now in (("Bill", 2), ("Shop", 9)):
        answers(workspace, days_ago=120, score=9, count=120, place=place)
        answers(workspace, days_ago=20, score=now, count=120, place=place)
    found = offered(workspace, analyst)
    assert list(found) == ["Bill / Charged twice", "Outage in Lyon", "NPS · Bill"]
    assert found["Bill / Charged twice"] == "6 cases in 90 days, 3 in those before"
    assert found["Outage in Lyon"] == f"5 cases are part of #{outage.number}" and found["NPS · Bill"].startswith("\u2212")
    page = signed_in(analyst).get("/initiatives/").content.decode()
    assert f"/initiatives/new?cause={twice.pk}&amp;title=Charged+twice" in page
    begun = signed_in(analyst).get(f"/initiatives/new?metric=nps&touchpoint={here['Bill'].pk}&title=Bill&cause={twice.pk}").content.decode()
    assert 'value="Bill"' in begun and f'<option value="{twice.pk}" selected>' in begun
    (ticked,) = [part for part in begun.split("<input") if 'name="touchpoints"' in part and " checked" in part]
    assert f'value="{here["Bill"].pk}"' in ticked
    for about in ({"cause": twice, "title": "x"}, {"title": "Outage in Lyon"}, {"title": "y", "touchpoints": [here["Bill"].pk]}):
        Initiative(workspace=workspace, **about).keep(by="t")
    assert offered(workspace, analyst) == {}


def test_who_sees_no_customers_is_offered_no_cases_and_a_shop_only_its_own(workspace: Workspace) -> None:
    shop = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Shop")
    cause = Cause.objects.create(workspace=workspace, name="Bill")
    Case.objects.filter(pk__in=[case(workspace).pk for _n in range(6)]).update(cause=cause)
    manager = member(workspace, Role.ANALYST, at=shop)
    found = recurring(Scope(workspace.pk, frozenset({shop.pk})), workspace, manager, now=timezone.now(), today=timezone.localdate())
    assert found == []


def test_comments_are_found_at_its_touchpoints_linked_and_gone_with_the_customer(workspace: Workspace, analyst: Member) -> None:
    here = Touchpoint.objects.create(workspace=workspace, name="Bill")
    ines, ana = (customer(workspace, f"{name}@mail.example") for name in ("ines", "ana"))
    answers(workspace, days_ago=3, score=1, count=1, about=ines, text="Twice on one <b>bill</b>")
    answers(workspace, days_ago=4, score=1, count=1, about=ana, text="And again twice")
    answers(workspace, days_ago=5, score=1, count=1, place="Shop", text="Rude in the shop")
    made = Initiative(workspace=workspace, title="One bill", touchpoints=[here.pk])
    made.keep(by="t")
    desk, address = signed_in(analyst), f"/initiatives/{made.pk}/comments"
    found = desk.get(address, {"tone": ""}).content.decode()
    assert "Twice on one &lt;b&gt;bill" in found and "And again twice" in found and "Rude" not in found
    for link in [part.split('"')[0] for part in found.split('name="link" value="')[1:]]:
        assert desk.post(address, {"link": link}).status_code == 302
        assert desk.post(address, {"link": link}).status_code == 302  # twice is once
    assert LinkedComment.objects.count() == 2
    page = desk.get(f"/initiatives/{made.pk}").content.decode()
    assert "Twice on one" in page and "And again twice" in page and "not there any more" not in page
    carry_out(ask(workspace.pk, [ines], by="t"))
    page = desk.get(f"/initiatives/{made.pk}").content.decode()
    assert "Twice on one" not in page and "1 linked comment is not there any more" in page
    desk.post(address, {"away": LinkedComment.objects.order_by("at")[0].row})
    assert LinkedComment.objects.count() == 1
    for nonsense in ("", "x", "00-0 yesterday", "ff-0 0001-01-01T00:00:00+00:00", f"{'0' * 32}-0 2026-01-01T00:00:00+00:00"):
        assert "not there any more" in desk.post(address, {"link": nonsense}, follow=True).content.decode()
    assert LinkedComment.objects.count() == 1


def test_a_card_says_what_is_left_to_do_and_moves_over_the_board(workspace: Workspace, analyst: Member) -> None:
    made = Initiative(workspace=workspace, title="Call back", expected=5, worth=1_000)
    made.keep(by="t")
    yesterday = timezone.localdate() - timedelta(days=1)
    InitiativeTask.objects.create(initiative=made, text="Ask IT", due=yesterday)
    InitiativeTask.objects.create(initiative=made, text="Hire", done=timezone.now())
    desk = signed_in(analyst)
    page = desk.get("/initiatives/").content.decode()
    assert "1 of 2 tasks done" in page and 'class="bad">next until' in page and "€5,000 in a year" in page
    refused = desk.post(f"/initiatives/{made.pk}/edit", {"title": "t", "stage": "idea", "metric": "nps", "cost": "-5", "worth": "-5"})
    assert refused.content.decode().count("without a minus") == 2
    assert desk.post(f"/initiatives/{made.pk}/stage", {"stage": "done"}).status_code == 302
    assert desk.post(f"/initiatives/{made.pk}/stage", {"stage": "nowhere"}).status_code == 404
    made.refresh_from_db()
    assert made.stage == Stage.DONE
    viewer = signed_in(member(workspace, Role.VIEWER, email="v@x.example"))
    assert viewer.post(f"/initiatives/{made.pk}/stage", {"stage": "idea"}).status_code == 403
    assert viewer.get("/initiatives/").status_code == 200


def test_marks_on_charts_say_what_came_of_it_once_that_can_be_told(workspace: Workspace) -> None:
    made = Initiative(workspace=workspace, title="Call back", metric="nps", stage=Stage.UNDER_WAY)
    made.keep(by="t", units={workspace.root.pk: datetime(2026, 5, 4).date()})
    (before,) = marks(workspace.pk, "nps", [])
    assert before.text == f"Call back ({workspace.root.name})"
    made.measurements.create(at=timezone.now(), result={
        "effect": {"value": 8.2, "low": 3.1, "high": 13.3, "n": 900}, "placebo": None, "trusted": True, "why": "", "step": "week",
        "method": "staggered", "compared": [], "without": [], "path": [],
    })  # fmt: skip
    (after,) = marks(workspace.pk, "nps", [])
    assert after.text == f"Call back ({workspace.root.name}): +8 points (+3 to +13)"
