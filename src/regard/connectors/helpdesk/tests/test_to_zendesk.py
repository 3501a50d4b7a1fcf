"""What we do with such a case is done to its ticket, once, whatever is lost on the way; and nothing goes to and fro."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from regard.care.cases import work
from regard.care.cases.close import close
from regard.care.cases.models import Case, State
from regard.care.cases.tests.made import case, customer
from regard.care.complaints.complain import Filing, complain
from regard.care.letters.write import write
from regard.connectors.helpdesk.models import Desk, Ticket
from regard.connectors.helpdesk.tests.made import synced
from regard.outreach.messages.models import Message
from regard.testing.mail import Inbox
from regard.testing.people import member, signed_in
from regard.testing.zendesk import AGENT, FakeZendesk
from regard.workspace.members.models import Member
from regard.workspace.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def puts(zendesk: FakeZendesk) -> int:
    return sum(method == "PUT" for method, _path in zendesk.asked)


def said(zendesk: FakeZendesk, public: bool) -> list[str]:
    return [one["body"] for one in zendesk.comments[11] if one["public"] == public and one["author_id"] == AGENT]


def test_a_letter_goes_to_the_customer_through_zendesk_and_not_by_mail(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member, inbox: Inbox
) -> None:
    inbox.account(desk.workspace)
    write(ticket, "We send a new one.", by=agent.user.email, now=timezone.now())
    synced(desk)
    assert said(zendesk, True) == ["We send a new one."] and zendesk.tickets[11]["status"] == "pending"
    assert not Message.objects.exists() and ticket.letters.count() == 2
    synced(desk)  # it comes back by the export, and changes nothing
    synced(desk)
    assert puts(zendesk) == 1 and ticket.letters.count() == 2 and not ticket.steps.filter(by__startswith="Zendesk", what="note").exists()


def test_notes_calls_and_the_closing_go_there_and_are_private(desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member) -> None:
    work.note(ticket, "Bad batch", by=agent.user.email, now=timezone.now())
    work.called(ticket, "They wait", by=agent, now=timezone.now())
    work.note(ticket, "Of a machine", by="Playbook: x", now=timezone.now())
    close(ticket, by=agent.user.email, now=timezone.now(), outcome="Sent a new one", ask=False)
    synced(desk)
    private = said(zendesk, False)
    assert len(private) == 3 and private[0].startswith("Agent noted (Regard #1):") and private[0].endswith("Bad batch")
    assert "Sent a new one" in private[2]
    assert said(zendesk, True) == [] and zendesk.tickets[11]["status"] == "solved" and not Ticket.objects.get().pending
    synced(desk)
    assert puts(zendesk) == 3 and Case.objects.get().state == State.CLOSED and Case.objects.get().steps.filter(what="note").count() == 2


def test_a_state_alone_is_put_and_following_theirs_puts_nothing(desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member) -> None:
    work.move(ticket, "waiting", by=agent.user.email, now=timezone.now())
    synced(desk)
    assert zendesk.tickets[11]["status"] == "pending" and puts(zendesk) == 1
    zendesk.change(11, status="solved")
    for _again in range(3):
        synced(desk)
    assert puts(zendesk) == 1 and not Case.objects.get().open


def test_an_answer_that_is_lost_doubles_nothing(desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member) -> None:
    write(ticket, "We send a new one.", by=agent.user.email, now=timezone.now())
    work.note(ticket, "Bad batch", by=agent.user.email, now=timezone.now())
    zendesk.lost = 1
    assert synced(desk).trouble and Ticket.objects.get().sending
    synced(desk)
    synced(desk)
    assert desk.trouble == "" and said(zendesk, True) == ["We send a new one."] and len(said(zendesk, False)) == 1
    assert ticket.letters.count() == 2 and not Ticket.objects.get().sending and not Ticket.objects.get().pending


def test_killed_before_it_went_it_goes_once(desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member) -> None:
    write(ticket, "We send a new one.", by=agent.user.email, now=timezone.now())
    step = ticket.steps.get(what="wrote")
    Ticket.objects.update(sending=f"{Ticket.objects.get().pk}-{step.pk}", pending=timezone.now())  # and never sent
    synced(desk)
    assert said(zendesk, True) == ["We send a new one."]


def test_changed_on_both_sides_what_was_written_is_kept_and_the_later_state_holds(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member
) -> None:
    write(ticket, "We send a new one.", by=agent.user.email, now=timezone.now())
    zendesk.meanwhile = lambda: zendesk.comment(11, "It works by now!", 1, status="solved")  # 2030: later than ours
    synced(desk)
    synced(desk)
    assert Case.objects.get().letters.filter(text="It works by now!", direction="in").count() == 1
    assert said(zendesk, True) == ["We send a new one."] and zendesk.tickets[11]["status"] == "solved" and not Case.objects.get().open


def test_of_two_states_ours_holds_where_it_is_the_later(desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member, monkeypatch: Any) -> None:
    monkeypatch.setattr(FakeZendesk, "_now", lambda self: f"2020-01-01T00:00:{self._clock % 60:02}Z")
    zendesk.change(11, status="pending")
    close(ticket, by=agent.user.email, now=timezone.now(), ask=False)
    synced(desk)
    assert Case.objects.get().state == State.CLOSED and zendesk.tickets[11]["status"] == "solved"


def test_a_ticket_that_is_closed_for_good_says_so_and_the_letter_was_not_sent(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member
) -> None:
    write(ticket, "One more thing", by=agent.user.email, now=timezone.now())
    zendesk.tickets[11]["status"] = "closed"  # by their clock, without a change that is exported
    synced(desk)
    row = Ticket.objects.get()
    assert row.over and not row.pending and "closed for good" in row.trouble
    assert "was not sent" in ticket.letters.get(direction="out").trouble
    write(ticket, "By mail then", by=agent.user.email, now=timezone.now())
    assert Message.objects.count() == 1


def test_a_deleted_ticket_is_put_no_more(desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member) -> None:
    work.note(ticket, "Bad batch", by=agent.user.email, now=timezone.now())
    del zendesk.tickets[11]
    synced(desk)
    assert Ticket.objects.get().over and desk.trouble == ""


def test_other_cases_and_a_desk_that_only_reads_change_nothing_there(
    workspace: Workspace, desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member
) -> None:
    other = case(workspace, profile=customer(workspace, "omar@mail.example"))
    work.note(other, "Not theirs", by=agent.user.email, now=timezone.now())
    Desk.objects.update(puts=False)
    work.note(ticket, "For us", by=agent.user.email, now=timezone.now())
    write(ticket, "By mail", by=agent.user.email, now=timezone.now())
    synced(desk)
    assert puts(zendesk) == 0 and Message.objects.count() == 1


def test_the_page_connects_tries_pauses_and_shows_no_secret(workspace: Workspace, zendesk: FakeZendesk, ledger: object) -> None:
    client = signed_in(member(workspace))
    where = "https://Halcyon.zendesk.com/agent"
    given = {"subdomain": where, "email": zendesk.email, "token": zendesk.token, "puts": "on", "unit": workspace.root.pk}
    assert "of acme.zendesk.com it is acme" in client.post("/settings/help-desk/", {**given, "subdomain": "ha lc"}).content.decode()
    assert "This field is required" in client.post("/settings/help-desk/", {**given, "token": ""}).content.decode()
    assert client.post("/settings/help-desk/", given).status_code == 302
    made = Desk.objects.get()
    assert made.subdomain == "halcyon" and made.settings["token"] == zendesk.token and zendesk.token not in made.sealed
    assert "It works." in client.post("/settings/help-desk/read", follow=True).content.decode()
    page = client.get("/settings/help-desk/").content.decode()
    assert zendesk.token not in page and "0 tickets are cases" in page
    answer = client.post("/settings/help-desk/", {**given, "subdomain": "evil", "token": ""})  # the token is handed to nobody else
    assert "Enter the token" in answer.content.decode()
    assert Desk.objects.get().subdomain == "halcyon"
    client.post("/settings/help-desk/pause")
    assert "is paused" in client.get("/settings/help-desk/").content.decode()
    zendesk.token = "another"
    assert "does not take" in client.post("/settings/help-desk/read", follow=True).content.decode()
    client.post("/settings/help-desk/remove")
    assert not Desk.objects.exists() and "not connected" in client.get("/settings/").content.decode()


def test_that_a_complaint_is_here_is_said_there_too(desk: Desk, zendesk: FakeZendesk, ticket: Case, inbox: Inbox) -> None:
    inbox.account(desk.workspace)
    made = complain(ticket, Filing(via="email"), by="t@x.example", now=timezone.now())
    synced(desk)
    (told,) = said(zendesk, True)
    assert made.acknowledged and f"It has number #{ticket.number}" in told and not Message.objects.exists()
