"""A colleague mends what somebody is known by: a wrong address goes, a right one is added."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from regard.customers.contact.suppression.addresses import masked
from regard.customers.identity.lock import hold
from regard.customers.identity.models import Identifier
from regard.customers.identity.resolve import CHANGED
from regard.customers.identity.rules import Rules
from regard.customers.people.models import profile_ids
from regard.jobs.models import publish
from regard.workspace.audit.models import AuditEntry


class CannotCorrect(ValueError):
    """With a sentence for whoever asked."""


@transaction.atomic
def add_name(*, workspace: int, customer: int, namespace: str, value: str, by: str) -> Identifier:
    """From now on they are known by this too. Raises CannotCorrect when it is somebody's already, or nothing that can be used."""
    hold(workspace)
    text = Rules.of(workspace).normalised(namespace, value)
    if not text:
        raise CannotCorrect(_("“%(value)s” cannot be used as %(kind)s.") % {"value": value[:60], "kind": namespace})
    known = (
        Identifier.objects.filter(workspace_id=workspace, namespace=namespace, value=text)
        .select_related("profile")
        .first()
    )
    if known and known.profile.customer_id == customer:
        raise CannotCorrect(_("They are known by that already."))
    if known:
        raise CannotCorrect(_("That belongs to another customer. Join the two if they are one person."))
    made = Identifier.objects.create(workspace_id=workspace, namespace=namespace, value=text, profile_id=customer)
    _written(workspace, customer, made, "identifier.added", by)
    return made


@transaction.atomic
def remove_name(*, workspace: int, customer: int, identifier: int, by: str) -> None:
    """They are not known by this any more. What came in by it stays theirs; what comes by it next makes somebody else known.

    Raises Identifier.DoesNotExist when it is not one of theirs.
    """
    hold(workspace)
    found = Identifier.objects.get(pk=identifier, workspace_id=workspace, profile__in=profile_ids([customer]))
    _written(workspace, customer, found, "identifier.removed", by)
    found.delete()


def _written(workspace: int, customer: int, one: Identifier, action: str, by: str) -> None:
    publish(CHANGED, workspace, [customer])
    AuditEntry.write(
        workspace,
        actor=by,
        action=action,
        subject=f"customer {customer}",
        identifier=f"{one.namespace}: {masked(one.value)}",
    )
