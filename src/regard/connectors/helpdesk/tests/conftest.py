from __future__ import annotations

import pytest
from django.utils import timezone

from regard.care.cases.models import Case
from regard.connectors.helpdesk.models import Desk
from regard.connectors.helpdesk.sync import since
from regard.connectors.helpdesk.tests.made import synced
from regard.customers.contact.purposes.seed import fill
from regard.testing.mail import inbox
from regard.testing.people import member
from regard.testing.zendesk import FakeZendesk, zendesk
from regard.workspace.members.models import Member
from regard.workspace.models import Workspace

__all__ = ["inbox", "zendesk"]


@pytest.fixture
def desk(workspace: Workspace, zendesk: FakeZendesk, ledger: object) -> Desk:
    """Connected, with one customer over there."""
    made = Desk(workspace=workspace, subdomain="halcyon", begun=since(timezone.now()))
    made.settings = {"email": zendesk.email, "token": zendesk.token}
    made.save()
    zendesk.user(1, "ines@mail.example")
    return made


@pytest.fixture
def agent(workspace: Workspace) -> Member:
    fill(workspace.pk, actor="t@x.example")
    return member(workspace, "agent")


@pytest.fixture
def ticket(desk: Desk, zendesk: FakeZendesk, agent: Member) -> Case:
    """Ticket 11 and the case that it is."""
    zendesk.ticket(11)
    synced(desk)
    zendesk.asked.clear()
    return Case.objects.get()
