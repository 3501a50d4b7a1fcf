"""Title, priority, tags and owner follow both ways, each change once, and nothing goes to and fro."""

from __future__ import annotations

import pytest
from django.utils import timezone

from regard.care.cases import work
from regard.care.cases.models import Case
from regard.care.cases.open import Opening, open_cases
from regard.connectors.helpdesk.models import Desk, Ticket
from regard.connectors.helpdesk.tests.made import synced
from regard.customers.identity.models import Identifier
from regard.customers.privacy.erase import ask, carry_out
from regard.testing.people import member
from regard.testing.zendesk import AGENT, FakeZendesk
from regard.workspace.members.models import Member
from regard.workspace.models import Workspace
from regard.workspace.units.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def robin(workspace: Workspace, zendesk: FakeZendesk) -> Member:
    """The agent over there, who is a colleague here, too."""
    return member(workspace, "agent", email=zendesk.email.title())


@pytest.fixture
def ticket(desk: Desk, zendesk: FakeZendesk) -> Case:
    zendesk.ticket(11, subject="Router", priority="normal", tags=["fibre"])
    synced(desk)
    zendesk.asked.clear()
    return Case.objects.get()


def puts(zendesk: FakeZendesk) -> int:
    return sum(method == "PUT" for method, _path in zendesk.asked)


def test_what_is_changed_there_is_changed_here_and_does_not_go_back(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, robin: Member
) -> None:
    assert ticket.tags == ["fibre", "zendesk"]
    work.tag(ticket, "late delivery", by=robin.user.email, now=timezone.now())
    synced(desk)
    before = puts(zendesk)
    zendesk.change(
        11, subject="Router  and\tmodem", priority="urgent", tags=["late_delivery", "batch"], assignee_id=AGENT
    )
    synced(desk)
    made = Case.objects.get()
    assert (made.title, made.priority, made.tags, made.owner) == (
        "Router and modem",
        1,
        ["batch", "late delivery", "zendesk"],
        robin,
    )
    said = list(made.steps.filter(by="Zendesk").exclude(what="opened").values_list("what", "text"))
    assert said == [
        ("renamed", "Router and modem"), ("raised", "urgent"), ("tagged", "batch"), ("untagged", "fibre"), ("given", str(robin.user)),
    ]  # fmt: skip
    for _again in range(3):
        synced(desk)
    assert puts(zendesk) == before and zendesk.tickets[11]["tags"] == ["late_delivery", "batch"]


def test_what_is_changed_here_is_changed_there_and_does_not_come_back(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, robin: Member
) -> None:
    by, now = robin.user.email, timezone.now()
    work.rename(ticket, "Router of the bad batch", by=by, now=now)
    work.prioritise(ticket, 2, by=by, now=now)
    work.tag(ticket, "Late Delivery!", by=by, now=now)
    work.tag(ticket, "fibre", by=by, now=now, off=True)
    work.give(ticket, robin, by=by, now=now)
    steps = ticket.steps.count()
    synced(desk)
    told = zendesk.tickets[11]
    assert (told["subject"], told["priority"], told["tags"], told["assignee_id"]) == (
        "Router of the bad batch",
        "high",
        ["late_delivery"],
        AGENT,
    )
    assert puts(zendesk) == 1
    for _again in range(3):
        synced(desk)
    assert puts(zendesk) == 1 and ticket.steps.count() == steps
    work.give(ticket, None, by=by, now=timezone.now())
    synced(desk)
    assert zendesk.tickets[11]["assignee_id"] is None and puts(zendesk) == 2


def test_a_letter_takes_the_changes_along(desk: Desk, zendesk: FakeZendesk, ticket: Case, robin: Member) -> None:
    work.note(ticket, "Bad batch", by=robin.user.email, now=timezone.now())
    work.prioritise(ticket, 2, by=robin.user.email, now=timezone.now())
    synced(desk)
    assert (
        puts(zendesk) == 1
        and zendesk.tickets[11]["priority"] == "high"
        and zendesk.comments[11][-1]["body"].endswith("Bad batch")
    )


def test_what_a_colleague_set_by_hand_holds_against_a_priority_from_there(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, robin: Member
) -> None:
    work.prioritise(ticket, 1, by=robin.user.email, now=timezone.now())
    synced(desk)
    zendesk.change(11, priority="low")
    for _again in range(2):
        synced(desk)
    assert Case.objects.get().priority == 1 and zendesk.tickets[11]["priority"] == "low"


def test_a_queue_weighs_a_priority_from_there_as_it_weighs_that_of_a_new_case(
    desk: Desk, zendesk: FakeZendesk, ticket: Case
) -> None:
    ticket.queue.raises_lowest = True
    ticket.queue.save()
    Case.objects.update(score="NPS 1")
    zendesk.change(11, priority="high")
    for _again in range(2):
        synced(desk)
    made = Case.objects.get()
    assert (made.priority, made.basis, zendesk.tickets[11]["priority"]) == (1, 2, "high") and "NPS 1" in made.steps.get(
        what="weighed"
    ).text
    assert puts(zendesk) == 0


def test_changed_on_both_sides_tags_are_kept_of_both_and_of_two_titles_ours_is_put(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, robin: Member
) -> None:
    work.rename(ticket, "Ours", by=robin.user.email, now=timezone.now())
    work.tag(ticket, "ours", by=robin.user.email, now=timezone.now())
    zendesk.meanwhile = lambda: zendesk.change(11, subject="Theirs", tags=["fibre", "theirs"], priority="high")
    for _again in range(3):
        synced(desk)
    made, told = Case.objects.get(), zendesk.tickets[11]
    assert (
        made.title == told["subject"] == "Ours"
        and made.tags == ["fibre", "ours", "theirs", "zendesk"]
        and made.priority == 2
    )
    assert told["tags"] == ["fibre", "ours", "theirs"] and puts(zendesk) == 2  # the first met a change


def test_an_answer_that_is_lost_changes_nothing_twice(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, robin: Member
) -> None:
    work.rename(ticket, "Ours", by=robin.user.email, now=timezone.now())
    work.tag(ticket, "ours", by=robin.user.email, now=timezone.now())
    zendesk.lost = 1
    for _again in range(3):
        synced(desk)
    assert puts(zendesk) == 1 and Case.objects.get().title == "Ours" and not Ticket.objects.get().pending
    assert Case.objects.get().steps.filter(what="tagged").count() == 1


def test_an_assignee_whom_nobody_knows_here_is_named(workspace: Workspace, desk: Desk, zendesk: FakeZendesk) -> None:
    zendesk.user(8, "kim@elsewhere.example", "Kim@work", role="agent")
    elsewhere = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Shop")
    member(workspace, "agent", email=zendesk.email, at=elsewhere)  # known, and not of the case's unit
    zendesk.ticket(11, assignee_id=8)
    synced(desk)
    zendesk.change(11, assignee_id=AGENT)
    synced(desk)
    made = Case.objects.get()
    first, second = made.steps.filter(what="note").values_list("text", flat=True)
    assert (
        first == "In Zendesk it is assigned to Kim work, who does not work for Halcyon here."
        and "Robin Agent" in second
        and made.owner is None
    )
    assert puts(zendesk) == 0


def test_an_owner_who_is_no_agent_there_is_not_put_and_not_asked_for_again(
    workspace: Workspace, desk: Desk, zendesk: FakeZendesk, ticket: Case
) -> None:
    zendesk.user(9, "noor@halcyon.example", "Noor", role="end-user")
    work.give(ticket, member(workspace, "agent", email="noor@halcyon.example"), by="t@x.example", now=timezone.now())
    synced(desk)
    work.note(ticket, "And more", by="t@x.example", now=timezone.now())
    synced(desk)
    assert (
        zendesk.tickets[11]["assignee_id"] is None
        and [path for _method, path in zendesk.asked].count("/api/v2/users/search.json") == 1
    )


def test_a_ticket_that_comes_in_assigned_is_its_agents_here(desk: Desk, zendesk: FakeZendesk, robin: Member) -> None:
    zendesk.ticket(11, assignee_id=AGENT)
    synced(desk)
    assert Case.objects.get().owner == robin
    zendesk.change(11, assignee_id=None)
    synced(desk)
    assert Case.objects.get().owner is None


def test_one_that_was_merged_into_another_is_called_what_it_was(
    workspace: Workspace, desk: Desk, zendesk: FakeZendesk, ticket: Case
) -> None:
    (other,) = open_cases(workspace, [Opening("The outage", tags=("outage",))], by="t", now=timezone.now())
    work.merge(ticket, other, by="t@x.example", now=timezone.now())
    zendesk.change(11, subject="Still the router")
    for _again in range(2):
        synced(desk)
    other.refresh_from_db()
    assert (
        other.title == "The outage"
        and zendesk.tickets[11]["subject"] == "Still the router"
        and zendesk.tickets[11]["tags"] == ["fibre"]
    )


def test_a_desk_that_only_reads_follows_what_is_changed_there(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, robin: Member
) -> None:
    Desk.objects.update(puts=False)
    work.rename(ticket, "Ours", by=robin.user.email, now=timezone.now())
    zendesk.change(11, subject="Theirs")
    synced(desk)
    assert Case.objects.get().title == "Theirs" and puts(zendesk) == 0


def test_one_that_was_connected_before_is_followed_from_its_next_change_on(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, robin: Member
) -> None:
    Ticket.objects.update(there={}, here={})
    work.rename(ticket, "Ours", by=robin.user.email, now=timezone.now())
    synced(desk)
    zendesk.change(11, priority="urgent")
    synced(desk)
    assert Case.objects.get().priority == 3 and zendesk.tickets[11]["subject"] == "Router"
    zendesk.change(11, priority="high")
    work.rename(ticket, "Ours at last", by=robin.user.email, now=timezone.now())
    synced(desk)
    assert Case.objects.get().priority == 2 and zendesk.tickets[11]["subject"] == "Ours at last"


def test_more_tags_than_a_case_can_have_are_left_there(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, robin: Member
) -> None:
    tags = ["fibre", *(f"tag_{n:02}" for n in range(30)), "x" * 41]
    zendesk.change(11, tags=tags)
    synced(desk)
    work.prioritise(ticket, 1, by=robin.user.email, now=timezone.now())
    synced(desk)
    assert (
        len(Case.objects.get().tags) == work.MOST_TAGS
        and zendesk.tickets[11]["tags"] == tags
        and Ticket.objects.get().there["tags"] == tags
    )


def test_what_a_ticket_is_called_is_kept_with_its_case_alone(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, workspace: Workspace
) -> None:
    assert "Router" not in str(Ticket.objects.values().get())
    carry_out(
        ask(workspace.pk, [Identifier.objects.get(value="ines@mail.example").profile.customer_id], by="dpo"),
        now=timezone.now(),
    )
    row = Ticket.objects.get()
    assert row.case is None and row.there == row.here == {}
