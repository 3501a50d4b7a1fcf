from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from regard.listening.invitations.models import Invitation
from regard.listening.programmes.jobs import decide_all
from regard.listening.programmes.tests.made import call, follow, programme
from regard.listening.responses.models import Response
from regard.outreach.messages.send import send_due
from regard.testing.mail import Inbox, part
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_call_is_asked_about_by_mail_and_the_answer_is_the_customers(
    workspace: Workspace, ledger: object, inbox: Inbox, client: Client
) -> None:
    inbox.account(workspace)
    asked = programme(workspace)
    call(workspace, "ana", traits={"language": "fr-FR"})
    follow()
    decide_all(now=timezone.now(), seconds=5)
    assert send_due() == 1
    (mail,) = inbox.mails
    assert mail["To"] == "ana@mail.example" and mail["From"] == "Halcyon <hello@halcyon.example>"
    assert str(mail["Subject"]).strip() == "Votre échange avec nous : comment était-ce ?"
    assert "List-Unsubscribe-Post" in mail
    html = part(mail, "html")
    link = next(one for one in re.findall(r'href="([^"]+)"', html) if "answer=6" in one).replace("&amp;", "&")
    path = link.partition("testserver")[2] or re.sub(r"^https?://[^/]+", "", link)
    page = client.get(path).content.decode()
    assert Response.objects.count() == 0  # looking is not answering
    assert re.search(r'name="effort" value="6" checked', page)
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    sent = client.post(
        path.partition("?")[0],
        {"key": key[1], "asked": ["effort", "why"], "effort": "6", "why": "Rapide", "lang": "fr"},
    )
    assert sent.status_code == 302
    invitation = Invitation.objects.get()
    response = Response.objects.get()
    assert response.completed and response.invitation == invitation and response.profile == invitation.profile
    assert invitation.completed and invitation.sent and invitation.channel == "e-mail"
    assert asked.responses.get() == response
