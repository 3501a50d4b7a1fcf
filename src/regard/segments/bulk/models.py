from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from regard.customers.people.listing import Listing, restored


class BulkAction(models.Model):
    """Something done to many customers at once, by whom, and how far it is. Whose customers they are is decided while it runs."""

    class Kind(models.TextChoices):
        LIST = "list", _("Add to a list")
        TRAIT = "trait", _("Set a trait")

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    member = models.ForeignKey("workspace.Member", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind)
    segment = models.ForeignKey("segments.Segment", models.CASCADE, null=True, related_name="+")
    trait = models.CharField(max_length=200, blank=True)
    value = models.JSONField(null=True)
    #: The customers who were ticked; null: all whom the list was about.
    chosen = ArrayField(models.BigIntegerField(), null=True)
    listing_kept = models.JSONField(default=dict)
    total = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    #: Everybody up to this id has been seen to: where a job that was cut short goes on.
    reached = models.BigIntegerField(default=0)
    begun = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.total}"

    @property
    def listing(self) -> Listing:
        return restored(self.listing_kept)

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 0.0
