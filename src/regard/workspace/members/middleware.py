from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from regard.warehouse.scope import Scope
from regard.workspace.members.models import Member, User
from regard.workspace.workspaces.models import Workspace


class RegardRequest(HttpRequest):
    """A request after MemberMiddleware; on pages behind the gate `member`, `workspace` and `scope` are set."""

    user: User
    member: Member
    workspace: Workspace
    scope: Scope
    htmx: object


class MemberMiddleware:
    """Says who is asking and which rows they may see."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        member = _membership(request) if request.user.is_authenticated else None
        request.member = member  # type: ignore[attr-defined]
        request.workspace = member.workspace if member else None  # type: ignore[attr-defined]
        request.scope = member.scope() if member else None  # type: ignore[attr-defined]
        if member and member.user.language:
            translation.activate(member.user.language)
        if not member:
            return self.get_response(request)
        with timezone.override(member.workspace.zone):
            return self.get_response(request)


def _membership(request: HttpRequest) -> Member | None:
    memberships = (
        Member.objects.filter(user_id=request.user.pk or 0, left=None, user__is_active=True)
        .select_related("workspace", "user")
        .prefetch_related("units")
        .order_by("workspace_id")
    )
    chosen = request.session.get("workspace")
    found = list(memberships)
    return next((member for member in found if member.workspace_id == chosen), found[0] if found else None)
