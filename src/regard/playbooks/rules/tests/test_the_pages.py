"""The pages of playbooks: their order, the form of a rule, and the trial that leads on."""

from __future__ import annotations

import pytest
from django.utils import timezone

from regard.care.cases.tests.made import customer
from regard.playbooks.runs.tests.made import answer, follow, playbook
from regard.segments.models import Segment
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def test_playbooks_stand_in_the_order_of_their_names(workspace: Workspace) -> None:
    for name in ("Thanks", "Apology", "Recovery", "Birthday"):
        playbook(workspace, name=name)
    page = signed_in(member(workspace)).get("/playbooks/")
    assert [one.name for one in page.context["playbooks"]] == ["Apology", "Birthday", "Recovery", "Thanks"] and page.context["playbooks"].ordered


def test_each_field_of_a_step_has_a_label_that_everybody_sees(workspace: Workspace) -> None:
    made = playbook(workspace, {"do": "case", "tag": "x"}, {"do": "trait", "trait": "called", "value": "yes"}, {"do": "note", "text": "Sorry"})
    page = signed_in(member(workspace, Role.ADMIN)).get(f"/playbooks/{made.pk}/rules/0").content.decode()
    for label in ("About", "Priority", "Tag", "Condition", "Trait", "Value", "What is noted", "Score"):
        assert f"<span>{label}</span>" in page, label
    assert "{{ name }}, {{ score }}" in page and "{{ trait:plan }}" in page


def test_a_trial_says_why_nothing_would_have_run_and_leads_on(workspace: Workspace) -> None:
    made, boss = playbook(workspace, on=False), signed_in(member(workspace, Role.ADMIN))
    address = f"/playbooks/{made.pk}/trial"
    page = boss.get(address).content.decode()
    assert "it would not have run" in page and "Nobody has answered like this in the last 30 days." in page and "0 times" not in page
    assert all(f'"/playbooks/{made.pk}{path}"' in page for path in ("", "/switch", "/rules/0"))
    nobody = Segment.objects.create(workspace=workspace, name="Nobody")
    answer(workspace, profile=customer(workspace))
    follow()
    assert "would have run 1 time" in boss.get(address).content.decode()
    other = playbook(workspace, name="Other", segment=nobody.pk, on=False)
    assert "It happened 1 time in the last 30 days, but not to a customer" in boss.get(f"/playbooks/{other.pk}/trial").content.decode()
    made.switch_on(by="t", now=timezone.now())
    assert "Switch on" not in boss.get(address).content.decode()
    assert "Change" not in signed_in(member(workspace, Role.ANALYST, email="a@x.example")).get(address).content.decode()
