"""Reports of providers and returned mail say what became of a message; nobody else can."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from regard.customers.contact.suppression.models import Suppression
from regard.customers.people.models import Profile
from regard.outreach.mail.models import MailAccount
from regard.outreach.mail.returned import mark, return_address
from regard.outreach.messages.models import Message
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(workspace: Workspace) -> MailAccount:
    made = MailAccount(
        workspace=workspace,
        kind="postmark",
        sender_name="H",
        sender_address="h@h.example",
        return_path="back@h.example",
    )
    made.settings = {"server_token": "t"}
    made.save()
    return made


@pytest.fixture
def message(workspace: Workspace) -> Message:
    profile = Profile.objects.create(workspace=workspace)
    return Message.objects.create(
        workspace=workspace, profile=profile, channel="e-mail", address="ana@mail.example", sender_kind="x", sender_id=1, due=timezone.now(),
        sent=timezone.now(), reference="abc-123",
    )  # fmt: skip


def bounce(message: Message, kind: str = "HardBounce") -> dict[str, object]:
    return {
        "RecordType": "Bounce", "Type": kind, "TypeCode": 1, "MessageID": message.reference, "Email": message.address, "Description": "no such user",
        "BouncedAt": "2026-11-26T08:00:00Z", "Metadata": {"message": str(message.pk)}, "ID": 1, "Details": "",
    }  # fmt: skip


def report(client: Client, account: MailAccount, body: object) -> int:
    return client.post(f"/hooks/mail/{account.hook}", json.dumps(body), content_type="application/json").status_code


def test_a_hard_bounce_reported_twice_bars_the_address_once(
    client: Client, account: MailAccount, message: Message
) -> None:
    assert report(client, account, bounce(message)) == 200 and report(client, account, bounce(message)) == 200
    message.refresh_from_db()
    assert message.bounce == "hard" and message.bounced
    assert list(Suppression.objects.values_list("address", "why")) == [("ana@mail.example", "bounce")]


def test_a_soft_bounce_bars_nobody_and_a_later_hard_one_counts(
    client: Client, account: MailAccount, message: Message
) -> None:
    report(client, account, bounce(message, "SoftBounce"))
    message.refresh_from_db()
    assert message.bounce == "soft" and not Suppression.objects.exists()
    report(client, account, bounce(message))
    message.refresh_from_db()
    assert message.bounce == "hard"


def test_delivered_and_complaints_are_noted(client: Client, account: MailAccount, message: Message) -> None:
    told = {
        "RecordType": "Delivery",
        "MessageID": message.reference,
        "Recipient": message.address,
        "DeliveredAt": "2026-11-26T08:00:00Z",
        "Details": "",
    }
    report(client, account, told)
    report(client, account, {**bounce(message, "SpamComplaint"), "RecordType": "SpamComplaint"})
    message.refresh_from_db()
    assert message.delivered and message.complained and Suppression.objects.get().why == "complaint"


def test_nobody_reports_on_messages_of_another_workspace(
    client: Client, account: MailAccount, message: Message
) -> None:
    other = MailAccount(
        workspace=Workspace.found(name="Other"), kind="postmark", sender_name="O", sender_address="o@o.example"
    )
    other.settings = {"server_token": "t"}
    other.save()
    assert report(client, other, bounce(message)) == 200
    message.refresh_from_db()
    assert message.bounced is None
    assert client.post("/hooks/mail/guess", "{}", content_type="application/json").status_code == 404


@pytest.mark.parametrize("body", ["", "[]", "{}", "nonsense", '{"RecordType": 7}', '{"RecordType": "Bounce"}'])
def test_what_is_no_report_is_refused_without_an_error(client: Client, account: MailAccount, body: str) -> None:
    status = client.post(f"/hooks/mail/{account.hook}", body, content_type="application/json").status_code
    assert status in (200, 400)


def test_mailgun_proves_itself_by_its_signature(client: Client, account: MailAccount, message: Message) -> None:
    account.kind, account.settings = "mailgun", {"api_key": "k", "webhook_signing_key": "s"}
    account.save()
    event = {
        "event": "failed",
        "severity": "permanent",
        "timestamp": 1,
        "user-variables": {"message": str(message.pk)},
        "message": {"headers": {}},
    }
    forged = {"signature": {"token": "t", "timestamp": "1", "signature": "0" * 64}, "event-data": event}
    assert report(client, account, forged) == 403
    message.refresh_from_db()
    assert message.bounced is None


def returned(message: Message, *, status: str = "5.1.1", to: str = "", id: str = "") -> bytes:
    return f"""From: mailer-daemon@mail.example
To: {to or "back@h.example"}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; ana@mail.example
Action: failed
Status: {status}
--b
Content-Type: text/rfc822-headers

Message-ID: <{id}>
--b--
""".encode()


def test_returned_mail_is_known_by_its_address_or_its_id(
    client: Client, account: MailAccount, message: Message
) -> None:
    account.kind = "smtp"
    account.save()
    for raw in (
        returned(message, to=return_address(account, message.pk)),
        returned(message, id=f"1.2.3.{mark(account.workspace_id, message.pk)}@h.example"),
    ):
        Message.objects.update(bounced=None, bounce="")
        assert (
            client.post(f"/hooks/mail/{account.hook}/returned", raw, content_type="message/rfc822").status_code == 204
        )
        message.refresh_from_db()
        assert message.bounce == "hard"


@pytest.mark.parametrize(("status", "bounced"), [("4.2.2", "soft"), ("5.1.1", "hard"), ("2.0.0", "soft")])
def test_the_status_says_whether_it_is_for_good(
    client: Client, account: MailAccount, message: Message, status: str, bounced: str
) -> None:
    raw = returned(message, status=status, to=return_address(account, message.pk))
    client.post(f"/hooks/mail/{account.hook}/returned", raw, content_type="message/rfc822")
    message.refresh_from_db()
    assert message.bounce == bounced


def test_a_forged_return_bars_nobody(client: Client, account: MailAccount, message: Message) -> None:
    for raw in (
        returned(message, to=f"back+m{message.pk}-AAAAAAAAAA@h.example"), returned(message, id=f"1.2.m{message.pk}-AAAAAAAAAA@h.example"),
        b"From: ana@mail.example\r\nSubject: Out of office\r\n\r\nBack on Monday.", b"\xff\xfe\x00", b"",
    ):  # fmt: skip
        assert (
            client.post(f"/hooks/mail/{account.hook}/returned", raw, content_type="message/rfc822").status_code == 204
        )
    message.refresh_from_db()
    assert message.bounced is None and not Suppression.objects.exists()
