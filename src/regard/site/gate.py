from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from regard.site.permissions import Keyed, Needs, Open, SignedIn, access
from regard.workspace.members.models import User


class GateMiddleware:
    """Holds every request against the permission table, before any view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponse | None:
        needed = access(request.resolver_match.view_name if request.resolver_match else "")
        if needed is None:
            raise Http404
        if isinstance(needed, Open | Keyed):
            return None
        if not request.user.is_authenticated:
            if not User.objects.exists():
                return redirect("workspace:welcome")
            return redirect_to_login(request.get_full_path())
        if isinstance(needed, SignedIn):
            return None
        return self._member_may(request, needed)

    def _member_may(self, request: HttpRequest, needed: Needs) -> HttpResponse | None:
        member = request.member  # type: ignore[attr-defined]
        if member is None:
            return render(request, "web/no_workspace.html", status=403)
        if not member.may(needed.right):
            return render(request, "web/forbidden.html", {"needed": needed.right}, status=403)
        if member.workspace.require_second_factor and not _has_second_factor(request):
            return redirect("mfa_index")
        return None


def _has_second_factor(request: HttpRequest) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(request.user))
