"""How mail is set up on its page: nothing typed is lost, secrets stay where they belong, a test says what is wrong."""

from __future__ import annotations

import pytest
from django.test import Client

from regard.outreach.mail.models import MailAccount
from regard.testing.mail import Inbox
from regard.testing.people import member, signed_in
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
COMMON = {"sender_name": "Halcyon", "sender_address": "hello@halcyon.example", "per_second": "50"}


def server(inbox: Inbox, **more: str) -> dict[str, str]:
    return {
        **COMMON,
        "host": "127.0.0.1",
        "port": str(inbox.port),
        "security": "none",
        "user": "",
        "password": "",
        **more,
    }


@pytest.fixture
def owner(workspace: Workspace) -> Client:
    return signed_in(member(workspace))


def test_a_test_arrives_and_a_change_has_to_be_tested_again(workspace: Workspace, owner: Client, inbox: Inbox) -> None:
    assert "No e-mail goes out yet" in owner.get("/settings/mail").content.decode()
    assert owner.post("/settings/mail?way=smtp", server(inbox)).status_code == 302
    owner.post("/settings/mail/trial", {"to": "me@halcyon.example"})
    assert str(inbox.mails[0]["To"]) == "me@halcyon.example" and MailAccount.objects.get().tested
    assert "E-mail goes out from hello@halcyon.example" in owner.get("/settings/mail").content.decode()
    owner.post("/settings/mail?way=smtp", server(inbox, port="9"))
    assert MailAccount.objects.get().tested is None
    owner.post("/settings/mail/trial", {"to": "me@halcyon.example"})
    page = owner.get("/settings/mail").content.decode()
    assert "No connection to the server." in page and "E-mail does not go out" in page


def test_a_kept_password_is_not_handed_to_another_server(owner: Client, inbox: Inbox) -> None:
    owner.post("/settings/mail?way=smtp", server(inbox, user="u", password="s3cret"))
    page = owner.get("/settings/mail").content.decode()
    assert "s3cret" not in page and "s3cret" not in MailAccount.objects.get().sealed
    owner.post("/settings/mail?way=smtp", server(inbox, user="u", port="587"))
    assert MailAccount.objects.get().settings["password"] == "s3cret"
    owner.post("/settings/mail?way=smtp", server(inbox, user="u", host="elsewhere.example"))
    assert MailAccount.objects.get().settings["password"] == ""


def test_a_providers_key_is_needed_once_and_kept(owner: Client) -> None:
    page = owner.post("/settings/mail?way=postmark", COMMON)
    assert page.status_code == 200 and 'value="hello@halcyon.example"' in page.content.decode()
    owner.post("/settings/mail?way=postmark", {**COMMON, "server_token": "key", "message_stream": "outbound"})
    owner.post("/settings/mail?way=postmark", {**COMMON, "message_stream": ""})
    account = MailAccount.objects.get()
    assert account.settings == {"server_token": "key", "message_stream": ""}
    assert f"/hooks/mail/{account.hook}" in owner.get("/settings/mail").content.decode()


def test_only_who_configures_the_workspace_sees_it(workspace: Workspace, inbox: Inbox) -> None:
    viewer = signed_in(member(workspace, "viewer"))
    assert viewer.get("/settings/mail").status_code in (403, 404)
    assert (
        viewer.post("/settings/mail?way=smtp", server(inbox)).status_code in (403, 404)
        and not MailAccount.objects.exists()
    )
