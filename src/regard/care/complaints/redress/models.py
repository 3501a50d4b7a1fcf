from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from regard.workspace.members.models import Member
from regard.workspace.members.rights import Role


class RedressKind(models.TextChoices):
    REFUND = "refund", _("refund")
    COMPENSATION = "compensation", _("compensation")
    GOODWILL = "goodwill", _("goodwill")
    VOUCHER = "voucher", _("voucher or credit")


class Redress(models.Model):
    """Money for a customer: proposed by somebody, approved by somebody who may, paid. What is within the proposer's limit is approved by that."""

    complaint = models.ForeignKey("care.Complaint", models.CASCADE, related_name="redress")
    kind = models.CharField(_("kind"), max_length=12, choices=RedressKind, default=RedressKind.COMPENSATION)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))])
    reason = models.CharField(_("for"), max_length=500)
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    approved = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=254, blank=True)
    refused = models.DateTimeField(null=True)
    refused_by = models.CharField(max_length=254, blank=True)
    #: Why it was refused.
    refusal = models.CharField(max_length=500, blank=True)
    paid = models.DateTimeField(null=True)
    paid_by = models.CharField(max_length=254, blank=True)
    #: What the books call it.
    reference = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["at"], name="redress_waiting", condition=models.Q(approved=None, refused=None))]

    def __str__(self) -> str:
        return f"{self.amount} for {self.complaint_id}"

    @property
    def waits(self) -> bool:
        return self.approved is None and self.refused is None


#: What somebody may approve where nothing else is set; None is any amount.
_LIMITS: dict[str, Decimal | None] = {
    Role.OWNER: None, Role.ADMIN: None, Role.MANAGER: Decimal(500), Role.ANALYST: Decimal(0), Role.AGENT: Decimal(50), Role.VIEWER: Decimal(0),
}  # fmt: skip


class RedressLimit(models.Model):
    """How much a role may give to a customer without asking anybody."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    role = models.CharField(max_length=8, choices=Role)
    #: None: any amount.
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "role"], name="redress_limit_once")]

    def __str__(self) -> str:
        return f"{self.role}: {self.amount}"


def limits(workspace: int) -> dict[str, Decimal | None]:
    """Role → how much; None is any amount."""
    return _LIMITS | dict(RedressLimit.objects.filter(workspace=workspace).values_list("role", "amount"))


def within_limit(member: Member, amount: Decimal) -> bool:
    most = limits(member.workspace_id)[member.role]
    return most is None or amount <= most
