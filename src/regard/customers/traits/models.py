from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: The source of what a person of ours wrote down by hand.
BY_HAND = 0


class Trait(models.Model):
    """What a workspace says of one trait: what kind of value it has, how it is shown, whom to believe about it.

    Traits come in as sources say them, with or without an entry here. With one, what does not fit its kind is not believed.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        MONEY = "money", _("money")
        DATE = "date", _("date")
        BOOLEAN = "boolean", _("yes or no")
        CHOICE = "choice", _("one of a few")
        LIST = "list", _("list")

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=200, help_text=_("As sources spell it."))
    title = models.CharField(_("shown as"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.TEXT)
    #: Of one of a few: the values, as they are to be spelt.
    options = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, validators=[RegexValidator(r"^[A-Z]{3}$", _("Three letters, such as EUR."))]
    )  # fmt: skip
    #: Whether it says who somebody is; null: told by its name.
    personal = models.BooleanField(_("says who somebody is"), null=True, blank=True)
    #: Whom to believe about this trait; empty: as about every other.
    trust = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="trait_once")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title or self.name

    @classmethod
    def of(cls, workspace: int) -> dict[str, Trait]:
        return {one.name: one for one in cls.objects.filter(workspace_id=workspace)}

    @property
    def read_as(self) -> dict[str, Any]:
        """As `fitting` takes it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "options": self.options,
            "trust": trusted(self.trust) if self.trust else None,
        }


class Saying(models.Model):
    """What one source says now of one profile: {trait: {"v": value, "at": when it said so last, "since": when first, if earlier}}.

    A value of null says that there is none. What a customer's traits are follows from the sayings of all their profiles by
    `fold`, so that joining people and taking them apart loses nothing.
    """

    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="sayings")
    source = models.PositiveIntegerField()
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "source"], name="saying_once")]

    def __str__(self) -> str:
        return f"source {self.source} of #{self.profile_id}"


class PastTrait(models.Model):
    """What a source said before it said something else."""

    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="past_traits")
    source = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    value = models.JSONField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["profile", "name"], name="past_trait")]

    def __str__(self) -> str:
        return f"{self.name} until {self.until}"


class TrustOrder(models.Model):
    """Which source is believed when several disagree: the first listed; those not listed come after, the newest word first."""

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, related_name="trust_order")
    sources = ArrayField(models.PositiveIntegerField(), default=list)

    def __str__(self) -> str:
        return f"trust of {self.workspace_id}"

    @classmethod
    def of(cls, workspace: int) -> list[int]:
        return trusted(cls.objects.filter(workspace_id=workspace).values_list("sources", flat=True).first() or [])


def different(options: Iterable[str]) -> list[str]:
    """What may be chosen, without blanks, each once as it is spelt first."""
    found: dict[str, str] = {}
    for option in map(str.strip, options):
        if option:
            found.setdefault(option.casefold(), option)
    return list(found.values())


def trusted(listed: list[int]) -> list[int]:
    """What was written by hand is believed first unless it is listed elsewhere."""
    return listed if BY_HAND in listed else [BY_HAND, *listed]


class Refold(models.Model):
    """Working out anew what is believed of every customer, after kinds or trust have changed: how far it is."""

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, related_name="+")
    asked = models.DateTimeField(default=timezone.now)
    reached = models.BigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    finished = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"refold of {self.workspace_id}"

    @property
    def share(self) -> float:
        return min(self.done / self.total, 1.0) if self.total else 0.0
