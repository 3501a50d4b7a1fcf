from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control

from regard.site.permissions import Closed, Keyed, Needs, Open, SignedIn, access, for_respondents
from regard.workspace.members.models import User


class GateMiddleware:
    """Holds every request against the permission table, before any view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if not answer.has_header("Cache-Control"):  # what is someone's own stays in no cache, not even the browser's
            patch_cache_control(answer, private=True, no_store=True)
        return answer

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponse | None:
        route = request.resolver_match.view_name if request.resolver_match else ""
        needed = access(route)
        if needed is None or isinstance(needed, Closed) or (_of_respondents(request) and not for_respondents(route)):
            raise Http404
        if isinstance(needed, Open | Keyed):
            return None
        if not request.user.is_authenticated:
            if not User.objects.exists():
                return redirect("workspace:welcome")
            return redirect_to_login(request.get_full_path())
        if isinstance(needed, SignedIn):
            return None if needed.before_second_factor else _second_factor_first(request)
        return self._member_may(request, needed)

    def _member_may(self, request: HttpRequest, needed: Needs) -> HttpResponse | None:
        member = request.member  # type: ignore[attr-defined]
        if member is None:
            return render(request, "web/no_workspace.html", status=403)
        if not member.may(needed.right):
            return render(request, "web/forbidden.html", {"needed": needed.right}, status=403)
        return _second_factor_first(request)


def _of_respondents(request: HttpRequest) -> bool:
    """Whether it came to the host that surveys have for themselves."""
    theirs = urlsplit(settings.SURVEY_URL).hostname
    return theirs is not None and theirs != urlsplit(settings.PUBLIC_URL).hostname and request.get_host().rsplit(":", 1)[0] == theirs


def _second_factor_first(request: HttpRequest) -> HttpResponse | None:
    member = request.member  # type: ignore[attr-defined]
    if member and member.workspace.require_second_factor and not _has_second_factor(request):
        return redirect("mfa_index")
    return None


def _has_second_factor(request: HttpRequest) -> bool:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(request.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]))
