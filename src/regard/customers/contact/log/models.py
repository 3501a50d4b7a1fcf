from __future__ import annotations

from dataclasses import dataclass

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.channels import ALL, CHANNELS_OR_ALL, Channel
from regard.workspace.audit.models import AuditEntry


@dataclass(frozen=True)
class Sender:
    """What contacts somebody: a kind (`survey`, `campaign`) and which one of that kind."""

    kind: str = ""
    id: str = ""


class What(models.TextChoices):
    CONTACT = "contact", _("they were contacted")
    ANSWER = "answer", _("they answered")
    REFUSAL = "refusal", _("they did not want to")


class ContactMade(models.Model):
    """That a customer was contacted, or answered. Frequency rules read it; it is written by `claim_contact` or `record_contact`."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+", db_index=False)  # contact_of_profile
    purpose = models.ForeignKey("customers.Purpose", models.CASCADE, related_name="+")
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    at = models.DateTimeField()
    sender_kind = models.CharField(max_length=40, blank=True)
    sender_id = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=512, blank=True)
    what = models.CharField(max_length=8, choices=What, default=What.CONTACT, db_default=What.CONTACT)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["profile", "-at"], name="contact_of_profile")]

    def __str__(self) -> str:
        return f"{self.channel} at {self.at}"


class Excess(models.TextChoices):
    DROP = "drop", _("is dropped")
    DELAY = "delay", _("waits")


class FrequencyRule(models.Model):
    """No more than `most` contacts in `days` days; what would be one more is dropped or waits. Empty means any."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    channel = models.CharField(_("channel"), max_length=16, choices=CHANNELS_OR_ALL, default=ALL)
    purpose = models.ForeignKey(
        "customers.Purpose", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("purpose")
    )
    sender_kind = models.CharField(
        _("only from"), max_length=40, blank=True, help_text=_("Such as survey or campaign. Empty: from anything.")
    )
    sender_id = models.CharField(
        _("which one"), max_length=64, blank=True, help_text=_("The id of one survey or campaign. Empty: any of them.")
    )
    most = models.PositiveIntegerField(_("at most"), validators=[MaxValueValidator(1000)])
    days = models.PositiveIntegerField(_("in days"), validators=[MinValueValidator(1), MaxValueValidator(3660)])
    excess = models.CharField(_("one more"), max_length=8, choices=Excess, default=Excess.DROP)
    counts = models.CharField(_("counted from"), max_length=8, choices=What, default=What.CONTACT, db_default=What.CONTACT)
    #: Only for customers of whom this is known; for everybody when empty.
    trait = models.CharField(
        _("only where the trait"), max_length=200, blank=True, db_default="", help_text=_("Such as plan. Empty: for everybody.")
    )  # fmt: skip
    value = models.CharField(_("is"), max_length=200, blank=True, db_default="")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.channel}: {self.most} / {self.days} d"

    @transaction.atomic
    def keep(self, *, actor: str) -> None:
        self.save()
        self._written(actor, "frequency_rule.added")

    @transaction.atomic
    def remove(self, *, actor: str) -> None:
        self._written(actor, "frequency_rule.removed")
        self.delete()

    def _written(self, actor: str, action: str) -> None:
        AuditEntry.write(
            self.workspace_id, actor=actor, action=action, subject=str(self), purpose=self.purpose.key if self.purpose else "",
            sender=f"{self.sender_kind} {self.sender_id}".strip(), excess=self.excess, counts=self.counts,
            where=f"{self.trait} = {self.value}" if self.trait else "",
        )  # fmt: skip
