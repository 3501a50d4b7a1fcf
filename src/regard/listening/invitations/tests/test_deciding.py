"""Whether somebody is asked, and what is kept of why not."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from regard.customers.contact.log.models import ContactMade, FrequencyRule
from regard.customers.contact.record_consent import record_consent
from regard.customers.contact.restrain import restrain
from regard.customers.contact.suppression.suppress import Line, suppress
from regard.customers.people.models import Profile
from regard.listening.invitations.models import Invitation
from regard.listening.programmes.jobs import decide_all
from regard.listening.programmes.models import Programme
from regard.listening.programmes.tests.made import call, follow, programme, survey
from regard.outreach.messages.models import Message
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def decided(now: datetime | None = None) -> list[tuple[str, str]]:
    """Decide all that is due: who was asked by what, or why not."""
    follow()
    decide_all(now=now or timezone.now(), seconds=5)
    found = Invitation.objects.order_by("programme__name", "profile", "happened")
    return [(one.programme.name, one.because or (one.channel if one.decided else "due")) for one in found]


def whom(user: str) -> int:
    return int(Profile.objects.get(identifiers__value=user).customer_id)


def test_one_call_after_another_is_asked_about_once(workspace: Workspace) -> None:
    programme(workspace)
    call(workspace, "ana", id="1")
    call(workspace, "ana", id="2")
    assert sorted(decided()) == [("After calls", "e-mail"), ("After calls", "recent")]
    follow()  # the same again
    assert Invitation.objects.count() == 2 and Message.objects.count() == 1


def test_only_what_fits_the_conditions_makes_somebody_eligible(workspace: Workspace) -> None:
    programme(workspace, conditions=["property:outcome!=abandoned", "trait:plan=Pro"])
    call(workspace, "ana", traits={"plan": "Pro"})
    call(workspace, "ben", traits={"plan": "Free"})
    call(workspace, "cleo", traits={"plan": "Pro"}, properties={"outcome": "abandoned"})
    assert decided() == [("After calls", "e-mail")] and Invitation.objects.get().profile_id == whom("ana")


def test_what_happened_before_the_launch_is_not_asked_about(workspace: Workspace) -> None:
    programme(workspace)
    call(workspace, "ana", ago=timedelta(hours=2))
    assert decided() == []


def test_what_is_decided_too_late_is_not_asked_about(workspace: Workspace) -> None:
    programme(workspace, fresh_days=1)
    call(workspace, "ana")
    assert decided(timezone.now() + timedelta(days=4)) == [("After calls", "stale")]


def test_a_sample_is_the_same_however_often_it_is_drawn(workspace: Workspace) -> None:
    programme(workspace, share=Decimal(40))
    for number in range(60):
        call(workspace, f"u{number}")
    first = decided()
    asked = sum(because == "e-mail" for _name, because in first)
    assert 12 <= asked <= 36 and sum(because == "sampled" for _name, because in first) == 60 - asked
    Invitation.objects.update(decided=None, because="")
    ContactMade.objects.all().delete()
    assert decided() == first


def test_more_than_the_cap_of_a_day_waits_for_the_next(workspace: Workspace) -> None:
    programme(workspace, daily_cap=2)
    for number in range(3):
        call(workspace, f"u{number}")
    assert sorted(because for _name, because in decided()) == ["cap", "e-mail", "e-mail"]
    waiting = Invitation.objects.get(because="cap")
    assert waiting.decided is None and waiting.due > timezone.now()
    assert [because for _name, because in decided(waiting.due)] == ["e-mail"] * 3


def test_hours_for_sending_are_on_the_customers_clock(workspace: Workspace) -> None:
    programme(workspace, window_start=time(9), window_end=time(18), window_days=[0, 1, 2, 3, 4])
    call(workspace, "tokyo", traits={"time_zone": "Asia/Tokyo"})
    call(workspace, "paris", traits={"time_zone": "Europe/Paris"})
    follow()
    # a Wednesday, 08:30 in Paris and 16:30 in Tokyo
    now = datetime(2026, 12, 2, 7, 30, tzinfo=UTC)
    Invitation.objects.update(happened=now, due=now)
    decide_all(now=now, seconds=5)
    told = {one.profile_id: one for one in Invitation.objects.all()}
    assert told[whom("tokyo")].channel == "e-mail"
    waits = told[whom("paris")]
    assert waits.because == "window" and waits.due == datetime(2026, 12, 2, 8, 0, tzinfo=UTC)
    # a Saturday: until Monday morning
    saturday = datetime(2026, 12, 5, 12, 0, tzinfo=UTC)
    Invitation.objects.filter(pk=waits.pk).update(happened=saturday, due=saturday)
    decide_all(now=saturday, seconds=5)
    waits.refresh_from_db()
    assert waits.due == datetime(2026, 12, 7, 8, 0, tzinfo=UTC)


def _suppressed(workspace: Workspace) -> None:
    suppress(workspace.pk, [Line(1, "ana@mail.example")], why="asked", by="t", now=timezone.now())


def _withdrawn(workspace: Workspace) -> None:
    record_consent(
        workspace.pk, whom("ana"), purpose="feedback", channel="e-mail", decision="withdrawn", source="unsubscribe", by="t", now=timezone.now()
    )  # fmt: skip


def _complaining(workspace: Workspace) -> None:
    restrain(workspace.pk, reason="complaint", by="t", now=timezone.now(), customers=[whom("ana")])


@pytest.mark.parametrize(
    ("cause", "because"), [(_suppressed, "suppressed"), (_withdrawn, "withdrawn"), (_complaining, "restrained")]
)
def test_what_the_contact_policy_refuses_is_not_sent_and_says_why(
    workspace: Workspace, cause: Any, because: str
) -> None:
    programme(workspace)
    call(workspace, "ana")
    follow()
    cause(workspace)
    assert decided() == [("After calls", because)]
    assert Invitation.objects.get().sentence and not Message.objects.exists()


def test_somebody_without_an_address_is_asked_by_another_channel(workspace: Workspace) -> None:
    programme(workspace, channels=["SMS", "e-mail"])
    call(workspace, "ana", traits={"phone": "+33612345678"})
    call(workspace, "ben")
    assert sorted(because for _name, because in decided()) == ["SMS", "e-mail"]


def test_of_two_programmes_the_more_important_one_asks(workspace: Workspace) -> None:
    asked = survey(workspace)
    programme(workspace, name="Less", priority=80, survey=asked)
    programme(workspace, name="More", priority=10, survey=asked)
    FrequencyRule.objects.create(workspace=workspace, sender_kind="survey", most=1, days=30)
    call(workspace, "ana")
    assert decided() == [("Less", "frequency"), ("More", "e-mail")]


def test_a_rule_for_some_customers_counted_from_their_answer(workspace: Workspace) -> None:
    programme(workspace, rest_days=0)
    FrequencyRule.objects.create(workspace=workspace, most=1, days=30, counts="answer", trait="plan", value="pro")
    for user, plan in (("ana", "Pro"), ("ben", "Free")):
        call(workspace, user, id=f"{user}1", traits={"plan": plan})
    assert [because for _name, because in decided()] == ["e-mail", "e-mail"]  # contacted, but nobody has answered
    for one in ContactMade.objects.all():
        one.pk, one.what = None, "answer"
        one.save()
    for user in ("ana", "ben"):
        call(workspace, user, id=f"{user}2")
    decided()
    last = {one.profile_id: one.because for one in Invitation.objects.order_by("happened")}
    assert last == {whom("ana"): "frequency", whom("ben"): ""}


def test_a_paused_programme_waits_and_an_ended_one_says_so(workspace: Workspace) -> None:
    asked = programme(workspace)
    call(workspace, "ana")
    follow()
    asked.pause(by="t", now=timezone.now())
    assert decided() == [("After calls", "due")]
    asked.resume(by="t")
    asked.end(by="t", now=timezone.now())
    assert decided() == [("After calls", "ended")]


def test_everybody_is_asked_once_a_round_on_a_clock_of_their_own(workspace: Workspace) -> None:
    from regard.listening.invitations.enter import enter_round

    asked = programme(
        workspace, kind="relationship", survey=survey(workspace, "relationship"), rest_days=90, spread_days=10
    )
    for number in range(40):
        call(workspace, f"u{number}")
    follow()
    launched = asked.launched
    assert launched
    days = [enter_round(asked, now=launched + timedelta(days=day, minutes=5)) for day in range(20)]
    assert sum(days) == 40 and days[0] < 40 and sum(one > 0 for one in days) > 4 and sum(days[11:]) == 0
    Invitation.objects.update(created=launched + timedelta(days=3))
    assert enter_round(asked, now=launched + timedelta(days=92)) == 0
    assert enter_round(asked, now=launched + timedelta(days=94)) == 40
    assert set(Invitation.objects.values_list("wave", flat=True)) == {1, 2}


def test_enough_precise_answers_end_the_asking_for_that_unit_alone(workspace: Workspace) -> None:
    from regard.ledger.inbox.put import put_rows
    from regard.ledger.sources.product import product_source
    from regard.workspace.units.models import Unit

    asked = programme(workspace, survey=survey(workspace, "relationship"), margin=Decimal(15), margin_by="unit")
    for name in ("North", "South"):
        Unit.objects.create(workspace=workspace, parent=workspace.root, name=name)
    now = timezone.now().isoformat()
    put_rows(
        workspace=workspace.pk, source=product_source(workspace.pk, "x"),
        rows=[
            {"kind": "answer", "message_id": f"{unit}{n}", "at": now, "user_id": f"a{unit}{n}", "metric": "nps", "scale_low": 0, "scale_high": 10,
             "score": 10.0, "programme": asked.name, "unit": unit}
            for unit, count in (("North", 60), ("South", 5)) for n in range(count)
        ],
    )  # fmt: skip
    for user, unit in (("ana", "North"), ("ben", "South")):
        call(workspace, user)
        follow()
        Invitation.objects.filter(profile=whom(user)).update(unit=Unit.objects.get(name=unit))
    decided()
    told = {one.profile_id: one.because for one in Invitation.objects.all()}
    assert told == {whom("ana"): "enough", whom("ben"): ""}


def test_a_programme_that_follows_another_asks_those_who_answered_it(workspace: Workspace) -> None:
    from regard.listening.invitations.answered import answered

    first = programme(workspace)
    programme(workspace, name="Later", kind="sequence", after=first, delay=timedelta(days=60), survey=first.survey)
    call(workspace, "ana")
    decided()
    now = timezone.now()
    answered(Invitation.objects.get(), now=now)
    answered(Invitation.objects.get(programme=first), now=now)  # told twice
    later = Invitation.objects.get(programme__name="Later")
    assert later.due == now + timedelta(days=60)
    assert ("Later", "e-mail") in decided(later.due)


def test_nothing_of_another_workspace_is_asked_about(workspace: Workspace) -> None:
    other = Workspace.found(name="Other")
    programme(workspace)
    call(other, "ana")
    assert decided() == [] and Programme.objects.get().workspace == workspace
