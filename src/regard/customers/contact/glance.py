from __future__ import annotations

from django.utils import timezone

from regard.customers.contact.restrain import live
from regard.customers.people.slots import Tag
from regard.warehouse.scope import Scope


def contact_at_a_glance(scope: Scope, customer: int, profiles: list[int]) -> list[Tag]:
    """Why they are not contacted for now."""
    held = live(scope.workspace, timezone.now()).filter(profile__in=profiles)
    return [Tag(reason, "warn") for reason in dict.fromkeys(str(one.get_reason_display()) for one in held)]
