"""Visits assigned to shoppers: one answer each, from the unit they went to, kept apart from what customers say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from regard.ledger.record.project import project_all
from regard.listening.links.models import Link
from regard.listening.programmes.tests.made import survey
from regard.listening.responses.models import Response
from regard.listening.surveys.models import Survey
from regard.listening.visits.models import Visit
from regard.testing.mail import Inbox, inbox
from regard.testing.people import member, signed_in
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Role
from regard.workspace.models import Unit
from regard.workspace.workspaces.models import Workspace

__all__ = ["inbox"]
pytestmark = pytest.mark.django_db(transaction=True)
ANSWER = {"asked": ["effort", "why"], "effort": "6", "why": "Somebody said hello"}


@pytest.fixture
def asked(workspace: Workspace, ledger: object) -> Survey:
    return survey(workspace)


def assigned(workspace: Workspace, asked: Survey, owner: Client, *, days: int = 7) -> list[Visit]:
    units = [Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("Lyon", "Nantes")]
    due = timezone.localdate() + timedelta(days=days)
    sent = {"shopper": "shopper@mail.example", "units": [str(unit.pk) for unit in units], "due": due.isoformat(), "task": "Ask for a contract"}
    assert owner.post(f"/surveys/{asked.pk}/visits", sent).status_code == 302
    return list(Visit.objects.order_by("link__unit__name"))


def test_a_visit_is_reported_once_from_its_unit(workspace: Workspace, asked: Survey, client: Client) -> None:
    owner = signed_in(member(workspace))
    first, _second = assigned(workspace, asked, owner)
    assert owner.get(f"{first.link.path}?trial=1").status_code == 200
    owner.post(first.link.path, {**ANSWER, "trial": "1", "key": "t" * 30})  # trying it out uses nothing up
    for number in range(3):
        client.post(first.link.path, {**ANSWER, "key": str(number) * 30})
    one = Response.objects.get(test=False)
    assert (one.channel, one.unit_id) == ("field visit", first.link.unit_id) and client.get(first.link.path).status_code == 404
    project_all()
    sql = "select channel, score from ledger where $scope and kind = 'answer' and metric = 'ces'"
    assert warehouse().select(Scope(workspace.pk), sql) == [("field visit", 6.0)]
    page = owner.get(f"/surveys/{asked.pk}/visits").content.decode()
    assert "reported" in page and "6 of 7" in page and "to be made" in page
    assert "Visit of" not in owner.get(f"/surveys/{asked.pk}").content.decode()


def test_the_shopper_is_told_by_mail_and_a_visit_can_be_called_off(
    workspace: Workspace, asked: Survey, client: Client, inbox: Inbox
) -> None:
    owner = signed_in(member(workspace))
    visit, other = assigned(workspace, asked, owner, days=-1)
    assert "overdue" in owner.get(f"/surveys/{asked.pk}/visits").content.decode()
    inbox.account(workspace)
    owner.post(f"/visits/{visit.pk}/telling")
    (mail,) = inbox.mails
    assert mail["To"] == "shopper@mail.example" and visit.link.token in mail.get_content() and "Ask for a contract" in mail.get_content()
    owner.post(f"/visits/{other.pk}/cancelling")
    assert client.get(other.link.path).status_code == 404 and Link.objects.filter(closed=None, once=True).count() == 1
    assert owner.post(f"/visits/{other.pk}/telling").status_code == 404


def test_others_see_their_units_alone(workspace: Workspace, asked: Survey) -> None:
    visit, _other = assigned(workspace, asked, signed_in(member(workspace)))
    manager = signed_in(member(workspace, Role.VIEWER, email="v@x.example", at=Unit.objects.get(name="Nantes")))
    page = manager.get(f"/surveys/{asked.pk}/visits").content.decode()
    assert "Nantes" in page and "Lyon" not in page and visit.link.token not in page
    theirs = signed_in(member(Workspace.found(name="Other"), email="o@x.example"))
    assert theirs.get(f"/surveys/{asked.pk}/visits").status_code == 404 and theirs.post(f"/visits/{visit.pk}/cancelling").status_code == 404
