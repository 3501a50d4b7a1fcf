from __future__ import annotations

from email.utils import formataddr

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regard.outreach.mail.providers import INSTANCE, PROVIDERS, SMTP
from regard.outreach.sealed import SealedAccount, new_hook  # noqa: F401 - the first migration names it here
from regard.workspace.audit.models import AuditEntry


class MailAccount(SealedAccount):
    """How mail of a workspace goes out, and from whom."""

    SEAL = "mail account"

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

    def __str__(self) -> str:
        return formataddr((self.sender_name, self.sender_address))

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        """Whether it works is to be seen anew."""
        self.trouble, self.tested = "", None
        self.save()
        AuditEntry.write(
            self.workspace_id, actor=by, action="mail.changed", subject=self.sender_address, kind=self.kind
        )
