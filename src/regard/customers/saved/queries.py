from __future__ import annotations

from django.db.models import Q

from regard.customers.saved.models import SavedView
from regard.workspace.members.models import Member


def saved_views(member: Member) -> list[SavedView]:
    """A member's own views and those that others share."""
    shared = Q(workspace=member.workspace, shared=True, member__left=None)
    return list(SavedView.objects.filter(Q(member=member) | shared).select_related("member__user"))
