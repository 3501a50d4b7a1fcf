"""Single sign-on as allauth keeps it (SocialApp), in the words of our forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from regard.workspace.audit.models import AuditEntry

OIDC, SAML = "openid_connect", "saml"
LABELS = {OIDC: "OpenID Connect", SAML: "SAML 2.0"}


@dataclass(frozen=True)
class SignOn:
    """A way in, and what must be registered at its provider."""

    id: int
    name: str
    kind: str
    label: str
    addresses: tuple[tuple[str, str], ...]


def sign_ons() -> list[SignOn]:
    return [_shown(app) for app in SocialApp.objects.filter(provider__in=LABELS).order_by("name")]


def find(pk: int) -> SocialApp | None:
    return SocialApp.objects.filter(pk=pk, provider__in=LABELS).first()


def slug_taken(slug: str, *, but: SocialApp | None) -> bool:
    others = SocialApp.objects.exclude(pk=but.pk if but else None)
    return bool(
        others.filter(provider=OIDC, provider_id=slug).exists() or others.filter(provider=SAML, client_id=slug).exists()
    )


def as_form(app: SocialApp) -> dict[str, Any]:
    """What the form shows of a way in; never its secret."""
    if app.provider == OIDC:
        return {
            "name": app.name,
            "slug": app.provider_id,
            "server_url": app.settings.get("server_url", ""),
            "client_id": app.client_id,
        }
    idp = app.settings.get("idp", {})
    kept = {key: idp.get(key, "") for key in ("entity_id", "sso_url", "slo_url", "x509cert")}
    return {
        "name": app.name,
        "slug": app.client_id,
        "email_attribute": app.settings.get("attribute_mapping", {}).get("email", ""),
        **kept,
    }


@transaction.atomic
def keep(app: SocialApp, given: dict[str, Any], *, workspace: int, actor: str) -> SocialApp:
    """Save a way in from what its form gave."""
    action = "signon.changed" if app.pk else "signon.added"
    app.name = given["name"]
    if app.provider == OIDC:
        app.provider_id, app.client_id = given["slug"], given["client_id"]
        app.settings = {**app.settings, "server_url": given["server_url"]}
        if given["secret"]:
            app.secret = given["secret"]
    else:
        app.client_id, app.provider_id = given["slug"], given["entity_id"]
        idp = {key: given[key] for key in ("entity_id", "sso_url", "slo_url", "x509cert") if given[key]}
        mapping = {"email": given["email_attribute"]} if given["email_attribute"] else {}
        # Who holds the workspace vouches for its provider, so the address it sends counts as proved.
        app.settings = {
            "idp": idp,
            "attribute_mapping": mapping,
            "advanced": {"strict": True, "want_assertion_signed": True},
        }
    app.save()
    AuditEntry.write(workspace, actor=actor, action=action, subject=app.name, kind=app.provider)
    return app


@transaction.atomic
def remove(app: SocialApp, *, workspace: int, actor: str) -> None:
    AuditEntry.write(workspace, actor=actor, action="signon.removed", subject=app.name, kind=app.provider)
    app.delete()


def _shown(app: SocialApp) -> SignOn:
    ways: tuple[tuple[str, str], ...]
    if app.provider == OIDC:
        ways = (("Redirect URI", reverse("openid_connect_callback", args=[app.provider_id])),)
    else:
        ways = (
            ("Entity id, metadata", reverse("saml_metadata", args=[app.client_id])),
            ("ACS URL", reverse("saml_acs", args=[app.client_id])),
        )
    return SignOn(
        app.pk,
        app.name,
        app.provider,
        LABELS[app.provider],
        tuple((label, settings.PUBLIC_URL + way) for label, way in ways),
    )
