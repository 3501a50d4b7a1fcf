from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    OUT = "out", _("to the customer")
    IN = "in", _("from the customer")


class Letter(models.Model):
    """A message of a case's thread. What we write is sent by its message; what is sent in is kept as text, and never as HTML."""

    case = models.ForeignKey("care.Case", models.CASCADE, related_name="letters")
    direction = models.CharField(max_length=3, choices=Direction)
    channel = models.CharField(max_length=16)
    #: Theirs: where it goes to, or came from.
    address = models.CharField(max_length=512)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField()
    by = models.CharField(max_length=254, blank=True)
    at = models.DateTimeField()
    #: What mail programs call it; a letter that comes twice is one.
    reference = models.CharField(max_length=250, blank=True)
    #: From an address that is none of the customer's: shown, and said to be so.
    foreign = models.BooleanField(default=False)
    #: Written by a machine (out of office): kept, and nothing follows from it.
    automatic = models.BooleanField(default=False)
    #: Files that came with it and are not kept, each with why.
    attachments = ArrayField(models.CharField(max_length=200), default=list)
    #: Why it was not sent, in a sentence.
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reference"], name="letter_in_once", condition=models.Q(direction="in") & ~models.Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} of {self.case_id}"
