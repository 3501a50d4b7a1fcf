"""A colleague's message to one customer, by the contact policy, twice asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from regard.customers.contact.log.models import ContactMade
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.purposes.seed import fill
from regard.customers.contact.record_consent import record_consent
from regard.customers.contact.restrain import lift, restrain
from regard.customers.contact.restraints.models import Restraint
from regard.customers.people.models import Profile
from regard.ledger.record.project import project_all
from regard.outreach.campaigns.tests.made import people, template
from regard.outreach.direct.models import Direct
from regard.outreach.direct.send import send
from regard.outreach.messages.models import Message
from regard.outreach.messages.send import send_due
from regard.testing.mail import Inbox, inbox, part
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

__all__ = ["inbox"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def test_a_colleague_writes_to_one_customer_by_the_contact_policy(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    fill(workspace.pk, actor="t")
    (who,) = people(workspace, 1)
    Profile.objects.filter(pk=who).update(name="Inès", traits={"language": "fr"})
    made = template(workspace, languages={"en": {"subject": "Hi", "text": "Hi"}, "fr": {"subject": "Bonjour {{ name }}", "text": "Salut"}})
    client = signed_in(member(workspace, Role.AGENT))
    begun = client.get(f"/write/{who}?template={made.pk}")
    assert "Bonjour Inès" in begun.content.decode()
    service = begun.context["form"].initial["purpose"].pk
    given = {"channel": "e-mail", "purpose": service, "subject": "Bonjour Inès", "text": "Votre routeur <part> demain."}
    assert client.post(f"/write/{who}?template={made.pk}", given).status_code == 302
    assert send_due() == 1 and inbox.mails[0]["Subject"] == "Bonjour Inès" and "Votre routeur <part> demain." in part(inbox.mails[0], "plain")
    project_all()
    assert Direct.objects.get().told == "sent" and Direct.objects.get().language == "fr"
    unreachable = Profile.objects.create(workspace=workspace, name="Nobody")
    refused = client.post(f"/write/{unreachable.pk}", given)
    assert refused.status_code == 200 and "Votre routeur &lt;part&gt; demain." in refused.content.decode() and Direct.objects.count() == 1


def test_a_message_that_waited_asks_again_before_it_goes_out(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    fill(workspace.pk, actor="t")
    both, now = people(workspace, 2), timezone.now()
    restrain(workspace.pk, reason="outage", by="t", now=now, customers=both, until=now + timedelta(hours=2))
    service = Purpose.objects.get(workspace=workspace, key="service")
    for who in both:
        send(Profile.objects.get(pk=who), channel="e-mail", purpose=service, subject="s", text="t", by="a@x.example", now=now, language="en")
    assert [made.at > now for made in ContactMade.objects.all()] == [True, True]
    lift(workspace.pk, by="t", now=now, restraints=list(Restraint.objects.values_list("pk", flat=True)))
    record_consent(workspace.pk, both[0], purpose="service", channel="all", decision="withdrawn", source="import", by="t", now=now)
    Message.objects.update(due=now)
    send_due()
    assert [to for _from, to in inbox.envelopes] == ["p1@mail.example"]
    assert list(Direct.objects.order_by("profile").values_list("told", flat=True)) == ["not sent", "sent"]
