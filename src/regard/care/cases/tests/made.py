"""Cases for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from regard.care.cases.models import Case
from regard.care.cases.open import Opening, open_cases
from regard.customers.contact.purposes.seed import fill
from regard.customers.identity.graph import Sighting
from regard.customers.identity.resolve import resolve
from regard.workspace.workspaces.models import Workspace


def customer(workspace: Workspace, address: str = "ines@mail.example") -> int:
    """Somebody with an e-mail address, who may be written to."""
    fill(workspace.pk, actor="t@x.example")
    (found,) = resolve(workspace.pk, [Sighting(keys=(("email", address),))])
    return found


def case(workspace: Workspace, *, now: datetime | None = None, **more: Any) -> Case:
    opening = Opening(**{"title": "Router does not work", **more})
    (made,) = open_cases(workspace, [opening], by="t@x.example", now=now or timezone.now())
    return made
