from __future__ import annotations

import pytest
from django.utils import timezone

from regard.connectors.helpdesk.models import Desk
from regard.connectors.helpdesk.sync import since
from regard.testing.mail import inbox
from regard.testing.zendesk import FakeZendesk, zendesk
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
