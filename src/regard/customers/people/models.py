from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from regard.warehouse.scope import Scope


class ProfileQuerySet(models.QuerySet["Profile"]):
    def within(self, scope: Scope) -> ProfileQuerySet:
        """Profiles of the workspace. Which of them a member of some units may see also depends on the ledger: `visible`."""
        return self.filter(workspace_id=scope.workspace)

    def customers(self) -> ProfileQuerySet:
        """One row a person: profiles that were merged into another are left out, and those of accounts."""
        return self.filter(merged_into=None, is_account=False)


class Profile(models.Model):
    """A person as first seen. The ledger keeps this id for ever; whose it is today says `merged_into`."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="profiles", db_index=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    traits = models.JSONField(default=dict, blank=True)
    home_unit = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, blank=True, related_name="+")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", db_index=False)
    #: The profile of an account, so that what happens to the account alone stands in the ledger too. No person.
    is_account = models.BooleanField(default=False, db_default=False)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[Profile]] = ProfileQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-id"], name="profile_newest"),
            # The beginning of a name, where ClickHouse cannot be asked.
            models.Index(
                "workspace",
                OpClass(Upper("name"), name="text_pattern_ops"),
                name="profile_name",
                condition=~models.Q(name=""),
            ),
            models.Index(fields=["merged_into"], name="profile_merged", condition=models.Q(merged_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def customer_id(self) -> int:
        """Whose profile this is today."""
        return self.merged_into_id or self.pk

    def profile_ids(self) -> list[int]:
        """Every profile that is this customer's: the keys of their ledger rows."""
        return [self.pk, *Profile.objects.filter(merged_into=self.pk).values_list("pk", flat=True)]


def profile_ids(customers: Iterable[int]) -> list[int]:
    ids = list(customers)
    return [*ids, *Profile.objects.filter(merged_into__in=ids).values_list("pk", flat=True)]
