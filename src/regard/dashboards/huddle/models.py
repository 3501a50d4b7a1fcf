from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Decision(models.Model):
    """What a team decided in its huddle. It stands on the agenda until it is done; handed up, it stands on that of the unit above."""

    unit = models.ForeignKey("workspace.Unit", models.CASCADE, related_name="+")
    #: The Monday of the week in which it was decided.
    week = models.DateField()
    text = models.CharField(_("decision"), max_length=300)
    owner = models.ForeignKey("workspace.Member", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who"))
    due = models.DateField(_("until"), null=True, blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)
    done = models.DateTimeField(null=True)
    #: The unit that it was handed up from.
    raised_from = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["unit", "week"], name="decision_of_unit")]

    def __str__(self) -> str:
        return self.text
