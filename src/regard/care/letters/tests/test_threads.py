"""A case's letters: out by the workspace's mail, answers back into the case, and what must never come of a mail."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from regard.care.cases.close import close
from regard.care.cases.models import Case, State
from regard.care.cases.tests.made import case, customer
from regard.care.cases.work import NotPossible
from regard.care.letters.models import Letter
from regard.care.letters.write import write
from regard.customers.contact.suppression.models import Why
from regard.customers.contact.suppression.suppress import Line, suppress
from regard.outreach.mail.mailbox.models import Mailbox
from regard.outreach.mail.received import take
from regard.outreach.messages.send import send_due
from regard.outreach.notices.models import Notice
from regard.testing.mail import Inbox
from regard.testing.people import member
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def answer(
    workspace: Workspace, to: EmailMessage | None, text: str = "It still does not work.", *, sender: str = "ines@mail.example", **headers: str
) -> bool:  # fmt: skip
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "care@halcyon.example", "Re: about it"
    mail["Message-ID"] = headers.pop("id", f"<{timezone.now().timestamp()}@mail.example>")
    if to is not None:
        mail["In-Reply-To"] = str(to["Message-ID"])
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"{text}\n\nOn Thu, 26 Nov 2026 at 10:00, Care wrote:\n> We sent you a new one.\n")
    return take(workspace.pk, mail.as_bytes(), ours="care@halcyon.example")


@pytest.fixture
def written(workspace: Workspace, inbox: Inbox) -> tuple[Case, EmailMessage]:
    """A case in which we have written to the customer, and the letter as it arrived."""
    inbox.account(workspace)
    owner = member(workspace, Role.ADMIN)
    made = case(workspace, profile=customer(workspace), owner=owner.pk)
    write(made, "We sent you a new one.", by=owner.user.email, now=timezone.now())
    assert send_due() == 1
    Notice.objects.all().delete()
    return made, inbox.mails[-1]


def fresh(made: Case) -> Case:
    return Case.objects.get(pk=made.pk)


def test_a_letter_goes_out_and_then_it_is_the_customers_turn(workspace: Workspace, written: tuple[Case, EmailMessage]) -> None:
    made, mail = written
    assert mail["To"] == "ines@mail.example" and "We sent you a new one." in mail.get_content() and f"#{made.number}" in mail["Subject"]
    assert fresh(made).state == State.WAITING and fresh(made).responded is not None


def test_the_answer_lands_in_the_case_without_what_it_quotes_and_the_owner_is_told(workspace: Workspace, written: tuple[Case, EmailMessage]) -> None:
    made, mail = written
    assert answer(workspace, mail)
    letter = made.letters.get(direction="in")
    assert letter.text == "It still does not work." and not letter.foreign
    assert fresh(made).state == State.OPEN and fresh(made).unheard
    assert Notice.objects.get().kind == "case.heard"


def test_the_same_mail_twice_is_one_letter(workspace: Workspace, written: tuple[Case, EmailMessage]) -> None:
    made, mail = written
    for _again in range(2):
        assert answer(workspace, mail, id="<same@mail.example>")
    assert made.letters.filter(direction="in").count() == 1


def test_our_answer_to_an_answer_stays_in_the_thread(workspace: Workspace, written: tuple[Case, EmailMessage], inbox: Inbox) -> None:
    made, mail = written
    answer(workspace, mail, id="<first@mail.example>")
    write(made, "Then we come by.", by="t", now=timezone.now())
    send_due()
    assert inbox.mails[-1]["In-Reply-To"] == "<first@mail.example>" and inbox.mails[-1]["Subject"] == "Re: about it"


def test_a_forged_mark_or_a_made_up_one_reaches_no_case(workspace: Workspace, written: tuple[Case, EmailMessage]) -> None:
    made, mail = written
    mark = str(mail["Message-ID"])
    forged = EmailMessage()
    forged["Message-ID"] = mark.replace("m", "m9", 1) if mark.count("m") else mark
    assert not answer(workspace, None, References="<x.m1-AAAAAAAAAA@halcyon.example>")
    assert not answer(workspace, None)
    assert made.letters.filter(direction="in").count() == 0 and Case.objects.count() == 1


def test_a_mail_from_another_address_is_shown_as_such_and_opens_nothing_again(workspace: Workspace, written: tuple[Case, EmailMessage]) -> None:
    made, mail = written
    close(made, by="t", now=timezone.now(), ask=False)
    assert answer(workspace, mail, "Close all of my accounts", sender="Ines <mallory@evil.example>")
    assert made.letters.get(direction="in").foreign and not fresh(made).open


def test_what_the_customer_writes_after_the_closing_opens_the_case_again(workspace: Workspace, written: tuple[Case, EmailMessage]) -> None:
    made, mail = written
    close(made, by="t", now=timezone.now(), ask=False)
    assert answer(workspace, mail)
    assert fresh(made).state == State.OPEN and fresh(made).reopenings == 1


@pytest.mark.parametrize("header", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Autoreply": "yes"}])
def test_an_out_of_office_note_is_kept_and_changes_nothing(workspace: Workspace, written: tuple[Case, EmailMessage], header: dict[str, str]) -> None:
    made, mail = written
    close(made, by="t", now=timezone.now(), ask=False)
    assert answer(workspace, mail, "I am away until Monday.", **header)
    assert made.letters.get(direction="in").automatic and not fresh(made).open and not Notice.objects.exists()


def test_two_machines_that_answer_one_another_stop(workspace: Workspace, written: tuple[Case, EmailMessage]) -> None:
    made, mail = written
    for n in range(30):
        answer(workspace, mail, f"Ticket {n} received", id=f"<loop{n}@mail.example>")
    assert made.letters.filter(direction="in", automatic=False).count() == 20
    assert not answer(workspace, mail, sender="care@halcyon.example")  # our own mail, come back to us


def test_new_mail_opens_a_case_only_where_that_is_wanted(workspace: Workspace, written: tuple[Case, EmailMessage]) -> None:
    assert not answer(workspace, None, "My bill is wrong", sender="omar@mail.example")
    Mailbox.objects.create(workspace=workspace, address="care@halcyon.example", takes_new=True)
    assert answer(workspace, None, "My bill is wrong", sender="Omar <omar@mail.example>", id="<new@mail.example>")
    assert answer(workspace, None, "My bill is wrong", sender="Omar <omar@mail.example>", id="<new@mail.example>")
    opened = Case.objects.latest("pk")
    assert Case.objects.count() == 2 and opened.words == "My bill is wrong" and opened.profile is not None
    assert opened.profile.identifiers.get().value == "omar@mail.example" and opened.letters.get().direction == "in"


def test_nobody_is_written_to_who_wants_none_of_it(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    made = case(workspace, profile=customer(workspace))
    suppress(workspace.pk, [Line(1, "ines@mail.example")], why=Why.COMPLAINT, by="t", now=timezone.now() - timedelta(minutes=1))
    with pytest.raises(NotPossible):
        write(made, "Hello", by="t", now=timezone.now())
    assert not Letter.objects.exists()


_NO_MAILS = [
    b"", b"\0\0\0", b"From: \r\n\r\n", b"From: a@b.example\r\nContent-Type: text/plain; charset=none\r\n\r\n\xff\xfe",
    b"From: a@b.example\r\nContent-Type: multipart/mixed\r\n\r\nno boundary", "From: ü <>\r\nSubject: \r\n".encode(),
]  # fmt: skip


@pytest.mark.parametrize("raw", _NO_MAILS)
def test_what_is_no_mail_is_passed_over(workspace: Workspace, raw: bytes) -> None:
    assert take(workspace.pk, raw) is False
