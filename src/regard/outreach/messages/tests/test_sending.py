"""Each message goes out once, whatever happens on the way."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from regard.customers.contact.suppression.models import Suppression
from regard.customers.people.models import Profile
from regard.outreach.mail.carry import MailCarrier
from regard.outreach.mail.models import MailAccount
from regard.outreach.messages import send
from regard.outreach.messages.models import Addressed, Message, queue
from regard.outreach.messages.send import send_due
from regard.outreach.messages.senders import SENDERS, Content, Outcome, SenderKind
from regard.testing.mail import Inbox
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
TOLD: list[tuple[int, Outcome]] = []


def _write(workspace: int, messages: Sequence[Message]) -> Mapping[int, Content | None]:
    return {
        one.pk: Content(text="Hello", subject=f"Hello {one.pk}\r\nBcc: all@victims.example", html="<p>Hello</p>")
        for one in messages
    }


def _told(messages: Sequence[Message], outcome: Outcome, now: object) -> None:
    TOLD.extend((one.pk, outcome) for one in messages)


@pytest.fixture(autouse=True)
def _sender(monkeypatch: pytest.MonkeyPatch, ledger: object) -> None:
    TOLD.clear()
    monkeypatch.setitem(
        SENDERS, "trial", SenderKind(_write, lambda workspace, messages: {one.pk: "Trial" for one in messages}, _told)
    )


def put(workspace: Workspace, profile: Profile, address: str, *, number: int = 0) -> None:
    queue(workspace.pk, [Addressed(profile.pk, "e-mail", address, number)], sender_kind="trial", due=timezone.now())


def wait(workspace: Workspace, count: int) -> list[Message]:
    for place in range(count):
        put(workspace, Profile.objects.create(workspace=workspace), f"p{place}@mail.example", number=place)
    return list(Message.objects.order_by("pk"))


def test_queued_twice_is_sent_once_and_told(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    (message,) = wait(workspace, 1)
    put(workspace, message.profile, "x@mail.example")
    assert send_due() == 1 and send_due() == 0
    (mail,) = inbox.mails
    assert mail["To"] == "p0@mail.example" and mail["Bcc"] is None and "\n" not in str(mail["Subject"])
    assert [(message.pk, Outcome.SENT)] == TOLD
    message.refresh_from_db()
    assert message.sent and message.told and f"m{message.pk}-" in message.reference


def test_a_worker_killed_a_hundred_times_sends_each_once_but_what_was_in_its_hands(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.account(workspace)
    messages = wait(workspace, 300)
    dice, kills = random.Random(7), Counter[str]()
    carry = MailCarrier.carry

    class Killed(BaseException):
        pass

    def killing(self: MailCarrier, message: Message, content: Content) -> str:
        if sum(kills.values()) < 100 and dice.random() < 0.2:
            kills["before"] += 1
            raise Killed
        reference = carry(self, message, content)
        if sum(kills.values()) < 100 and dice.random() < 0.2:
            kills["after"] += 1
            raise Killed
        return reference

    monkeypatch.setattr(MailCarrier, "carry", killing)
    while Message.objects.filter(sent=None).exists():
        try:
            send_due()
        except Killed:
            Message.objects.filter(sent=None).update(leased=timezone.now())  # its lease runs out
    assert sum(kills.values()) == 100
    arrived = Counter(str(mail["To"]) for mail in inbox.mails)
    assert len(arrived) == len(messages)
    assert sum(arrived.values()) - len(messages) <= kills["after"]  # at most the one in its hands, each time
    assert len(TOLD) == len(messages)


def test_a_refused_address_is_barred_and_one_that_is_busy_is_tried_again(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    wait(workspace, 3)
    inbox.answer = lambda address: {
        "p0@mail.example": "550 no such user",
        "p1@mail.example": "450 come back later",
    }.get(address)
    assert send_due() == 1
    gone, busy, sent = Message.objects.order_by("pk")
    assert (
        (gone.bounce, busy.bounce, sent.bounce) == ("hard", "", "")
        and gone.dropped
        and busy.due > timezone.now()
        and sent.sent
    )
    assert Suppression.objects.get().address == "p0@mail.example"
    for _ in range(6):
        Message.objects.filter(pk=busy.pk).update(due=timezone.now())
        send_due()
    busy.refresh_from_db()
    assert busy.bounce == "soft" and busy.dropped and (busy.pk, Outcome.SOFT) in TOLD
    assert Suppression.objects.count() == 1


def test_while_the_server_is_away_all_waits_and_says_why(workspace: Workspace, inbox: Inbox) -> None:
    account = inbox.account(workspace)
    settings = account.settings
    account.settings = {**settings, "port": 9}
    account.save()
    wait(workspace, 3)
    assert send_due() == 0
    assert set(Message.objects.values_list("trouble", "attempts")) == {("No connection to the server.", 0)}
    account.settings = settings
    account.save()
    assert send_due() == 0  # it rests
    Message.objects.update(leased=timezone.now())
    assert send_due() == 3 and set(Message.objects.values_list("trouble", flat=True)) == {""}


def test_nothing_set_up_is_said(workspace: Workspace) -> None:
    wait(workspace, 1)
    assert send_due() == 0 and Message.objects.get().trouble == "Sending e-mail is not set up yet."


def test_what_is_not_to_go_out_any_more_is_dropped(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.account(workspace)
    wait(workspace, 2)
    first = Message.objects.earliest("pk")

    def some(workspace: int, messages: Sequence[Message]) -> Mapping[int, Content | None]:
        return {one.pk: None if one.pk == first.pk else Content("Hello", "Hi") for one in messages}

    monkeypatch.setitem(SENDERS, "trial", SenderKind(some, lambda w, m: {}, _told))
    assert send_due() == 1
    first.refresh_from_db()
    assert first.dropped and first.sent is None and (first.pk, Outcome.DROPPED) in TOLD


def test_a_slow_worker_whose_lease_ran_out_leaves_the_rest_to_the_other(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.account(workspace)
    wait(workspace, 4)
    carry, seen = MailCarrier.carry, []

    def slowly(self: MailCarrier, message: Message, content: Content) -> str:
        reference = carry(self, message, content)
        if not seen:  # it took so long that another has them now
            Message.objects.exclude(pk=message.pk).update(leased=timezone.now() + timedelta(minutes=9))
            monkeypatch.setattr(send, "LEASE", timedelta(hours=2))
        seen.append(message.pk)
        return reference

    monkeypatch.setattr(MailCarrier, "carry", slowly)
    assert send_due() == 1 and len(inbox.mails) == 1


def test_two_workspaces_send_from_their_own_addresses(workspace: Workspace, inbox: Inbox) -> None:
    other = Workspace.found(name="Other")
    inbox.account(workspace)
    account = inbox.account(other)
    MailAccount.objects.filter(pk=account.pk).update(sender_address="hi@other.example", sender_name="Other")
    wait(workspace, 1)
    put(other, Profile.objects.create(workspace=other), "o@mail.example", number=9)
    assert send_due() == 2
    assert {str(one["To"]): str(one["From"]) for one in inbox.mails} == {
        "p0@mail.example": "Halcyon <hello@halcyon.example>", "o@mail.example": "Other <hi@other.example>",
    }  # fmt: skip
