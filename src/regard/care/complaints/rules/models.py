from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from regard.care.complaints.deadlines import Length, NoLength, read_length
from regard.workspace.audit.models import AuditEntry


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
