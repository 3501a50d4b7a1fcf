from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heard(models.Model):
    """What respondents of a survey said, and what was done about it, as they read it on their own pages."""

    survey = models.ForeignKey("listening.Survey", models.CASCADE, related_name="heard")
    said = models.CharField(_("you said"), max_length=300)
    did = models.TextField(_("we did"), max_length=2_000)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=254)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.said
