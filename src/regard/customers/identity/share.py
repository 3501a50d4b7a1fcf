"""Someone says that an identifier is used by several people."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from regard.customers.contact.suppression.addresses import masked
from regard.customers.identity.lock import hold
from regard.customers.identity.models import Identifier, Link
from regard.customers.identity.resolve import CHANGED
from regard.customers.people.models import Profile
from regard.jobs.models import publish
from regard.workspace.audit.models import AuditEntry


@transaction.atomic
def share(*, workspace: int, namespace: str, value: str, by: str) -> None:
    """From now on it tells nobody who someone is: what comes in by it alone is kept apart. What was joined by it stays joined.

    Raises Identifier.DoesNotExist.
    """
    hold(workspace)
    found = Identifier.objects.get(workspace_id=workspace, namespace=namespace, value=value)
    if found.shared is None:
        found.profile, found.shared = Profile.objects.create(workspace_id=workspace), timezone.now()
        found.save(update_fields=["profile", "shared"])
        publish(CHANGED, workspace, [found.profile_id])
        AuditEntry.write(workspace, actor=by, action="identifier.shared", subject=f"{namespace}: {masked(value)}")
    Link.objects.filter(workspace_id=workspace, namespace=namespace, value=value, decision="").update(
        decision=Link.Decision.SHARED, decided=timezone.now(), decided_by=by
    )
