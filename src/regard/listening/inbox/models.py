from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class What(models.TextChoices):
    READ = "read", _("read it")
    DONE = "done", _("marked it done")
    OPEN = "open", _("opened it again")
    ASSIGNED = "assigned", _("gave it to")
    LEFT = "left", _("took it from everybody")
    TAGGED = "tagged", _("tagged it")
    UNTAGGED = "untagged", _("took off the tag")
    TEST = "test", _("marked it as a test")
    REAL = "real", _("found it to be no test")
    NOTE = "note", _("noted")
    #: Read by the respondent on their own page.
    REPLY = "reply", _("answered them")
    ASKED = "asked", _("asked for all that is kept of them")
    CHANGED = "changed", _("changed their answers")


class Handling(models.Model):
    """What one of us did with a response, and when."""

    response = models.ForeignKey("listening.Response", models.CASCADE, related_name="handlings")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=254)
    what = models.CharField(max_length=8, choices=What)
    text = models.CharField(max_length=2_000, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.what} by {self.by}"
