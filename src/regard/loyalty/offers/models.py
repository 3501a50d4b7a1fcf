from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from regard.workspace.audit.models import AuditEntry


class Offer(models.Model):
    """What customers can be given, once each: what it is, what it costs us, and how much of it there is."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80, help_text=_("For colleagues."))
    #: Language → what the customer gets, in words with holes; the first that is filled in serves who speaks none of them.
    texts = models.JSONField(default=dict)
    cost = models.DecimalField(
        _("what one costs us"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)], help_text=_("In the workspace’s currency.")
    )
    #: One for all; empty: each gets one of the pool.
    code = models.CharField(_("one code for all"), max_length=80, blank=True, help_text=_("Empty: each customer gets a code of their own."))
    days = models.PositiveSmallIntegerField(
        _("valid for so many days"), default=30, validators=[MinValueValidator(1), MaxValueValidator(3_650)]
    )
    most = models.PositiveIntegerField(
        _("at most so many in all"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("Empty: as many as are given.")
    )
    budget = models.DecimalField(
        _("at most so much money in all"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)],
        help_text=_("All that is given counts as if it were accepted."),
    )  # fmt: skip
    retired = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), name="offer_name_once", condition=models.Q(retired=None),
                violation_error_message=_("There is already an offer of this name."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def keep(self, *, by: str, codes: Sequence[str] = ()) -> int:
        """Save, and put codes into the pool. Returns how many of them were new."""
        action = "offer.changed" if self.pk else "offer.added"
        self.save()
        added = self.add_codes(codes)
        AuditEntry.write(self.workspace_id, actor=by, action=action, subject=self.name, cost=str(self.cost), codes=added)
        return added

    def add_codes(self, codes: Sequence[str]) -> int:
        before = self.pool.count()
        PoolCode.objects.bulk_create((PoolCode(offer=self, code=one) for one in codes), ignore_conflicts=True, batch_size=5_000)
        return self.pool.count() - before

    @transaction.atomic
    def retire(self, *, by: str, now: datetime) -> None:
        """Nobody is given it any more; what was given stays good until it ends."""
        Offer.objects.filter(pk=self.pk).update(retired=now)
        AuditEntry.write(self.workspace_id, actor=by, action="offer.retired", subject=self.name)


class PoolCode(models.Model):
    """One code of an offer, for one customer alone."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="pool", db_index=False)
    code = models.CharField(max_length=80)
    given = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "code"], name="offer_code_once")]
        indexes = [models.Index(fields=["offer", "id"], name="offer_code_left", condition=models.Q(given=None))]

    def __str__(self) -> str:
        return self.code


class Grant(models.Model):
    """A customer was given it: who, when, why, with which code and until when; and when they took it up. Of somebody erased it is nobody's:
    what it cost still counts.
    """

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="grants", db_index=False)
    profile = models.ForeignKey("customers.Profile", models.SET_NULL, null=True, related_name="+")
    #: The customer's home then, else the root: whose numbers it is in.
    unit = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    #: A member's address, a key, or a playbook's name.
    by = models.CharField(max_length=254)
    why = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=80, blank=True)
    until = models.DateTimeField()
    #: As it was then.
    cost = models.DecimalField(max_digits=12, decimal_places=2)
    accepted = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["offer", "profile"], name="offer_once_each")]
        indexes = [
            models.Index(fields=["offer", "-id"], name="grant_newest"),
            models.Index(fields=["offer", "code"], name="grant_by_code"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} for {self.profile_id}"
