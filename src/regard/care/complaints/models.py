from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from regard.care.complaints.deadlines import Length, NoLength, read_length
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Role


def is_length(text: str) -> None:
    try:
        read_length(text)
    except NoLength:
        raise ValidationError(_("Write a length as 24 hours, 10 days, 20 working days or 8 weeks.")) from None


class ComplaintRule(models.Model):
    """What a regulator, or the company itself, promises to those who complain. Cases keep the moments that followed from it."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    #: Where it holds, and below; of several the nearest.
    unit = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("it holds at"))
    #: One of them does; the rest hold where somebody chooses them.
    everywhere = models.BooleanField(_("it holds wherever no other does"), default=False)
    acknowledge = models.CharField(_("acknowledged within"), max_length=20, validators=[is_length], default="24 hours")
    update = models.CharField(
        _("customer kept informed every"), max_length=20, blank=True, validators=[is_length], help_text=_("Empty: no such promise."),
    )  # fmt: skip
    answer = models.CharField(_("final response within"), max_length=20, validators=[is_length], default="20 working days")
    extended = models.CharField(
        _("at the latest, where it is said why"), max_length=20, blank=True, validators=[is_length],
        help_text=_("From when it was received. Empty: it cannot be put off."),
    )  # fmt: skip
    authority = models.CharField(_("ombudsman"), max_length=120, blank=True, help_text=_("Whom the customer may go to next. Empty: nobody."))
    website = models.URLField(_("their website"), max_length=200, blank=True)
    refer_months = models.PositiveSmallIntegerField(
        _("months to go there after our final response"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )  # fmt: skip
    source = models.CharField(_("where it is written"), max_length=300, blank=True)
    retired = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), name="complaint_rule_once", condition=models.Q(retired=None),
                violation_error_message=_("There is already a rule of this name."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def length(self, name: str) -> Length | None:
        text: str = getattr(self, name)
        return read_length(text) if text else None

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        if self.everywhere:
            ComplaintRule.objects.filter(workspace=self.workspace).update(everywhere=False)
        self.save()
        terms = {name: getattr(self, name) for name in ("acknowledge", "update", "answer", "extended", "authority")}
        AuditEntry.write(self.workspace_id, actor=by, action="complaint_rule.saved", subject=self.name, **terms)


class Via(models.TextChoices):
    FORM = "form", _("complaint form")
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("phone")
    LETTER = "letter", _("letter")
    PERSON = "person", _("in person")
    CHAT = "chat", _("chat")
    SOCIAL = "social", _("social media")
    REVIEW = "review", _("review")
    SURVEY = "survey", _("survey")
    OTHER = "other", _("another way")


#: How a complaint came in, by the channel of the case.
VIA_OF = {"e-mail": Via.EMAIL, "phone": Via.PHONE, "chat": Via.CHAT, "social": Via.SOCIAL, "store": Via.PERSON, "post": Via.LETTER}


class Remedy(models.TextChoices):
    UNKNOWN = "", _("not said")
    EXPLANATION = "explanation", _("an explanation")
    APOLOGY = "apology", _("an apology")
    PUT_RIGHT = "put right", _("that it is put right")
    REFUND = "refund", _("money back")
    COMPENSATION = "compensation", _("compensation")
    CANCEL = "cancel", _("to end the contract")
    OTHER = "other", _("something else")


class Complaint(models.Model):
    """A case that is a complaint (ISO 10002). Its stages follow from what was done, which stands in rows of its own."""

    case = models.OneToOneField("care.Case", models.CASCADE, related_name="complaint")
    #: When it reached the company, which may be before it was entered here: deadlines count from then.
    received = models.DateTimeField()
    via = models.CharField(max_length=8, choices=Via)
    remedy = models.CharField(_("what they ask for"), max_length=12, choices=Remedy, blank=True)
    wish = models.CharField(_("in their words"), max_length=500, blank=True)
    #: Who complains and how to reach them, as they said it: nobody has checked it.
    complainant = models.CharField(max_length=300, blank=True)
    rule = models.ForeignKey(ComplaintRule, models.PROTECT, related_name="+")
    by = models.CharField(max_length=254)

    acknowledge_by = models.DateTimeField()
    acknowledged = models.DateTimeField(null=True)
    #: How: by a letter, or on the phone.
    acknowledged_how = models.CharField(max_length=200, blank=True)
    #: When the customer is to hear again how it stands; None without such a promise, and once it is answered.
    update_by = models.DateTimeField(null=True)
    answer_by = models.DateTimeField()
    #: The final response went out.
    answered = models.DateTimeField(null=True)
    #: The customer took it back, or took what was offered before it was decided.
    withdrawn = models.DateTimeField(null=True)
    warned = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["answer_by"], name="complaint_to_answer", condition=models.Q(answered=None, withdrawn=None)),
            models.Index(fields=["acknowledge_by"], name="complaint_to_acknowledge", condition=models.Q(acknowledged=None, withdrawn=None)),
            models.Index(fields=["update_by"], name="complaint_to_update", condition=~models.Q(update_by=None)),
            models.Index(fields=["received"], name="complaint_received"),
        ]

    def __str__(self) -> str:
        return f"complaint {self.case_id}"

    @property
    def done(self) -> bool:
        """Nothing is owed to the customer any more: the case may be closed."""
        return self.answered is not None or self.withdrawn is not None


class Severity(models.IntegerChoices):
    MINOR = 1, _("minor: a nuisance")
    MODERATE = 2, _("moderate: time or money was lost")
    SERIOUS = 3, _("serious: much was lost, or somebody was hurt")


class Assessment(models.Model):
    """How grave it is, as it looks at first; another one later stands beside it. What ISO 10002 has looked at in the beginning."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="assessments")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, default=Severity.MINOR)
    safety = models.BooleanField(_("somebody’s safety is at stake"), default=False)
    complex = models.BooleanField(_("complex: several units or others are needed"), default=False)
    wide = models.BooleanField(_("others may be affected, too"), default=False)
    vulnerable = models.BooleanField(_("the customer is in a vulnerable situation"), default=False)
    urgent = models.BooleanField(_("something has to be done at once"), default=False)
    text = models.TextField(_("why"), blank=True, max_length=5_000)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"severity {self.severity} of {self.complaint_id}"


class Finding(models.Model):
    """Something that the investigation found."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="findings")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"finding of {self.complaint_id}"


class Extension(models.Model):
    """It takes longer, the customer was told why, and until when."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="extensions")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    until = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.complaint_id} until {self.until}"


class Ruling(models.TextChoices):
    UPHELD = "upheld", _("upheld")
    PARTLY = "partly", _("partly upheld")
    REJECTED = "rejected", _("not upheld")


class Ruled(models.Model):
    """What was decided about it, and why. The last one counts."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="rulings")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    ruling = models.CharField(_("the complaint is"), max_length=8, choices=Ruling)
    #: The customer reads them.
    reasons = models.TextField(_("reasons"), max_length=10_000)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.ruling}: {self.complaint_id}"


class RedressKind(models.TextChoices):
    REFUND = "refund", _("refund")
    COMPENSATION = "compensation", _("compensation")
    GOODWILL = "goodwill", _("goodwill")
    VOUCHER = "voucher", _("voucher or credit")


class Redress(models.Model):
    """Money for a customer: proposed by somebody, approved by somebody who may, paid. What is within the proposer's limit is approved by that."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="redress")
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


class Answer(models.Model):
    """A final response as the customer got it. After a case was opened again there may be another."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="answers")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    text = models.TextField()
    #: How it went out: the letter of the case, or another way (by post).
    letter = models.ForeignKey("care.Letter", models.SET_NULL, null=True, related_name="+")
    how = models.CharField(max_length=200, blank=True)
    #: Until when the customer may go to the ombudsman; None where there is none, or no such end.
    refer_until = models.DateField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"answer to {self.complaint_id}"


class Referral(models.Model):
    """The customer went to the ombudsman with it, and what came of that."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="referrals")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    authority = models.CharField(_("to"), max_length=120)
    reference = models.CharField(_("their reference"), max_length=100, blank=True)
    decided = models.DateTimeField(null=True)
    #: Whether the ombudsman changed what we decided.
    overturned = models.BooleanField(null=True)
    outcome = models.TextField(blank=True, max_length=5_000)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.complaint_id} at {self.authority}"


class EvidencePack(models.Model):
    """That a pack of evidence was given out, and what its chain ended in: the same hash stands in the audit log."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="packs")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    entries = models.PositiveIntegerField()
    head = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["head"], name="evidence_by_head")]

    def __str__(self) -> str:
        return self.head


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


def _token() -> str:
    return secrets.token_urlsafe(12)


class ComplaintDoor(models.Model):
    """The public page on which anybody can complain."""

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, related_name="+")
    token = models.CharField(max_length=32, unique=True, default=_token)
    opened = models.DateTimeField(null=True)
    queue = models.ForeignKey("care.Queue", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("complaints go to the queue"))
    words = models.TextField(
        _("above the form"), blank=True, max_length=2_000, help_text=_("Such as how you handle complaints. Customers read it as it stands.")
    )

    def __str__(self) -> str:
        return self.token

    @transaction.atomic
    def keep(self, *, by: str, opened: datetime | None) -> None:
        self.opened = opened
        self.save()
        more: dict[str, Any] = {"open": opened is not None}
        AuditEntry.write(self.workspace_id, actor=by, action="complaint_form.saved", **more)
