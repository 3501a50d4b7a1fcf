"""What single sign-on needs around allauth's views."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import requests
from allauth.socialaccount.models import SocialApp
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from onelogin.saml2.errors import OneLogin_Saml2_Error

from regard.workspace.signon.providers import SAML

log = logging.getLogger(__name__)

#: What a provider that is away, or an answer that is none, comes up with.
_FAILURES = (requests.RequestException, OneLogin_Saml2_Error, SyntaxError, ValueError, KeyError)
_BEGIN = {"openid_connect_login", "saml_login"}


class SignOnMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        route = request.resolver_match.view_name if request.resolver_match else ""
        if route not in _BEGIN or request.method != "POST" or answer.status_code != 302:
            return answer
        # Browsers hold the target of a redirect against the form's `form-action 'self'`; a page that leads on is free.
        onward = render(request, "workspace/signon/onward.html", {"address": answer["Location"]})
        onward.cookies.update(answer.cookies)
        return onward

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: dict[str, Any]) -> None:
        if request.resolver_match and request.resolver_match.view_name == "saml_sls":
            self._signed_sign_out(request, kwargs["organization_slug"])

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        """What comes from a provider, or from someone who says so, is never our own mistake."""
        route = request.resolver_match.view_name if request.resolver_match else ""
        if not route.startswith(("openid_connect_", "saml_")) or not isinstance(failure, _FAILURES):
            return None
        log.warning("Single sign-on failed at %s: %s", route, type(failure).__name__)
        return render(request, "workspace/signon/failed.html", status=400)

    def _signed_sign_out(self, request: HttpRequest, slug: str) -> None:
        """The library takes an unsigned request to sign someone out, and without a configured address sends them
        wherever RelayState says. Only a provider's signed one is let through.
        """
        app = SocialApp.objects.filter(provider=SAML, client_id=slug).first()
        told_where = bool(app and app.settings.get("idp", {}).get("slo_url"))
        if not told_where or not request.GET.get("Signature") or "SAMLRequest" not in request.GET:
            raise Http404
