from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Strength(models.TextChoices):
    STRONG = "strong", _("strong: the same value is the same person")
    WEAK = "weak", _("weak: belongs to the first person it is seen with, and never joins two")
    NEVER = "never", _("never: shared by people, tells nobody")


class IdentityPolicy(models.Model):
    """How a workspace spells identifiers. It holds for what comes in from now on."""

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, related_name="identity_policy")
    country = models.CharField(_("country of phone numbers written without one"), max_length=2, blank=True)
    gmail_dots = models.BooleanField(_("dots and +tags in Gmail addresses make no difference"), default=False)
    roles_are_shared = models.BooleanField(_("addresses such as info@ or sales@ tell nobody"), default=True)
    shared_after = models.PositiveSmallIntegerField(
        _("customers known apart after which an e-mail address, phone number or key counts as shared"), default=5
    )

    def __str__(self) -> str:
        return f"identity policy of {self.workspace_id}"


class Namespace(models.Model):
    """A kind of identifier whose strength the workspace has decided."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=64)
    strength = models.CharField(_("strength"), max_length=6, choices=Strength, default=Strength.STRONG)
    single = models.BooleanField(_("a person has only one"), default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="namespace_once")]

    def __str__(self) -> str:
        return self.name


class Identifier(models.Model):
    """One name under which a profile is known: a namespace and a value, held by one profile of the workspace."""

    # Millions come in at a time: no index that the constraint has already, no check row by row of what is written beside it.
    workspace = models.ForeignKey(
        "workspace.Workspace", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    namespace = models.CharField(_("kind"), max_length=64)
    value = models.CharField(_("value"), max_length=512)
    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="identifiers", db_constraint=False)
    first_seen = models.DateTimeField(auto_now_add=True)
    #: Seen with so many customers known apart that it tells nobody any more. Its profile is then its own.
    shared = models.DateTimeField(_("shared since"), null=True, blank=True)
    #: An alias has said whose id this was: another alias for someone else contradicts it.
    aliased = models.BooleanField(default=False)

    class Meta:
        ordering = ["namespace", "id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "namespace", "value"], name="identifier_once")]

    def __str__(self) -> str:
        return f"{self.namespace}: {self.value}"


class Merge(models.Model):
    """Two groups of profiles were found to be one person. The standing merges of a customer form a tree; taking one away
    leaves exactly the two groups that it joined."""

    class Why(models.TextChoices):
        KEY = "key", _("the same identifier")
        ALIAS = "alias", _("an alias")
        HAND = "hand", _("joined by hand")
        DUPLICATE = "duplicate", _("accepted as a duplicate")

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    one = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+")
    other = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+")
    why = models.CharField(max_length=9, choices=Why)
    evidence = models.CharField(max_length=600, blank=True)
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    undone = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["one"], name="merge_one", condition=models.Q(undone=None)),
            models.Index(fields=["other"], name="merge_other", condition=models.Q(undone=None)),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} = {self.other_id}"


class Link(models.Model):
    """Something says that two customers are one, and something else forbids it: a person decides.

    Links are between profiles; an open one is one whose profiles are still two customers and that nobody has decided.
    """

    class Decision(models.TextChoices):
        OPEN = "", _("open")
        SAME = "same", _("the same person")
        APART = "apart", _("different people")
        SHARED = "shared", _("the identifier is shared")

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    low = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+")
    high = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+")
    namespace = models.CharField(max_length=64)
    value = models.CharField(max_length=512)
    opened = models.DateTimeField(auto_now_add=True)
    decision = models.CharField(max_length=6, choices=Decision, default=Decision.OPEN, blank=True)
    decided = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "low", "high", "namespace", "value"], name="link_once"),
        ]
        indexes = [
            models.Index(fields=["workspace", "namespace", "value"], name="link_open", condition=models.Q(decision="")),
            models.Index(fields=["low"], name="link_low", condition=models.Q(decision="")),
            models.Index(fields=["high"], name="link_high", condition=models.Q(decision="")),
            models.Index(fields=["workspace"], name="link_apart", condition=models.Q(decision="apart")),
        ]

    def __str__(self) -> str:
        return f"{self.low_id} ? {self.high_id} ({self.namespace}: {self.value})"
