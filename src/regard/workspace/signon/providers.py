"""Single sign-on as allauth keeps it (SocialApp), in the words of our forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from regard.workspace.audit.models import AuditEntry

OIDC, SAML = "openid_connect", "saml"
#: Under which names providers send what we ask for; the library's own, and plain ones.
_ATTRIBUTES: dict[str, list[str]] = {
    **SAMLProvider.default_attribute_mapping,
    "email": [*SAMLProvider.default_attribute_mapping["email"], "email", "mail", "Email", "emailAddress"],
}
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
    return bool(others.filter(provider_id=slug).exists() or others.filter(provider=SAML, client_id=slug).exists())


def as_form(app: SocialApp) -> dict[str, Any]:
    """What the form shows of a way in; never its secret."""
    if app.provider == OIDC:
        return {
            "name": app.name,
            "slug": app.provider_id,
            "server_url": app.settings.get("server_url", ""),
            "client_id": app.client_id,
            "domains": app.settings.get("domains", []),
        }
    idp = app.settings.get("idp", {})
    kept = {key: idp.get(key, "") for key in ("entity_id", "sso_url", "slo_url", "x509cert")}
    return {
        "name": app.name,
        "slug": app.client_id,
        "email_attribute": app.settings.get("email_attribute", ""),
        "domains": app.settings.get("domains", []),
        **kept,
    }


@transaction.atomic
def keep(app: SocialApp, given: dict[str, Any], *, workspace: int, actor: str) -> SocialApp:
    """Save a way in from what its form gave."""
    action = "signon.changed" if app.pk else "signon.added"
    was = _identity(app) if app.pk else None
    app.name = given["name"]
    if app.provider == OIDC:
        app.provider_id, app.client_id = given["slug"], given["client_id"]
        app.settings = {"server_url": given["server_url"], "domains": given["domains"]}
        if given["domains"]:
            app.settings["verified_email"] = given["domains"]
        if given["secret"]:
            app.secret = given["secret"]
    else:
        app.client_id, app.provider_id = given["slug"], given["entity_id"]
        idp = {key: given[key] for key in ("entity_id", "sso_url", "slo_url", "x509cert") if given[key]}
        attribute = given["email_attribute"]
        app.settings = {
            "idp": idp,
            "email_attribute": attribute,
            "attribute_mapping": {**_ATTRIBUTES, "email": [attribute] if attribute else _ATTRIBUTES["email"]},
            # SAML has no word for a verified address: an owner who connects a provider vouches for what it sends.
            "verified_email": given["domains"] or True,
            "domains": given["domains"],
            "advanced": {"strict": True, "want_assertion_signed": True, "allow_single_label_domains": True},
        }
    if was is not None and was != _identity(app):
        _forget_people(was)
    app.save()
    AuditEntry.write(workspace, actor=actor, action=action, subject=app.name, kind=app.provider)
    return app


@transaction.atomic
def remove(app: SocialApp, *, workspace: int, actor: str) -> None:
    AuditEntry.write(workspace, actor=actor, action="signon.removed", subject=app.name, kind=app.provider)
    _forget_people(_identity(app))
    app.delete()


def _identity(app: SocialApp) -> tuple[str, str, str]:
    """Which provider this is: its name in the accounts it signed in, and who answers there."""
    known_as = app.provider_id or app.provider
    return known_as, app.provider, app.settings.get("server_url") or app.settings.get("idp", {}).get("entity_id", "")


def _forget_people(identity: tuple[str, str, str]) -> None:
    """The numbers one provider gave to people mean others at the next: whoever comes back is known by their address."""
    SocialAccount.objects.filter(provider=identity[0]).delete()


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
