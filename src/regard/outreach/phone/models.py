from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.channels import Channel
from regard.outreach.phone.provider import PROVIDERS, Provider
from regard.outreach.sealed import SealedAccount
from regard.workspace.audit.models import AuditEntry

BY_PHONE = (Channel.SMS, Channel.WHATSAPP)


class PhoneAccount(SealedAccount):
    """How texts of a channel go out of a workspace, and from which number."""

    SEAL = "phone account"

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="phone_accounts")
    channel = models.CharField(max_length=16, choices=[(one.value, one.label) for one in BY_PHONE])
    provider = models.CharField(_("sent through"), max_length=24)
    sender = models.CharField(
        _("number of the sender"), max_length=64,
        help_text=_("With its country, such as +33 6 12 34 56 78; or the name or service that your provider gave you."),
    )  # fmt: skip
    per_second = models.PositiveSmallIntegerField(
        _("at most in a second"), default=1, validators=[MinValueValidator(1), MaxValueValidator(500)],
        help_text=_("What your number is allowed: 1 for an ordinary one."),
    )  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "channel"], name="phone_account_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.sender}"

    @property
    def service(self) -> Provider:
        return PROVIDERS[self.provider]

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        """Whether it works is to be seen anew."""
        self.trouble, self.tested = "", None
        self.save()
        AuditEntry.write(self.workspace_id, actor=by, action="phone.changed", subject=str(self), provider=self.provider)
