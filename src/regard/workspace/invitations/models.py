from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.models import Member, User
from regard.workspace.members.rights import Role

LASTS = timedelta(days=7)


class InvitationRefused(ValueError):
    """The invitation cannot be taken; the message says why."""


class Invitation(models.Model):
    """A seat in a workspace, bound to one e-mail address. The link's secret is stored as a hash only."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    units = models.ManyToManyField("workspace.Unit", verbose_name=_("units"))
    token_hash = models.CharField(max_length=64, unique=True)
    sent_by = models.ForeignKey("workspace.User", models.SET_NULL, null=True, related_name="+")
    sent = models.DateTimeField(default=timezone.now)
    taken = models.DateTimeField(null=True)
    withdrawn = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-sent"]

    def __str__(self) -> str:
        return self.email

    @classmethod
    @transaction.atomic
    def send(
        cls, *, workspace_id: int, email: str, role: str, units: list[int], sent_by: User
    ) -> tuple[Invitation, str]:
        """Returns the invitation and the secret for its link, which cannot be had again."""
        secret = secrets.token_urlsafe(24)
        cls.withdraw_all(workspace_id, email)
        invitation = cls.objects.create(
            workspace_id=workspace_id,
            email=email.strip().lower(),
            role=role,
            sent_by=sent_by,
            token_hash=_hash(secret),
        )
        invitation.units.set(units)
        AuditEntry.write(workspace_id, actor=sent_by.email, action="invitation.sent", subject=email, role=role)
        return invitation, secret

    @classmethod
    def withdraw_all(cls, workspace_id: int, email: str) -> None:
        """The last word counts: an earlier link must not give a role that was thought better of, nor bring back who left."""
        live = cls.objects.filter(workspace_id=workspace_id, email=email.strip().lower(), taken=None, withdrawn=None)
        live.update(withdrawn=timezone.now())

    @classmethod
    def open_for(cls, secret: str) -> Invitation | None:
        """The invitation behind a link, while it can be taken."""
        return cls.objects.filter(
            token_hash=_hash(secret), taken=None, withdrawn=None, sent__gt=timezone.now() - LASTS
        ).select_related("workspace").first()  # fmt: skip

    @classmethod
    def waiting_for(cls, email: str) -> Invitation | None:
        """The newest open invitation for an address (single sign-on has proved it)."""
        live = cls.objects.filter(
            email=email.strip().lower(), taken=None, withdrawn=None, sent__gt=timezone.now() - LASTS
        )
        return live.order_by("-sent").first()

    @transaction.atomic
    def take(self, user: User) -> Member:
        """Make `user` a member. Raises InvitationRefused when it was meant for someone else or is used up."""
        current = Invitation.objects.select_for_update().get(pk=self.pk)
        if user.email.lower() != current.email.lower():
            raise InvitationRefused(
                _("This invitation is for %(email)s. Sign in with that address.") % {"email": current.email}
            )
        if current.taken or current.withdrawn or current.sent < timezone.now() - LASTS:
            raise InvitationRefused(_("This invitation can no longer be used. Ask for a new one."))
        member, _created = Member.objects.update_or_create(
            workspace_id=current.workspace_id, user=user, defaults={"role": current.role, "left": None}
        )
        member.units.set(current.units.all())
        current.taken = timezone.now()
        current.save(update_fields=["taken"])
        AuditEntry.write(
            current.workspace_id,
            actor=user.email,
            action="member.joined",
            subject=user.email,
            role=member.role,
        )
        return member

    @transaction.atomic
    def withdraw(self, *, actor: str) -> None:
        self.withdrawn = timezone.now()
        self.save(update_fields=["withdrawn"])
        AuditEntry.write(
            self.workspace_id, actor=actor, action="invitation.withdrawn", subject=self.email, role=self.role
        )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
