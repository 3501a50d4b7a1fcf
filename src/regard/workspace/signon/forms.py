from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialApp
from django import forms
from django.core.validators import URLValidator, validate_email, validate_slug
from django.utils.translation import gettext_lazy as _

from regard.workspace.signon.providers import OIDC, SAML, slug_taken

_WHOLE = URLValidator(schemes=["https", "http"], message=_("Give the whole address, beginning with https://."))


def _https(address: str) -> None:
    """Who answers at a provider's address says who people are, so the way there must be safe; on this machine it is."""
    _WHOLE(address)
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
        raise forms.ValidationError(_("The address must begin with https://."))


class DomainsField(forms.CharField):
    """Domains of mail addresses, apart by commas or spaces."""

    def __init__(self, *, help_text: object) -> None:
        super().__init__(label=_("Only addresses at"), required=False, max_length=1000, help_text=help_text)  # type: ignore[arg-type]

    def prepare_value(self, value: object) -> object:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: object) -> list[str]:
        domains = [part.lower().lstrip("@") for part in str(super().clean(value)).replace(",", " ").split()]
        for domain in domains:
            validate_email(f"someone@{domain}")
        return domains


class OidcForm(forms.Form):
    """OpenID Connect: the issuer's address, and the client that was registered there."""

    name = forms.CharField(
        label=_("Name on the button"),
        max_length=40,
        help_text=_("Such as “Microsoft” or your company’s name."),
    )
    slug = forms.CharField(
        label=_("Short name"),
        max_length=40,
        validators=[validate_slug],
        help_text=_("Part of the address your provider returns to."),
    )
    server_url = forms.CharField(
        label=_("Issuer"),
        validators=[_https],
        help_text=_("Where /.well-known/openid-configuration is found."),
    )
    client_id = forms.CharField(label=_("Client id"), max_length=191)
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=191,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("It is never shown again. Leave it empty to keep the one that is set."),
    )
    domains = DomainsField(
        help_text=_(
            "Such as example.com. Addresses there count as proved, all others are refused. Needed where the provider "
            "does not say itself that it has verified an address (Microsoft Entra). Empty: what it has verified."
        )
    )

    def __init__(self, *args: Any, app: SocialApp | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.app = app

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if slug_taken(slug, but=self.app):
            raise forms.ValidationError(_("Another sign-on has this short name."))
        return slug


class SamlForm(forms.Form):
    """SAML 2.0: what the identity provider publishes about itself."""

    name = forms.CharField(label=_("Name on the button"), max_length=40)
    slug = forms.CharField(
        label=_("Short name"),
        max_length=40,
        validators=[validate_slug],
        help_text=_("Part of the addresses you register at your provider."),
    )
    entity_id = forms.CharField(label=_("Entity id of the provider"), max_length=191)
    sso_url = forms.CharField(label=_("Sign-in address"), validators=[_https])
    slo_url = forms.CharField(label=_("Sign-out address"), required=False, validators=[_https])
    x509cert = forms.CharField(
        label=_("Certificate"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("The X.509 certificate it signs with, in PEM."),
    )
    email_attribute = forms.CharField(
        label=_("Attribute with the e-mail"), required=False, help_text=_("Empty: the usual ones.")
    )
    domains = DomainsField(help_text=_("Such as example.com; it may speak for no others. Empty: for every address."))

    def __init__(self, *args: Any, app: SocialApp | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.app = app

    def clean_entity_id(self) -> str:
        entity = str(self.cleaned_data["entity_id"])
        if slug_taken(entity, but=self.app):
            raise forms.ValidationError(_("Another sign-on has this entity id."))
        return entity

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if slug_taken(slug, but=self.app):
            raise forms.ValidationError(_("Another sign-on has this short name."))
        return slug


FORMS: dict[str, type[OidcForm] | type[SamlForm]] = {OIDC: OidcForm, SAML: SamlForm}
