from __future__ import annotations

import secrets
from email.utils import formataddr
from typing import Any

import msgspec
from cryptography.fernet import InvalidToken
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regard.outreach.mail.providers import INSTANCE, PROVIDERS, SMTP
from regard.workspace.audit.models import AuditEntry
from regard.workspace.sealing import keys_for

_SEAL = "mail account"


class Unreadable(Exception):
    """The settings were sealed with another signing key. The message says what to do."""


def new_hook() -> str:
    return secrets.token_urlsafe(24)


class MailAccount(models.Model):
    """How mail of a workspace goes out, and from whom."""

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, related_name="mail_account")
    kind = models.CharField(
        _("sent through"), max_length=16,
        choices=[
            (INSTANCE, _("this server’s own mail settings")), (SMTP, _("a mail server (SMTP)")),
            *((one.name, one.title) for one in PROVIDERS.values()),
        ],
    )  # fmt: skip
    sender_name = models.CharField(_("name of the sender"), max_length=80)
    sender_address = models.EmailField(_("address of the sender"))
    reply_to = models.EmailField(_("answers go to"), blank=True, help_text=_("Empty: to the sender."))
    return_path = models.EmailField(
        _("returned mail goes to"), blank=True,
        help_text=_("A mailbox for what cannot be delivered. Each message gets its own address in it (name+…@)."),
    )  # fmt: skip
    per_second = models.PositiveSmallIntegerField(
        _("at most in a second"), default=50, validators=[MinValueValidator(1)], help_text=_("What your provider allows.")
    )  # fmt: skip
    sealed = models.TextField(blank=True)
    #: In the address that a provider reports to, and that returned mail is handed to.
    hook = models.CharField(max_length=40, unique=True, default=new_hook)
    changed = models.DateTimeField(auto_now=True)
    tested = models.DateTimeField(null=True)
    #: Why it does not work at the moment, in a sentence; empty while it does.
    trouble = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return formataddr((self.sender_name, self.sender_address))

    @property
    def settings(self) -> dict[str, Any]:
        """Raises Unreadable."""
        if not self.sealed:
            return {}
        try:
            read: dict[str, Any] = msgspec.json.decode(keys_for(_SEAL).decrypt(self.sealed.encode()))
        except InvalidToken:
            raise Unreadable(
                _("The settings of sending were encrypted with another signing key (REGARD_SECRET_KEY or secret.key): enter them again.")
            ) from None  # fmt: skip
        return read

    @settings.setter
    def settings(self, given: dict[str, Any]) -> None:
        self.sealed = keys_for(_SEAL).encrypt(msgspec.json.encode(given)).decode()

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        """Whether it works is to be seen anew."""
        self.trouble, self.tested = "", None
        self.save()
        AuditEntry.write(
            self.workspace_id, actor=by, action="mail.changed", subject=self.sender_address, kind=self.kind
        )
