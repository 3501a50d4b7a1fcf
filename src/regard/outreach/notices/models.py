from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    """How somebody hears of a kind of notice, beside the page that lists them."""

    MAIL = "mail", _("by e-mail at once")
    DIGEST = "digest", _("in a daily e-mail")
    PAGE = "page", _("only here")
    OFF = "off", _("not at all")


class Notice(models.Model):
    """Something that a member is to know. It leads to a page of ours and says no more of a customer than that page's number."""

    member = models.ForeignKey("workspace.Member", models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=24)
    #: What it is about (`case 12`): goes when that goes, and the same again within a day is no second notice.
    about = models.CharField(max_length=60)
    text = models.CharField(max_length=200)
    link = models.CharField(max_length=200)
    at = models.DateTimeField()
    seen = models.DateTimeField(null=True)
    #: Whether a mail is to tell of it, and whether one did.
    way = models.CharField(max_length=6, choices=Way)
    mailed = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["member", "-at", "-id"], name="notice_of_member"),
            models.Index(fields=["member"], name="notice_unseen", condition=models.Q(seen=None)),
            models.Index(fields=["way", "at"], name="notice_unmailed", condition=models.Q(mailed=None, way__in=["mail", "digest"])),
            models.Index(fields=["about"], name="notice_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.member_id}"


class NoticeChoice(models.Model):
    """How a member wants to hear of a kind; where they chose nothing, as the kind has it."""

    member = models.ForeignKey("workspace.Member", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    way = models.CharField(max_length=6, choices=Way)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "kind"], name="notice_choice_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.way}"
