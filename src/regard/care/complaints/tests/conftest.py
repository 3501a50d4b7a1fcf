from __future__ import annotations

import pytest
from django.utils import timezone

from regard.care.complaints.public.models import ComplaintDoor
from regard.customers.contact.purposes.seed import fill
from regard.workspace.workspaces.models import Workspace


@pytest.fixture
def door(workspace: Workspace, ledger: object) -> ComplaintDoor:
    """The public page, open."""
    fill(workspace.pk, actor="t@x.example")
    made = ComplaintDoor(workspace=workspace)
    made.keep(by="t@x.example", opened=timezone.now())
    return made
