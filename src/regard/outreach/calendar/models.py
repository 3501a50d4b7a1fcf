from __future__ import annotations

import secrets

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.workspace.audit.models import AuditEntry
from regard.workspace.keys.models import hash_key
from regard.workspace.members.models import Member

PREFIX = "rgc_"


class Of(models.TextChoices):
    MINE = "mine", _("what is mine")
    UNITS = "units", _("what is mine, and what is due at the units that I answer for")


class Feed(models.Model):
    """A member's address for calendar programs: shown once, kept as a hash, good as long as they are a member."""

    member = models.OneToOneField("workspace.Member", models.CASCADE, related_name="+")
    key_hash = models.CharField(max_length=64, unique=True)
    of = models.CharField(_("with"), max_length=5, choices=Of, default=Of.MINE)
    made = models.DateTimeField(default=timezone.now)
    #: When a program asked last.
    read = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"calendar of {self.member_id}"

    @classmethod
    @transaction.atomic
    def renew(cls, member: Member, *, of: str) -> str:
        """The secret of its address, which cannot be had again; an address that there was works no more."""
        secret = PREFIX + secrets.token_urlsafe(24)
        cls.objects.update_or_create(member=member, defaults={"key_hash": hash_key(secret), "of": of, "made": timezone.now(), "read": None})
        AuditEntry.write(member.workspace_id, actor=member.user.email, action="calendar.renewed", subject=str(member.user))
        return secret

    @classmethod
    @transaction.atomic
    def end(cls, member: Member) -> None:
        if cls.objects.filter(member=member).delete()[0]:
            AuditEntry.write(member.workspace_id, actor=member.user.email, action="calendar.ended", subject=str(member.user))

    @classmethod
    def find(cls, secret: str) -> Feed | None:
        """Of somebody who is still a member and may sign in."""
        found = cls.objects.filter(key_hash=hash_key(secret), member__left=None, member__user__is_active=True)
        return found.select_related("member__user", "member__workspace").first()
