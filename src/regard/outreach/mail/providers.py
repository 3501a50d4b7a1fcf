"""The ways mail can go out: a mail server, or a provider's HTTP interface (through django-anymail)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

INSTANCE, SMTP = "instance", "smtp"


@dataclass(frozen=True)
class Provider:
    """`fields`: what it needs to send, by the name of anymail's setting; `hook`: what it needs to prove its reports are its own."""

    name: str
    title: StrOrPromise
    fields: Mapping[str, StrOrPromise]
    hook: Mapping[str, StrOrPromise] = field(default_factory=dict)
    optional: tuple[str, ...] = ()

    @property
    def backend(self) -> str:
        return f"anymail.backends.{self.name}.EmailBackend"

    def tracking_view(self) -> Any:
        """anymail's class of view that checks and reads the provider's reports."""
        return getattr(import_module(f"anymail.webhooks.{self.name}"), f"{_VIEWS[self.name]}TrackingWebhookView")


_VIEWS = {"brevo": "Brevo", "mailgun": "Mailgun", "mailjet": "Mailjet", "postmark": "Postmark", "resend": "Resend"}
_KEY = _("API key")

PROVIDERS: dict[str, Provider] = {
    one.name: one
    for one in (
        Provider("brevo", "Brevo", {"api_key": _KEY}),
        Provider(
            "mailgun", "Mailgun", {"api_key": _KEY, "sender_domain": _("Sending domain"), "api_url": _("API address (EU: https://api.eu.mailgun.net/v3)")},
            {"webhook_signing_key": _("Webhook signing key")}, optional=("sender_domain", "api_url"),
        ),
        Provider("mailjet", "Mailjet", {"api_key": _KEY, "secret_key": _("Secret key")}),
        Provider(
            "postmark", "Postmark", {"server_token": _("Server API token"), "message_stream": _("Message stream")}, optional=("message_stream",)
        ),
        Provider("resend", "Resend", {"api_key": _KEY}),
    )
}  # fmt: skip
