"""A colleague's offer is told to the customer, where they may be written to; otherwise nothing is given."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from regard.care.cases.tests.made import case, customer
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.record_consent import record_consent
from regard.customers.contact.restrain import restrain
from regard.customers.people.models import Profile
from regard.loyalty.offers.give_one_telling import give_one_telling
from regard.loyalty.offers.models import Grant
from regard.loyalty.offers.tests.made import offer
from regard.outreach.direct.models import Direct
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


def ines(workspace: Workspace) -> int:
    who = customer(workspace)
    Profile.objects.filter(pk=who).update(name="Inès", traits={"language": "fr"})
    return who


def test_they_read_it_in_their_language_with_the_code_as_the_page_showed_it(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    who, made, client = ines(workspace), offer(workspace, "A1", "B2"), signed_in(member(workspace, Role.AGENT))
    assert "tell them of it" in client.get(f"/offers/of/{who}").content.decode()
    shown = client.get(f"/offers/of/{who}/telling", {"offer": made.pk, "tell": 1}).content.decode()
    assert 'lang="fr"' in shown and "Un mois offert avec ⟨their code⟩." in shown and "They may be contacted." in shown
    given = {"act": "give", "offer": made.pk, "why": "late", "tell": "1", "channel": "e-mail", "purpose": "service", "subject": "Un geste"}
    assert "They have it, and are told." in client.post(f"/offers/of/{who}/act", given, follow=True).content.decode()
    assert send_due() == 1
    (mail,), grant = inbox.mails, Grant.objects.get()
    assert (mail["Subject"], grant.code, grant.why) == ("Un geste", "A1", "late")
    assert all("Un mois offert avec A1." in part(mail, kind) for kind in ("plain", "html")) and Direct.objects.get().told == "sent"


def test_who_may_not_be_written_to_is_given_nothing_and_the_page_says_why(workspace: Workspace) -> None:
    who, made, client = ines(workspace), offer(workspace), signed_in(member(workspace, Role.AGENT))
    shown = client.get(f"/offers/of/{who}/telling", {"offer": made.pk, "tell": 1, "purpose": "marketing"}).content.decode()
    assert "They have not agreed" in shown and "So they would not be given it." in shown
    given = {"act": "give", "offer": made.pk, "tell": "1", "channel": "e-mail", "purpose": "marketing", "why": "late <b>", "subject": "Sorry"}
    assert "They have not agreed" in client.post(f"/offers/of/{who}/act", given, follow=True).content.decode()
    again = client.get(f"/offers/of/{who}").content.decode()
    assert 'value="late &lt;b&gt;"' in again and 'value="Sorry"' in again and "checked" in again  # what was typed is still there, once
    assert "late" not in client.get(f"/offers/of/{who}").content.decode()
    assert not Grant.objects.exists() and not Message.objects.exists()
    client.post(f"/offers/of/{who}/act", {"act": "give", "offer": made.pk})  # by word of mouth
    assert Grant.objects.exists() and not Message.objects.exists()


def test_who_is_told_later_has_its_days_from_then(workspace: Workspace) -> None:
    who, made, now = ines(workspace), offer(workspace, days=10), timezone.now()
    until = now + timedelta(days=2)
    restrain(workspace.pk, reason="outage", by="t", now=now, customers=[who], until=until)
    service = Purpose.objects.get(workspace=workspace, key="service")
    verdict = give_one_telling(made, Profile.objects.get(), purpose=service, channel="e-mail", subject="", why="", by="a@x.example", now=now)
    assert verdict.until == Message.objects.get().due == until and Grant.objects.get().until == until + timedelta(days=10)


def test_somebody_who_says_no_before_it_goes_out_is_not_written_to(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    who, made, now = ines(workspace), offer(workspace), timezone.now()
    service = Purpose.objects.get(workspace=workspace, key="service")
    give_one_telling(made, Profile.objects.get(), purpose=service, channel="e-mail", subject="", why="", by="a@x.example", now=now)
    record_consent(workspace.pk, who, purpose="service", channel="all", decision="withdrawn", source="import", by="t", now=now)
    assert send_due() == 0 and Direct.objects.get().told == "not sent" and not inbox.mails


def test_from_a_case_it_leads_back_to_the_case(workspace: Workspace) -> None:
    who, made, client = ines(workspace), offer(workspace), signed_in(member(workspace, Role.AGENT))
    about = case(workspace, profile=who)
    address = f"/cases/{about.number}"
    assert f"/offers/of/{who}" in client.get(address).content.decode()
    given = {"act": "give", "offer": made.pk}
    answer = client.post(f"/offers/of/{who}/act", given, headers={"Referer": f"https://elsewhere.example{address}"})
    assert answer.headers["Location"] == address
    assert client.post(f"/offers/of/{who}/act", given, headers={"Referer": "https://x.example/settings"}).headers["Location"] == f"/customers/{who}"


def test_a_masked_reader_is_shown_no_words(workspace: Workspace) -> None:
    who, made = ines(workspace), offer(workspace)
    workspace.masked_roles = [Role.AGENT]
    workspace.save()
    client = signed_in(member(workspace, Role.AGENT))
    assert "Un mois" not in client.get(f"/offers/of/{who}/telling", {"offer": made.pk, "tell": 1}).content.decode()
