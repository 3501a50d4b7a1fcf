"""Customers and what was said about them, for tests."""

from datetime import datetime

from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.models import Suppression
from regard.customers.contact.record_consent import record_consent
from regard.customers.models import Identifier, Profile


def customer(workspace, name="Inès", *, email="ines@example.org", phone="", **more):
    made = Profile.objects.create(workspace=workspace, name=name, **more)
    for namespace, value in (("email", email), ("phone", phone)):
        if value:
            Identifier.objects.create(workspace=workspace, namespace=namespace, value=value, profile=made)
    return made


def says(who, purpose, decision, at: datetime, channel="e-mail", **more):
    """Recorded as an import, so that nothing is asked back."""
    return record_consent(
        who.workspace_id, who.pk, purpose=purpose, channel=channel, decision=decision, source="import", by="test", now=at, **more
    )  # fmt: skip


def suppress(workspace, address, why="asked", kind="email"):
    return Suppression.objects.create(workspace=workspace, kind=kind, address=address, why=why, added_by="test")


def verdict(who, now, purpose="feedback", channel="e-mail", **more):
    (found,) = may_contact(who.workspace_id, [who.pk], purpose=purpose, channel=channel, now=now, **more)
    return found
