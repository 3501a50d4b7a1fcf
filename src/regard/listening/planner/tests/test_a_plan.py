"""What a programme would have done in the last 90 days, against what is known to have happened in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from regard.customers.contact.claim_contact import record_contact
from regard.customers.contact.log.models import ContactMade, FrequencyRule, Sender
from regard.customers.contact.restrain import restrain
from regard.customers.people.models import Profile
from regard.listening.invitations.models import Invitation
from regard.listening.planner.jobs import work_out
from regard.listening.planner.models import Plan, as_it_is
from regard.listening.planner.rehearse import rehearse
from regard.listening.planner.told import told
from regard.listening.programmes.models import Kind, Programme
from regard.listening.programmes.tests.made import call, follow, programme
from regard.outreach.messages.models import Message
from regard.testing.people import member, signed_in
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def planned(of: Programme, *, rate: str = "20", trait: str = "", most: int = 20_000) -> dict[str, Any]:
    now = timezone.now()
    plan = Plan.objects.create(programme=of, rate=Decimal(rate), trait=trait, begun=now, of=as_it_is(of))
    return rehearse(plan, now=now, tell=lambda days: None, most=most)


def whom(user: str) -> int:
    return int(Profile.objects.get(identifiers__value=user).customer_id)


def calls(workspace: Workspace, user: str, *days: int, **more: Any) -> None:
    for day in days:
        call(workspace, user, id=f"{user}-{day}", ago=timedelta(days=day), **more)
    follow()


def test_a_plan_asks_as_often_as_the_programme_may_and_leaves_nothing_behind(workspace: Workspace) -> None:
    asks = programme(workspace, launched=False, rest_days=30)
    calls(workspace, "ana", 80, 75, 45, 5)
    calls(workspace, "ben", 60)
    found = planned(asks)
    assert (found["eligible"], found["asked"], found["people"], found["reached"]) == (5, 4, 2, 2)
    assert found["reasons"] == [["recent", 1]] and found["one_in"] == 1
    assert not Invitation.objects.exists() and not ContactMade.objects.exists() and not Message.objects.exists()
    assert Programme.objects.count() == 1


def test_limits_count_the_contacts_of_their_day_and_not_later_ones(workspace: Workspace) -> None:
    asks = programme(workspace, launched=False, rest_days=0)
    FrequencyRule.objects.create(workspace=workspace, most=1, days=10)
    calls(workspace, "ana", 50, 20)
    other = Sender("campaign", "spring")
    for day in (52, 15):  # two days before the first call; after the second
        record_contact(
            workspace.pk, whom("ana"), purpose="feedback", channel="e-mail", at=timezone.now() - timedelta(days=day), sender=other
        )  # fmt: skip
    found = planned(asks)
    assert found["asked"] == 1 and found["reasons"] == [["frequency", 1]]


def test_whoever_was_held_back_then_is_not_asked_then(workspace: Workspace) -> None:
    asks = programme(workspace, launched=False, rest_days=0)
    calls(workspace, "ana", 40, 10)
    restrain(
        workspace.pk, by="t", reason="complaint", customers=[whom("ana")], now=timezone.now() - timedelta(days=45),
        until=timezone.now() - timedelta(days=30),
    )  # fmt: skip
    assert planned(asks)["reasons"] == [["restrained", 1]]


def test_it_says_what_a_limit_would_have_stopped_of_others(workspace: Workspace) -> None:
    asks = programme(workspace, launched=False, rest_days=0)
    other = programme(workspace, name="After visits", survey=asks.survey, launched=True)
    FrequencyRule.objects.create(workspace=workspace, most=1, days=14)
    calls(workspace, "ana", 50, 20)
    calls(workspace, "ben", 50)
    sent = Sender("survey", str(other.pk))

    def contact(user: str, day: int) -> None:
        at = timezone.now() - timedelta(days=day)
        record_contact(workspace.pk, whom(user), purpose="feedback", channel="e-mail", at=at, sender=sent)

    contact("ana", 45)  # within 14 days of the call on day 50: lost
    contact("ben", 30)  # long after
    assert planned(asks)["others"] == [["After visits", 2, 1]]


def test_a_sample_of_the_people_stands_for_all(workspace: Workspace) -> None:
    asks = programme(workspace, launched=False, rest_days=0)
    for number in range(400):
        call(workspace, f"u{number}", ago=timedelta(days=1 + number % 80))
    follow()
    found = planned(asks, most=100)
    assert found["one_in"] == 4 and 280 <= found["asked"] <= 520  # 400, and 4 standard deviations of it


def test_a_relationship_programme_asks_each_customer_when_their_time_comes(workspace: Workspace) -> None:
    asks = programme(workspace, kind=Kind.RELATIONSHIP, launched=False, rest_days=60, spread_days=10)
    calls(workspace, "ana", 3)
    calls(workspace, "ben", 3)
    Profile.objects.update(created=timezone.now() - timedelta(days=300))
    found = planned(asks)
    assert found["asked"] == 4 and found["people"] == 2  # within ten days of the start, and sixty later


def test_a_group_with_answers_enough_is_left_in_peace(workspace: Workspace) -> None:
    asks = programme(workspace, launched=False, rest_days=0, margin=Decimal("3"), margin_by="trait:plan")
    for number in range(80):
        call(workspace, f"u{number}", ago=timedelta(days=1 + number % 80), traits={"plan": "Pro" if number else "Free"})
    follow()
    found = planned(asks, rate="100", trait="plan")
    assert found["reasons"] == [["enough", 79 - 30]]  # CES at worst needs four answers for ± 3, but 30 is the least
    assert sorted(row[0] for row in found["groups"]["trait"]) == ["Free", "Pro"]


def test_a_changed_programme_makes_its_plan_old(workspace: Workspace) -> None:
    asks = programme(workspace, launched=False)
    plan = Plan.objects.create(programme=asks, rate=20, begun=timezone.now(), of=as_it_is(asks))
    assert Plan.objects.get(pk=plan.pk).holds
    asks.daily_cap = 10
    asks.keep(by="t")
    assert not Plan.objects.get(pk=plan.pk).holds


def test_the_page_works_it_out_and_says_what_came_of_it(workspace: Workspace) -> None:
    client = signed_in(member(workspace))
    asks = programme(workspace, launched=False, rest_days=30)
    calls(workspace, "ana", 80, 75, 45, 5)
    where = f"/programmes/{asks.pk}/plan"
    assert "A guess" in client.get(where).content.decode()
    assert (
        client.post(where, {"rate": "0"}).status_code == 200 and not Plan.objects.exists()
    )  # the field says what it may be
    client.post(where, {"rate": "25"})
    assert "Under way" in client.get(where).content.decode()
    plan = Plan.objects.get()
    work_out(plan.pk, plan.begun.isoformat(), "en")
    page = client.get(where).content.decode()
    assert "it would have asked 3 times, of 4 occasions" in page and "asked by this programme not long ago" in page
    assert told(Plan.objects.get()).answers == 0.75


def test_only_one_of_two_requests_is_worked_out(workspace: Workspace) -> None:
    asks = programme(workspace, launched=False)
    plan = Plan.objects.create(programme=asks, rate=20, begun=timezone.now(), of={})
    work_out(plan.pk, datetime(2020, 1, 1).isoformat(), "en")
    assert Plan.objects.get().finished is None


def test_whoever_answered_the_programme_before_follows_when_its_delay_is_over(workspace: Workspace) -> None:
    before = programme(workspace)
    asks = programme(
        workspace, name="And then", survey=before.survey, kind=Kind.SEQUENCE, after=before, launched=False, delay=timedelta(days=60)
    )  # fmt: skip
    calls(workspace, "ana", 80)
    calls(workspace, "ben", 20)
    for user, day in (("ana", 80), ("ben", 20)):
        at = timezone.now() - timedelta(days=day)
        Invitation.objects.create(programme=before, profile_id=whom(user), cause=user, happened=at, due=at, decided=at, completed=at)
    found = planned(asks)
    assert (found["eligible"], found["asked"], found["waiting"]) == (2, 1, 1)  # the sixty days of the other are not over yet
