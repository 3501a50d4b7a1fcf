"""A complaint is acknowledged at once, assessed, decided, paid for within limits, and answered before its case is closed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from regard.care.cases import work as cases
from regard.care.cases.clocks import watch_clocks
from regard.care.cases.close import close
from regard.care.cases.models import Breach, Case, Clock
from regard.care.cases.tests.made import case, customer
from regard.care.cases.work import NotPossible
from regard.care.complaints import work
from regard.care.complaints.complain import Filing, complain, take_over
from regard.care.complaints.due import watch_complaints
from regard.care.complaints.models import Complaint
from regard.care.complaints.queries import redress_of, stages
from regard.care.complaints.redress import award
from regard.care.complaints.tests.made import complaint, decided
from regard.care.letters.models import Letter
from regard.outreach.messages.send import send_due
from regard.outreach.notices.models import Notice
from regard.testing.mail import Inbox, inbox
from regard.testing.people import member
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

__all__ = ["inbox"]
pytestmark = pytest.mark.django_db(transaction=True)
BY = "t@x.example"


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def answered(one: Complaint, text: str = "We are sorry.", **more: str) -> Complaint:
    work.answer(one, text, by=BY, now=timezone.now(), **more)
    return Complaint.objects.get(pk=one.pk)


def test_it_is_acknowledged_at_once_in_the_customers_language_and_nobody_of_us_has_answered_yet(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    who = customer(workspace)
    take_over(workspace.pk, "gb-finance", everywhere=True)
    made = complaint(workspace, profile=who, language="fr")
    assert send_due() == 1
    (mail,) = inbox.mails
    assert mail["Subject"] == f"Votre réclamation #{made.case.number}"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"#{made.case.number}" in text and "Financial Ombudsman Service" in text
    case = Case.objects.get()
    assert made.acknowledged and case.responded is None and case.state == "new"
    assert [one.what for one in case.steps.all()][-1] == "acknowledged"


def test_without_a_way_to_write_somebody_has_to_say_how_they_were_told(workspace: Workspace) -> None:
    made = complaint(workspace)
    assert made.acknowledged is None and not Letter.objects.exists()
    with pytest.raises(NotPossible):
        work.acknowledge(made, how=" ", by=BY, now=timezone.now())
    work.acknowledge(made, how="on the phone", by=BY, now=timezone.now())
    made.refresh_from_db()
    assert made.acknowledged_how == "on the phone" and Case.objects.get().responded


def test_a_second_time_it_is_the_same_complaint(workspace: Workspace) -> None:
    made = complaint(workspace)
    again = complain(made.case, Filing(via="form"), by=BY, now=timezone.now())
    assert (again.pk, again.via, Complaint.objects.count()) == (made.pk, "phone", 1)


def test_it_is_closed_only_after_a_final_response_or_when_it_was_settled(workspace: Workspace) -> None:
    now = timezone.now()
    first, second = complaint(workspace), complaint(workspace)
    with pytest.raises(NotPossible, match="final response"):
        close(first.case, by=BY, now=now)
    work.withdraw(first, "They took the new router and said so.", by=BY, now=now)
    close(first.case, by=BY, now=now, ask=False)
    answered(decided(second), how="by post")
    close(second.case, by=BY, now=now, ask=False)
    assert set(Case.objects.values_list("state", flat=True)) == {"closed"}


def test_the_final_response_needs_a_decision_with_reasons_and_the_ombudsman_in_it(workspace: Workspace) -> None:
    take_over(workspace.pk, "gb-finance", everywhere=True)
    made = complaint(workspace)
    with pytest.raises(NotPossible, match="Decide"):
        answered(made, how="by post")
    with pytest.raises(NotPossible, match="Assess"):
        work.rule_on(made, "upheld", "Because.", by=BY, now=timezone.now())
    decided(made)
    with pytest.raises(NotPossible, match="Financial Ombudsman Service"):
        answered(made, how="by post")
    done = answered(made, "You may go to the Financial Ombudsman Service.", how="by post")
    given = done.answers.get()
    assert given.refer_until and 180 < (given.refer_until - timezone.now().date()).days < 186
    assert [one.at is not None for one in stages(done, timezone.now())] == [True, False, True, False, True, True, False]


def test_money_beyond_ones_limit_waits_for_somebody_else_who_may(workspace: Workspace, inbox: Inbox) -> None:
    agent, manager, boss = member(workspace, Role.AGENT), member(workspace, Role.MANAGER), member(workspace, Role.OWNER)
    made, now = complaint(workspace), timezone.now()
    small = award.propose(made, kind="goodwill", amount=Decimal(30), reason="Waiting", by=agent, now=now)
    assert small.approved_by == agent.user.email
    # what one complaint gets counts together: no agent gives 50 three times
    more = award.propose(made, kind="goodwill", amount=Decimal(30), reason="Again", by=agent, now=now)
    assert more.waits and {one.member for one in Notice.objects.filter(kind="complaint.approve")} == {manager, boss}
    with pytest.raises(NotPossible, match="Somebody else"):
        award.approve(made, more.pk, by=agent, now=now)
    with pytest.raises(NotPossible, match="waits to be approved"):
        answered(decided(made), how="by post")
    award.approve(made, more.pk, by=manager, now=now)
    assert Notice.objects.filter(kind="complaint.decided", member=agent).exists()
    large = award.propose(made, kind="compensation", amount=Decimal(900), reason="Damage", by=manager, now=now)
    assert not next(one for one in redress_of(made, manager) if one.redress == large).mine_to_approve
    with pytest.raises(NotPossible, match="more than you may"):
        award.approve(made, large.pk, by=member(workspace, Role.MANAGER, email="m2@halcyon.example"), now=now)
    award.refuse(made, large.pk, why="No damage is shown", by=boss, now=now)
    assert work.approved_amount(made) == Decimal(60)
    award.pay(made, small.pk, reference="B-12", by=agent, now=now)
    with pytest.raises(NotPossible):
        award.pay(made, large.pk, reference="", by=agent, now=now)


def test_two_who_approve_at_the_same_moment_approve_once(workspace: Workspace) -> None:
    agent, boss = member(workspace, Role.AGENT), member(workspace, Role.OWNER)
    made, now = complaint(workspace), timezone.now()
    one = award.propose(made, kind="goodwill", amount=Decimal(80), reason="x", by=agent, now=now)
    award.approve(made, one.pk, by=boss, now=now)
    with pytest.raises(NotPossible, match="decided already"):
        award.approve(made, one.pk, by=boss, now=now)


def test_it_is_put_off_once_as_far_as_the_rule_lets_it_and_the_customer_reads_why(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    take_over(workspace.pk, "gb-payments", everywhere=True)
    made = complaint(workspace, profile=customer(workspace))
    before = made.answer_by
    work.extend(made, "We wait for the other bank.", by=BY, now=timezone.now())
    made.refresh_from_db()
    assert made.answer_by > before + timedelta(days=20)
    assert "We wait for the other bank." in Letter.objects.latest("pk").text
    with pytest.raises(NotPossible, match="already"):
        work.extend(made, "Still.", by=BY, now=timezone.now())


def test_whoever_has_it_is_warned_and_what_is_late_is_in_the_log_once_for_each_clock(workspace: Workspace) -> None:
    boss = member(workspace, Role.OWNER)
    begun = timezone.now() - timedelta(days=40)
    made = complaint(workspace, now=begun, filing=Filing(via="letter", received=begun))
    almost = made.answer_by - timedelta(days=1)
    watch_complaints(now=almost)
    watch_complaints(now=almost)
    assert Notice.objects.filter(kind="complaint.soon", member=boss).count() == 1
    for _again in range(2):
        watch_complaints(now=made.answer_by + timedelta(hours=1))
    late = Breach.objects.filter(case=made.case, clock__in=[Clock.ACKNOWLEDGE, Clock.INFORM, Clock.ANSWER])
    assert sorted(late.values_list("clock", flat=True)) == ["ack", "answer", "inform"]
    work.withdraw(made, "Settled", by=BY, now=timezone.now())
    assert watch_complaints(now=made.answer_by + timedelta(days=9)) == 0


def test_its_case_is_due_when_the_final_response_is_and_late_by_that_clock_alone(workspace: Workspace) -> None:
    begun = timezone.now() - timedelta(days=40)
    made = complaint(workspace, now=begun, filing=Filing(via="letter", received=begun))
    found = Case.objects.get()
    assert (found.due, found.warn) == (made.answer_by, None)
    cases.move(found, "waiting", by=BY, now=begun + timedelta(hours=1))
    cases.move(found, "open", by=BY, now=begun + timedelta(days=5))
    assert Case.objects.get().due == made.answer_by
    for _again in range(2):
        watch_clocks(now=made.answer_by + timedelta(hours=1))
        watch_complaints(now=made.answer_by + timedelta(hours=1))
    assert not Breach.objects.filter(clock=Clock.CLOSE).exists() and Breach.objects.filter(clock=Clock.ANSWER).count() == 1
    take_over(workspace.pk, "gb-finance")
    work.change(made, rule=take_over(workspace.pk, "gb-finance"), received=begun, given={"via": "letter", "remedy": "", "wish": ""}, by=BY, now=begun)
    made.refresh_from_db()
    assert Case.objects.get().due == made.answer_by > found.due


def test_deadlines_do_not_stand_while_it_is_the_customers_turn(workspace: Workspace) -> None:
    made = complaint(workspace)
    cases.move(made.case, "waiting", by=BY, now=timezone.now())
    assert watch_complaints(now=made.answer_by + timedelta(hours=1)) > 0


def test_what_is_owed_goes_along_when_its_case_is_merged(workspace: Workspace) -> None:
    made, kept = complaint(workspace), case(workspace)
    cases.merge(made.case, kept, by=BY, now=timezone.now())
    made.refresh_from_db()
    assert made.case_id == kept.pk
    with pytest.raises(NotPossible):
        close(Case.objects.get(pk=kept.pk), by=BY, now=timezone.now())


def test_a_mended_receipt_moves_its_deadlines(workspace: Workspace) -> None:
    made, now = complaint(workspace), timezone.now()
    other = take_over(workspace.pk, "au-finance")
    work.change(made, rule=other, received=now - timedelta(days=10), given={"via": "letter", "remedy": "refund", "wish": ""}, by=BY, now=now)
    made.refresh_from_db()
    assert (made.via, made.remedy) == ("letter", "refund") and 19 <= (made.answer_by - now).days <= 20


def test_the_rule_of_the_nearest_unit_holds_else_the_one_that_does_everywhere(workspace: Workspace) -> None:
    region = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Region")
    shop = Unit.objects.create(workspace=workspace, parent=region, name="Shop")
    local = take_over(workspace.pk, "gb-energy")
    local.unit = region
    local.keep(by=BY)
    take_over(workspace.pk, "au-finance")  # where it is chosen
    assert complaint(workspace, unit=shop.pk).rule == local and complaint(workspace).rule.name == "Our own promise"
    take_over(workspace.pk, "ie-finance").keep(by=BY)
    other = take_over(workspace.pk, "eu-payments")
    other.everywhere = True
    other.keep(by=BY)
    assert complaint(workspace).rule == other
