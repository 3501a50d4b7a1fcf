"""Playbooks make offers: given and written in one step, by the contact policy, and once."""

from __future__ import annotations

import pytest

from regard.care.cases.tests.made import customer
from regard.customers.people.models import Profile
from regard.loyalty.offers.models import Grant
from regard.loyalty.offers.tests.made import offer
from regard.outreach.messages.send import send_due
from regard.playbooks.rules.models import Playbook
from regard.playbooks.runs.models import Deed
from regard.playbooks.runs.tests.made import answer, follow, playbook
from regard.testing.mail import Inbox, part
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def test_an_unhappy_customer_is_made_an_offer_and_told_the_code(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    ines, omar = customer(workspace), customer(workspace, "omar@mail.example")
    for who, name in ((ines, "Inès"), (omar, "Omar")):
        Profile.objects.filter(pk=who).update(name=name)
    made = offer(workspace, "A1", "B2", most=1)
    playbook(workspace, {"do": "offer", "offer": made.pk, "purpose": "service", "subject": "For {{ name }}"})
    for number, who in enumerate((ines, omar, None)):
        answer(workspace, profile=who, key=f"a{number}")
    follow()
    assert send_due() == 1
    grant, (mail,) = Grant.objects.get(), inbox.mails
    assert (grant.code, grant.by, grant.profile.name) == ("A1", "Playbook: Recovery", mail["Subject"].removeprefix("For "))
    assert all("Un mois offert avec A1." in part(mail, kind) for kind in ("plain", "html"))  # they answered in French
    assert sorted(Deed.objects.values_list("told", flat=True)) == ["All of this offer has been given.", "Nobody knows who the customer is.", "sent"]


def test_who_may_not_be_written_to_is_given_nothing(workspace: Workspace) -> None:
    """An offer that nobody is told of would only use up its budget."""
    ines, made = customer(workspace), offer(workspace)
    playbook(workspace, {"do": "offer", "offer": made.pk})
    answer(workspace, profile=ines)
    follow()
    assert not Grant.objects.exists() and "have not agreed" in Deed.objects.get().told


def test_the_rule_that_makes_an_offer_is_written_on_its_page(workspace: Workspace) -> None:
    made, boss = offer(workspace), signed_in(member(workspace, Role.ADMIN))
    plan = playbook(workspace, on=False)
    body = {"kind": "answered", "when-metric": "ces", "when-op": "<=", "when-score": "3", "step-0-do": "offer", "step-0-channel": "e-mail",
            "step-0-purpose": "service", "rest_days": "0", "hold_out": "0", "save": "1"}  # fmt: skip
    assert "Choose an offer." in boss.post(f"/playbooks/{plan.pk}/rules/0", body).content.decode()
    boss.post(f"/playbooks/{plan.pk}/rules/0", body | {"step-0-offer": str(made.pk)})
    assert Playbook.objects.get().version.read[0].then[0].do == "offer"
    assert "Offer “A free month” by e-mail" in boss.get(f"/playbooks/{plan.pk}").content.decode()
