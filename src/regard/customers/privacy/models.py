from __future__ import annotations

import json

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.needles import Needles
from regard.workspace.sealing import keys_for


class Erasure(models.Model):
    """That customers were taken out of everything Regard keeps: who asked, what went, and the proof. It names nobody itself."""

    class Mode(models.TextChoices):
        ERASE = "erase", _("erased: the person and what they said")
        ANONYMISE = "anonymise", _("anonymised: the person goes, their scores stay")

    class Ground(models.TextChoices):
        ASKED = "asked", _("they asked for it")
        ENDED = "ended", _("they are no longer a customer")
        MISTAKE = "mistake", _("kept by mistake")
        RETENTION = "retention", _("kept long enough")
        RESTORED = "restored", _("an older backup had brought them back")

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    mode = models.CharField(_("what goes"), max_length=9, choices=Mode, default=Mode.ERASE)
    ground = models.CharField(_("why"), max_length=9, choices=Ground, default=Ground.ASKED)
    customers = models.PositiveIntegerField(default=1)
    profiles = ArrayField(models.BigIntegerField(), default=list)
    by = models.CharField(max_length=254)
    asked = models.DateTimeField(auto_now_add=True)
    begun = models.DateTimeField(null=True)
    #: Taken out of everything that can be read.
    done = models.DateTimeField(null=True)
    #: Searched for and not found, neither by reading nor in what the engine still had on disk.
    proven = models.DateTimeField(null=True)
    step = models.CharField(max_length=40, blank=True)
    removed = models.JSONField(default=dict, help_text="keeper → pieces that went")
    left = models.JSONField(default=dict, help_text="place → hits of the last search")
    failed = models.CharField(max_length=400, blank=True)
    #: What is searched for, sealed, until it is proven that nothing is left: by then nobody else knows it any more.
    sought = models.TextField(blank=True)
    salt = models.CharField(max_length=32, blank=True, help_text="until it is done")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"erasure {self.pk}"

    @property
    def needles(self) -> Needles:
        return Needles(tuple(json.loads(keys_for("erasure").decrypt(self.sought)))) if self.sought else Needles()

    def seek(self, needles: Needles) -> None:
        self.sought = keys_for("erasure").encrypt(json.dumps(needles.plain).encode()).decode() if needles.plain else ""

    @property
    def hits(self) -> int:
        return sum(self.left.values())

    @property
    def pieces(self) -> int:
        return sum(self.removed.values())


class ErasedKey(models.Model):
    """A key that named somebody who was erased, as a keyed hash. What is older than `at` is not taken in again."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+", db_index=False)
    hash = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "hash"], name="erased_key_once")]

    def __str__(self) -> str:
        return f"{self.hash} at {self.at}"


class RetentionRule(models.Model):
    """How long a workspace keeps a kind of data. Without a rule it is kept for ever."""

    class Kind(models.TextChoices):
        INTERACTIONS = "interactions", _("What customers lived through: calls, visits, orders …")
        ANSWERS = "answers", _("Answers, with their scores")
        COMMENTS = "comments", _("What customers wrote; the scores stay")
        CONTACTS = "contacts", _("The log of messages and calls to customers")
        REFUSED = "refused", _("Events and rows that could not be used")
        TRAITS = "traits", _("What traits were before")
        CUSTOMERS = "customers", _("Customers nothing was heard of since, whole")

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    kind = models.CharField(_("what"), max_length=16, choices=Kind)
    days = models.PositiveIntegerField(
        _("kept for so many days"), validators=[MinValueValidator(1), MaxValueValidator(36_500)]
    )
    anonymise = models.BooleanField(
        _("keep the scores of customers"),
        default=False,
        help_text=_("Only for whole customers: they go, what they scored stays."),
    )
    carried_out = models.DateTimeField(null=True)
    went = models.PositiveBigIntegerField(default=0, help_text="the last time")

    class Meta:
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "kind"],
                name="retention_once",
                violation_error_message=_("There is a rule for that already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.days} days"
