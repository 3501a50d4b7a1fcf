"""The purposes that a workspace begins with."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from regard.customers.contact.purposes.models import Basis, ConsentText, Purpose
from regard.workspace.audit.models import AuditEntry

#: key, name, description, basis, double opt-in, first wording
_FIRST = (
    (
        "service",
        gettext_noop("Messages about your account"),
        gettext_noop("Appointments, deliveries, answers to what customers asked."),
        Basis.INTEREST,
        False,
        "",
    ),
    (
        "feedback",
        gettext_noop("Questions about your experience"),
        gettext_noop("Short surveys after something happened."),
        Basis.INTEREST,
        False,
        "",
    ),
    (
        "marketing",
        gettext_noop("News and offers"),
        gettext_noop("What we would like customers to buy or to know."),
        Basis.CONSENT,
        True,
        "I would like to receive news and offers. I can withdraw this at any time.",
    ),
)  # fmt: skip


def fill_founded(workspace: int, ids: list[int]) -> None:
    """A new workspace begins with the usual purposes, unless it has some already."""
    if not Purpose.objects.filter(workspace_id=workspace).exists():
        fill(workspace, actor="Regard")


@transaction.atomic
def fill(workspace: int, *, actor: str) -> int:
    """Add the usual purposes that are not there by key; returns how many were added."""
    known = set(Purpose.objects.filter(workspace_id=workspace).values_list("key", flat=True))
    added = 0
    for key, name, description, basis, double_opt_in, wording in _FIRST:
        if key in known:
            continue
        purpose = Purpose.objects.create(
            workspace_id=workspace, key=key, name=name, description=description, basis=basis, double_opt_in=double_opt_in
        )  # fmt: skip
        added += 1
        if wording:
            ConsentText.objects.create(purpose=purpose, language="en", version=1, text=wording, created_by=actor)
    AuditEntry.write(workspace, actor=actor, action="purposes.filled", added=added)
    return added
