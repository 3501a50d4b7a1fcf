"""Each ticket stands alone: what goes wrong with one is kept and shown, it is tried again, later each time, and the others go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from regard.care.cases import work
from regard.care.cases.models import Case
from regard.care.letters.write import write
from regard.connectors.helpdesk import take as taking
from regard.connectors.helpdesk.alone import pause
from regard.connectors.helpdesk.models import Desk, Setback, Ticket
from regard.connectors.helpdesk.tests.made import synced
from regard.customers.contact.purposes.seed import fill
from regard.customers.identity.models import Identifier
from regard.customers.privacy.erase import ask, carry_out
from regard.testing.people import member, signed_in
from regard.testing.zendesk import AGENT, FakeZendesk
from regard.workspace.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def poison(monkeypatch: Any) -> set[int]:
    """Numbers of tickets of which nobody thought."""
    numbers, real = set[int](), taking._add

    def breaks(row: Ticket, *given: Any, **more: Any) -> None:
        if row.number in numbers:
            raise RuntimeError
        real(row, *given, **more)

    monkeypatch.setattr(taking, "_add", breaks)
    return numbers


def later(**more: Any) -> None:
    """Whatever rests is due."""
    Setback.objects.filter(**more).update(again=timezone.now() - timedelta(seconds=1))


def test_what_breaks_on_one_is_kept_and_the_others_are_taken_and_the_place_moves_on(
    workspace: Workspace, desk: Desk, zendesk: FakeZendesk, poison: set[int]
) -> None:
    zendesk.per_page = 2
    for number in range(1, 6):
        zendesk.ticket(number)
    poison.add(2)
    synced(desk)
    assert set(Ticket.objects.values_list("number", flat=True)) == {1, 3, 4, 5} and Case.objects.count() == 4
    assert desk.trouble == "" and desk.cursor == "5"
    kept = Setback.objects.get()
    assert (kept.number, kept.way, kept.tries) == (2, "take", 1) and "log says what" in kept.trouble
    page = signed_in(member(workspace)).get("/settings/help-desk/").content.decode()
    for said in ("Ticket 2, not taken yet", "Tried once; tried again in the next run.", "log says what", "4 tickets are cases"):
        assert said in page, said
    poison.clear()
    synced(desk)  # the export names it no more
    assert Case.objects.filter(origin="zendesk halcyon 2").count() == 1 and not Setback.objects.exists()


def test_it_is_tried_again_later_each_time_and_at_least_every_hour(
    desk: Desk, zendesk: FakeZendesk, poison: set[int]
) -> None:
    zendesk.ticket(2)
    poison.add(2)
    synced(desk)
    pauses = []
    for _run in range(9):
        later()
        synced(desk)
        pauses.append(round((Setback.objects.get().again - timezone.now()).total_seconds() / 60))
    assert pauses == [1, 3, 7, 15, 31, 60, 60, 60, 60] and Setback.objects.get().tries == 10
    zendesk.asked.clear()
    synced(desk)  # it rests
    assert [path for _method, path in zendesk.asked] == ["/api/v2/incremental/tickets/cursor.json"]
    assert pause(10**6) == timedelta(hours=1)


def test_a_change_that_zendesk_does_not_take_keeps_no_other_ticket(
    workspace: Workspace, desk: Desk, zendesk: FakeZendesk
) -> None:
    fill(workspace.pk, actor="t@x.example")
    agent = member(workspace, "agent")
    for number in (11, 12):
        zendesk.ticket(number)
    synced(desk)
    one, two = Case.objects.order_by("pk")
    write(one, "We send a new one.", by=agent.user.email, now=timezone.now())
    write(two, "It is on its way.", by=agent.user.email, now=timezone.now())
    zendesk.fails[("PUT", 11)] = 422
    synced(desk)
    assert zendesk.comments[12][-1]["body"] == "It is on its way." and desk.trouble == ""
    row, kept = Ticket.objects.get(number=11), Setback.objects.get()
    assert (
        row.over is None
        and row.pending
        and (kept.number, kept.way) == (11, "put")
        and "one of its rules" in kept.trouble
    )
    page = signed_in(agent).get(f"/cases/{one.number}").content.decode()
    assert "could not be told" in page and "one of its rules" in page
    assert "could not be told" not in signed_in(agent).get(f"/cases/{two.number}").content.decode()
    zendesk.fails.clear()
    synced(desk)
    assert [one["body"] for one in zendesk.comments[11][1:]] == ["We send a new one."] and not Setback.objects.exists()


@pytest.mark.parametrize("status", [403, 500])
def test_what_is_answered_for_one_ticket_is_its_own(desk: Desk, zendesk: FakeZendesk, status: int) -> None:
    for number in (1, 2, 3):
        zendesk.ticket(number)
    zendesk.fails[("GET", 1)] = status
    synced(desk)
    assert Case.objects.count() == 2 and desk.trouble == "" and Setback.objects.get().number == 1
    zendesk.fails.clear()
    synced(desk)
    assert Case.objects.count() == 3 and not Setback.objects.exists()


@pytest.mark.parametrize("status", [401, 429])
def test_what_is_the_whole_desks_stops_the_run_and_is_no_tickets_fault(
    desk: Desk, zendesk: FakeZendesk, status: int
) -> None:
    for number in (1, 2):
        zendesk.ticket(number)
    zendesk.fails[("GET", 1)] = status
    synced(desk)
    assert (
        not Case.objects.exists()
        and not Setback.objects.exists()
        and desk.cursor == ""
        and (desk.trouble or desk.waits)
    )


def test_one_at_which_nothing_answers_any_more_is_left_out_at_last(desk: Desk, zendesk: FakeZendesk) -> None:
    for number in (1, 2):
        zendesk.ticket(number)
    zendesk.fails[("GET", 1)] = 504
    synced(desk)
    assert "504" in desk.trouble and not Case.objects.exists()  # the desk's, as far as anybody can tell
    synced(desk)
    synced(desk)
    assert desk.trouble == "" and Case.objects.get().origin.endswith(" 2") and Setback.objects.get().tries == 2


def test_one_that_cannot_be_read_is_named_and_the_others_of_its_page_are_read(desk: Desk, zendesk: FakeZendesk) -> None:
    for number in (1, 2):
        zendesk.ticket(number)
    zendesk.tickets[1]["tags"] = {"of": "nobody's shape"}
    synced(desk)
    assert Case.objects.count() == 1 and desk.trouble == "" and "cannot be read" in Setback.objects.get().trouble
    zendesk.tickets[1]["tags"] = []
    synced(desk)
    assert Case.objects.count() == 2 and not Setback.objects.exists()


def test_killed_after_it_failed_it_is_not_lost(
    desk: Desk, zendesk: FakeZendesk, poison: set[int], monkeypatch: Any
) -> None:
    for number in range(1, 5):
        zendesk.ticket(number)
    poison.add(1)
    real = taking._apply

    def dies(row: Ticket, *given: Any) -> None:
        if row.number == 3:
            raise KeyboardInterrupt
        real(row, *given)

    monkeypatch.setattr(taking, "_apply", dies)
    with pytest.raises(KeyboardInterrupt):
        synced(desk)
    monkeypatch.setattr(taking, "_apply", real)
    Desk.objects.update(leased=None)
    synced(desk)
    assert Case.objects.count() == 3 and Setback.objects.get().number == 1
    poison.clear()
    later()
    synced(desk)
    assert Case.objects.count() == 4 and all(one.letters.count() == 1 for one in Case.objects.all())


def test_one_that_was_deleted_meanwhile_is_tried_no_more(desk: Desk, zendesk: FakeZendesk, poison: set[int]) -> None:
    zendesk.ticket(1)
    zendesk.ticket(2)
    synced(desk)
    poison |= {1, 3}
    zendesk.comment(1, "And now?", 1)
    zendesk.ticket(3)
    synced(desk)
    assert Setback.objects.count() == 2
    del zendesk.tickets[1], zendesk.tickets[3]
    synced(desk)
    assert not Setback.objects.exists() and Ticket.objects.get(number=1).over
    assert "was deleted in Zendesk" in Case.objects.get(origin="zendesk halcyon 1").steps.get(what="note").text


def test_what_need_not_be_put_any_more_is_forgotten(workspace: Workspace, desk: Desk, zendesk: FakeZendesk) -> None:
    zendesk.ticket(11)
    synced(desk)
    work.note(Case.objects.get(), "For us", by=member(workspace).user.email, now=timezone.now())
    zendesk.fails[("PUT", 11)] = 422
    synced(desk)
    assert Setback.objects.exists()
    Desk.objects.update(puts=False)
    synced(desk)
    assert not Setback.objects.exists()


def test_trying_it_now_tries_all_and_says_how_many_do_not_work(
    workspace: Workspace, desk: Desk, zendesk: FakeZendesk, poison: set[int]
) -> None:
    zendesk.ticket(1)
    poison.add(1)
    client = signed_in(member(workspace))
    for _time in range(3):
        answer = client.post("/settings/help-desk/read", follow=True).content.decode()
    assert "It works, but for 1 ticket." in answer and Setback.objects.get().tries == 3


def test_of_who_was_erased_no_failing_ticket_is_left(
    workspace: Workspace, desk: Desk, zendesk: FakeZendesk, poison: set[int]
) -> None:
    zendesk.ticket(11)
    zendesk.ticket(12, requester=zendesk.user(2, "omar@mail.example"))
    synced(desk)
    poison |= {11, 12}
    zendesk.comment(11, "Hello?", AGENT)
    zendesk.comment(12, "Hello?", AGENT)
    synced(desk)
    carry_out(
        ask(workspace.pk, [Identifier.objects.get(value="ines@mail.example").profile.customer_id], by="dpo"),
        now=timezone.now(),
    )
    assert Setback.objects.get().number == 12


def test_a_letter_is_not_held_back_by_a_state_that_zendesk_does_not_take(workspace: Workspace, desk: Desk, zendesk: FakeZendesk) -> None:
    fill(workspace.pk, actor="t@x.example")
    agent = member(workspace, "agent")
    zendesk.ticket(11)
    synced(desk)
    made = Case.objects.get()
    zendesk.forbids = {"status"}
    write(made, "We send a new one.", by=agent.user.email, now=timezone.now())
    synced(desk)
    assert zendesk.comments[11][-1]["body"] == "We send a new one." and "one of its rules" in Setback.objects.get().trouble
    Setback.objects.update(again=timezone.now() + timedelta(hours=1))
    write(made, "It is on its way.", by=agent.user.email, now=timezone.now())  # what is new is not left to rest
    synced(desk)
    assert [one["body"] for one in zendesk.comments[11][1:]] == ["We send a new one.", "It is on its way."] and Setback.objects.exists()
    zendesk.forbids = set()
    later()
    synced(desk)
    assert zendesk.tickets[11]["status"] == "pending" and len(zendesk.comments[11]) == 3 and not Setback.objects.exists()


def test_fields_that_zendesk_does_not_take_are_named_and_given_up_and_hold_nothing_back(
    workspace: Workspace, desk: Desk, zendesk: FakeZendesk
) -> None:
    fill(workspace.pk, actor="t@x.example")
    agent = member(workspace, "agent")
    zendesk.ticket(11)
    synced(desk)
    made = Case.objects.get()
    zendesk.forbids = {"priority", "tags"}
    work.prioritise(made, 1, by=agent.user.email, now=timezone.now())
    work.tag(made, "batch", by=agent.user.email, now=timezone.now())
    write(made, "We send a new one.", by=agent.user.email, now=timezone.now())
    for _again in range(3):
        synced(desk)
    assert [one["body"] for one in zendesk.comments[11][1:]] == ["We send a new one."] and zendesk.tickets[11]["status"] == "pending"
    assert made.steps.get(what="note").text == "Zendesk does not take what was changed here: priority, tags." and not Setback.objects.exists()
    zendesk.forbids = set()
    work.prioritise(made, 2, by=agent.user.email, now=timezone.now())
    synced(desk)
    assert (zendesk.tickets[11]["priority"], zendesk.tickets[11]["tags"]) == ("high", [])
