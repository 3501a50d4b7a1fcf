from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialApp
from django import forms
from django.core.validators import URLValidator, validate_slug
from django.utils.translation import gettext_lazy as _

from regard.workspace.signon.providers import OIDC, SAML, slug_taken

_HTTPS = URLValidator(schemes=["https", "http"], message=_("Give the whole address, beginning with https://."))


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
        validators=[_HTTPS],
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
    sso_url = forms.CharField(label=_("Sign-in address"), validators=[_HTTPS])
    slo_url = forms.CharField(label=_("Sign-out address"), required=False, validators=[_HTTPS])
    x509cert = forms.CharField(
        label=_("Certificate"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("The X.509 certificate it signs with, in PEM."),
    )
    email_attribute = forms.CharField(
        label=_("Attribute with the e-mail"), required=False, help_text=_("Empty: the usual ones.")
    )

    def __init__(self, *args: Any, app: SocialApp | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.app = app

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if slug_taken(slug, but=self.app):
            raise forms.ValidationError(_("Another sign-on has this short name."))
        return slug


FORMS: dict[str, type[OidcForm] | type[SamlForm]] = {OIDC: OidcForm, SAML: SamlForm}
