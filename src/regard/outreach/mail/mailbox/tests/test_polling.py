"""A mailbox is read from where it was read last: nothing is lost, nothing counts twice, and what is wrong with it is said."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from regard.outreach.mail.mailbox.models import Mailbox
from regard.outreach.mail.mailbox.poll import NotReached, poll
from regard.outreach.mail.received import RECEIVERS, Received
from regard.testing.imap import ImapBox, imap
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

__all__ = ["imap"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Received]:
    found: list[Received] = []

    def receive(mail: Received) -> bool:
        found.append(mail)
        return True

    monkeypatch.setattr("regard.outreach.mail.received.RECEIVERS", [receive])
    assert RECEIVERS is not None
    return found


def letter(text: str, sender: str = "ines@mail.example") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "care@halcyon.example", "Hello"
    mail.set_content(text)
    return mail


def box(workspace: Workspace, imap: ImapBox, **more: Any) -> Mailbox:
    made = Mailbox(workspace=workspace, address="care@halcyon.example")
    made.settings = {"host": "127.0.0.1", "port": imap.port, "security": "none", "user": "care", "password": imap.password, "folder": "INBOX", **more}
    made.save()
    return made


def again(made: Mailbox) -> int:
    return poll(Mailbox.objects.get(pk=made.pk), now=timezone.now())


def test_what_lay_there_before_is_left_alone_and_what_comes_is_taken_once(workspace: Workspace, imap: ImapBox, taken: list[Received]) -> None:
    imap.deliver(letter("From last year"))
    made = box(workspace, imap)
    assert again(made) == 0
    imap.deliver(letter("First"))
    imap.deliver(letter("Second"))
    assert again(made) == 2 and again(made) == 0
    assert [one.text for one in taken] == ["First", "Second"]


def test_a_worker_that_dies_on_a_letter_takes_it_up_again_and_none_twice(
    workspace: Workspace, imap: ImapBox, taken: list[Received], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = box(workspace, imap)
    again(made)
    for n in range(3):
        imap.deliver(letter(f"Letter {n}"))

    def dies(mail: Received) -> bool:
        if mail.text == "Letter 1":
            raise KeyboardInterrupt
        taken.append(mail)
        return True

    monkeypatch.setattr("regard.outreach.mail.received.RECEIVERS", [dies])
    with pytest.raises(KeyboardInterrupt):
        again(made)
    monkeypatch.setattr("regard.outreach.mail.received.RECEIVERS", [lambda mail: taken.append(mail) is None])
    again(made)
    assert [one.text for one in taken] == ["Letter 0", "Letter 1", "Letter 2"]


def test_a_server_that_numbers_anew_brings_nothing_old_back(workspace: Workspace, imap: ImapBox, taken: list[Received]) -> None:
    made = box(workspace, imap)
    again(made)
    imap.deliver(letter("Old"))
    again(made)
    imap.validity = 8
    assert again(made) == 0
    imap.deliver(letter("New"))
    again(made)
    assert [one.text for one in taken] == ["Old", "New"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"password": "no"}, "user and password"), ({"folder": "Nowhere"}, "folder"), ({"port": 1}, "No connection"), ({"security": "tls"}, "encrypt")],
)
def test_what_is_wrong_is_said_without_what_the_server_said(workspace: Workspace, imap: ImapBox, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(NotReached, match=said):
        again(box(workspace, imap, **wrong))


def test_its_page_keeps_the_password_and_never_shows_it(workspace: Workspace, imap: ImapBox, taken: list[Received]) -> None:
    client = signed_in(member(workspace, Role.OWNER))
    given = {"address": "care@halcyon.example", "host": "127.0.0.1", "port": imap.port, "security": "none", "user": "care", "folder": "INBOX"}
    assert client.post("/settings/mailbox", {**given, "password": imap.password}).status_code == 302
    assert client.post("/settings/mailbox", {**given, "password": ""}).status_code == 302
    assert Mailbox.objects.get().settings["password"] == imap.password
    assert imap.password not in client.get("/settings/mailbox").content.decode()
    assert "It can be read" in client.post("/settings/mailbox/read", follow=True).content.decode()
    client.post("/settings/mailbox", {**given, "host": "localhost", "password": ""})  # another server is not handed it
    assert Mailbox.objects.get().settings["password"] == ""
