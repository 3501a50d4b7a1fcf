from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from regard.customers.people.listing import Listing, restored


class SavedView(models.Model):
    """A list of customers under a name: what it is filtered by, what it shows, in what order. Its member's own, or the workspace's."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    member = models.ForeignKey("workspace.Member", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    shared = models.BooleanField(_("everybody in the workspace may use it"), default=False)
    listing_kept = models.JSONField(default=dict)
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "member", Lower("name"), name="saved_view_once", violation_error_message=_("You have a view of this name already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def listing(self) -> Listing:
        return restored(self.listing_kept)

    @property
    def address(self) -> str:
        return f"?view={self.pk}&{self.listing.query()}"
