"""Tickets become cases, once; comments letters and notes; and what goes wrong is said in a sentence and made good by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from regard.care.cases.close import close
from regard.care.cases.models import Case, State
from regard.care.cases.tests.made import customer
from regard.connectors.helpdesk import take as taking
from regard.connectors.helpdesk.models import Desk, Ticket
from regard.connectors.helpdesk.sync import sync, sync_all
from regard.connectors.helpdesk.tests.made import synced
from regard.customers.identity.models import Identifier
from regard.customers.privacy.erase import ask, carry_out
from regard.outreach.notices.models import Notice
from regard.testing.people import member, signed_in
from regard.testing.zendesk import AGENT, FakeZendesk
from regard.workspace.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_ticket_becomes_a_case_of_whoever_has_that_address(workspace: Workspace, desk: Desk, zendesk: FakeZendesk) -> None:
    known = customer(workspace)
    zendesk.ticket(11, "My router is broken\0", priority="urgent", subject="Router")
    zendesk.comment(11, "Did you restart it?", AGENT)
    zendesk.comment(11, "Looks like the bad batch", AGENT, public=False)
    assert synced(desk).trouble == "" and desk.synced
    made = Case.objects.get()
    assert made.profile is not None and made.profile.customer_id == known
    assert (made.title, made.words, made.priority, made.origin, made.tags) == ("Router", "My router is broken", 1, "zendesk halcyon 11", ["zendesk"])
    assert [(one.direction, one.text, one.by) for one in made.letters.all()] == [
        ("in", "My router is broken", ""), ("out", "Did you restart it?", "Zendesk · Robin Agent"),
    ]  # fmt: skip
    assert made.steps.get(what="note").text == "Looks like the bad batch" and made.responded and made.unheard


def test_the_same_again_is_nothing_and_a_second_run_asks_for_no_comments(desk: Desk, zendesk: FakeZendesk) -> None:
    zendesk.ticket(11)
    synced(desk)
    Desk.objects.update(cursor="")  # the whole export again
    zendesk.asked.clear()
    synced(desk)
    assert Case.objects.count() == 1 and Case.objects.get().letters.count() == 1
    assert [path for _method, path in zendesk.asked] == ["/api/v2/incremental/tickets/cursor.json"]


def test_the_same_number_of_another_zendesk_is_another_matter(workspace: Workspace, desk: Desk, zendesk: FakeZendesk) -> None:
    zendesk.ticket(11, "Of the first")
    synced(desk)
    given = {"subdomain": "another", "email": zendesk.email, "token": zendesk.token, "puts": "on", "unit": workspace.root.pk}
    assert signed_in(member(workspace)).post("/settings/help-desk/", given).status_code == 302
    zendesk.ticket(11, "Of the second")
    synced(desk)
    assert list(Case.objects.order_by("pk").values_list("words", flat=True)) == ["Of the first", "Of the second"]


def test_connected_again_a_ticket_goes_on_with_its_case(desk: Desk, zendesk: FakeZendesk) -> None:
    zendesk.ticket(11)
    synced(desk)
    Ticket.objects.all().delete()
    Desk.objects.update(cursor="")
    synced(desk)
    assert Case.objects.get().letters.count() == 1
    zendesk.comment(11, "And now?", 1)
    synced(desk)
    assert Case.objects.get().letters.count() == 2


def test_pages_of_tickets_and_of_comments_are_read_to_their_end(desk: Desk, zendesk: FakeZendesk) -> None:
    zendesk.per_page = 3
    for number in range(1, 9):
        zendesk.ticket(number)
    for n in range(8):
        zendesk.comment(8, f"and {n}", 1)
    synced(desk)
    assert Case.objects.count() == 8 and Case.objects.get(origin="zendesk halcyon 8").letters.count() == 9


@pytest.mark.parametrize(
    ("status", "state"),
    [("new", "new"), ("open", "new"), ("hold", "new"), ("pending", "waiting"), ("solved", None), ("closed", None), ("deleted", None)],
)
def test_a_ticket_that_is_over_when_it_is_met_opens_nothing(desk: Desk, zendesk: FakeZendesk, status: str, state: str | None) -> None:
    zendesk.ticket(11, status=status)
    synced(desk)
    assert list(Case.objects.values_list("state", flat=True)) == ([state] if state else [])


def test_the_state_follows_and_the_customer_is_heard(workspace: Workspace, desk: Desk, zendesk: FakeZendesk) -> None:
    owner = member(workspace, "admin")
    zendesk.ticket(11)
    synced(desk)
    way = [("pending", State.WAITING), ("hold", State.OPEN), ("solved", State.CLOSED), ("open", State.OPEN), ("pending", State.WAITING)]
    for status, state in way:
        zendesk.change(11, status=status)
        synced(desk)
        assert Case.objects.get().state == state, status
    Case.objects.update(owner=owner.pk)
    Notice.objects.all().delete()
    zendesk.comment(11, "It is broken again", 1, status="open")
    synced(desk)
    assert Case.objects.get().state == State.OPEN and Case.objects.get().unheard and Notice.objects.filter(kind="case.heard", member=owner).exists()
    assert not [one for one in zendesk.asked if one[0] == "PUT"]  # nothing of theirs goes back to them


def test_somebody_else_in_the_ticket_is_shown_as_such(desk: Desk, zendesk: FakeZendesk) -> None:
    zendesk.ticket(11)
    synced(desk)
    close(Case.objects.get(), by="t", now=timezone.now(), ask=False)
    zendesk.user(2, "omar@mail.example", "Omar@home")
    zendesk.comment(11, "Me too", 2)
    synced(desk)
    letter = Case.objects.get().letters.get(text="Me too")
    assert letter.foreign and letter.direction == "in"


def test_a_queue_that_wants_a_cause_keeps_the_case_open_and_somebody_has_to_look(workspace: Workspace, desk: Desk, zendesk: FakeZendesk) -> None:
    zendesk.ticket(11)
    synced(desk)
    made = Case.objects.get()
    made.queue.needs_cause = True
    made.queue.save()
    zendesk.change(11, status="solved")
    synced(desk)
    synced(desk)
    assert Case.objects.get().open and "root cause" in Ticket.objects.get().trouble and zendesk.tickets[11]["status"] == "solved"
    page = signed_in(member(workspace)).get("/settings/help-desk/").content.decode()
    assert "Somebody has to look" in page and "root cause" in page


def test_a_deleted_ticket_leaves_the_case_to_us(desk: Desk, zendesk: FakeZendesk) -> None:
    zendesk.ticket(11)
    zendesk.ticket(12)
    synced(desk)
    zendesk.change(11, status="deleted")
    zendesk.change(12)
    del zendesk.comments[12]
    zendesk.comments[12] = []
    synced(desk)
    made = Case.objects.get(origin="zendesk halcyon 11")
    assert made.open and "was deleted in Zendesk" in made.steps.get(what="note").text and Ticket.objects.get(number=11).over
    zendesk.change(11, status="deleted")
    synced(desk)
    assert made.steps.filter(what="note").count() == 1


def test_it_waits_as_long_as_it_is_told_and_goes_on_where_it_was(desk: Desk, zendesk: FakeZendesk) -> None:
    for number in range(1, 5):
        zendesk.ticket(number)
    zendesk.limited, zendesk.retry_after = 1, "45"
    synced(desk)
    assert desk.waits is not None and timedelta(seconds=40) < desk.waits - timezone.now() <= timedelta(seconds=45)
    assert not sync(desk) and Case.objects.count() == 0  # not before
    Desk.objects.update(waits=timezone.now())
    synced(desk)
    assert Case.objects.count() == 4 and desk.waits is None


def test_killed_within_a_page_nothing_is_lost_or_doubled(desk: Desk, zendesk: FakeZendesk, monkeypatch: Any) -> None:
    for number in range(1, 6):
        zendesk.ticket(number)
    count, real = 0, taking._apply

    def dies(*given: Any) -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise KeyboardInterrupt
        real(*given)

    monkeypatch.setattr(taking, "_apply", dies)
    with pytest.raises(KeyboardInterrupt):
        synced(desk)
    assert Case.objects.count() == 2  # the third is whole or not at all
    Desk.objects.update(leased=None)
    synced(desk)
    assert Case.objects.count() == 5 and all(one.letters.count() == 1 for one in Case.objects.all())


def test_two_workers_do_not_read_at_once_and_a_paused_one_is_left_alone(desk: Desk, zendesk: FakeZendesk) -> None:
    Desk.objects.update(leased=timezone.now() + timedelta(minutes=1))
    assert not sync(desk)
    Desk.objects.update(leased=None)
    desk.refresh_from_db()
    desk.pause(by="t", now=timezone.now())
    assert sync_all() == 0 and not zendesk.asked
    desk.pause(by="t", now=None)
    assert sync_all() == 1


@pytest.mark.parametrize(
    ("how", "said"),
    [("token", "does not take this e-mail address and token"), ("address", "not reached"), ("speech", "does not speak as Zendesk does")],
)
def test_what_is_wrong_is_said_in_a_sentence(desk: Desk, zendesk: FakeZendesk, settings: Any, how: str, said: str) -> None:
    match how:
        case "token":
            zendesk.token = "another"
        case "address":
            settings.OUTBOUND_ALLOW = frozenset()
        case "speech":
            zendesk.tickets[1] = {"id": "nonsense", "order": 1, "updated_at": 3}
    assert said in synced(desk).trouble


def test_who_was_erased_comes_in_no_second_time(workspace: Workspace, desk: Desk, zendesk: FakeZendesk) -> None:
    zendesk.ticket(11, "I am Ines")
    synced(desk)
    whose = Identifier.objects.get(value="ines@mail.example").profile.customer_id
    carry_out(erasure := ask(workspace.pk, [whose], by="dpo"), now=timezone.now())
    assert erasure.left == {} and not Case.objects.exists()
    zendesk.comment(11, "Hello?", 1)
    synced(desk)
    assert not Case.objects.exists() and not Identifier.objects.filter(value="ines@mail.example").exists()
