from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.warehouse.scope import Scope
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.rights import COMPANY_WIDE, RIGHTS, Right, Role, may_grant
from regard.workspace.units.models import at_and_below


class MemberRefused(ValueError):
    """The member cannot be changed so; the message says why."""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do stands in their memberships, never here."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email


class Member(models.Model):
    """A user in a workspace, with one role at one or more units."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    units = models.ManyToManyField("workspace.Unit", related_name="members", verbose_name=_("units"))
    joined = models.DateTimeField(auto_now_add=True)
    left = models.DateTimeField(
        null=True, blank=True, help_text=_("A member who left keeps their history and loses every right.")
    )

    class Meta:
        ordering = ["user__email"]
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    @property
    def rights(self) -> frozenset[Right]:
        if self.left is not None:
            return frozenset()
        granted = RIGHTS[self.role]
        return granted if self.at_root else granted - COMPANY_WIDE

    @property
    def at_root(self) -> bool:
        return any(unit.parent_id is None for unit in self.units.all())

    def may(self, right: Right) -> bool:
        return right in self.rights

    def scope(self) -> Scope:
        """The rows this member may see: their units and below, by today's tree."""
        masked = self.role in self.workspace.masked_roles
        if self.at_root:  # everything, without listing it
            return Scope(workspace=self.workspace_id, masked=masked)
        units = {unit.id for unit in self.units.all()}
        return Scope(workspace=self.workspace_id, units=at_and_below(self.workspace_id, units), masked=masked)

    @transaction.atomic
    def change(self, *, role: str, units: list[int], by: Member) -> None:
        """Give another role or other units. Raises MemberRefused above the giver's own rank or for the last owner."""
        self._hold(by)
        if not may_grant(by.role, role):
            raise MemberRefused(_("You cannot give a role above your own."))
        if role != Role.OWNER:
            self._spare_last_owner()
        was = self.role
        self.role = role
        self.save(update_fields=["role"])
        self.units.set(units)
        AuditEntry.write(
            self.workspace_id,
            actor=by.user.email,
            action="member.changed",
            subject=self.user.email,
            was=was,
            role=role,
            units=units,
        )

    @transaction.atomic
    def leave(self, *, by: Member) -> None:
        """Take every right away at once, and end their sessions when this was their only workspace."""
        self._hold(by)
        self._spare_last_owner()
        self.left = timezone.now()
        self.save(update_fields=["left"])
        self.workspace.invitations.model.withdraw_all(self.workspace_id, self.user.email)
        if not self.user.memberships.filter(left=None).exists():
            end_sessions(self.user_id)
        AuditEntry.write(
            self.workspace_id,
            actor=by.user.email,
            action="member.left",
            subject=self.user.email,
            role=self.role,
        )

    def _hold(self, by: Member) -> None:
        """Lock the workspace's owners, so that two of them cannot depose each other in the same moment."""
        list(Member.objects.select_for_update().filter(workspace_id=self.workspace_id, role=Role.OWNER).order_by("pk"))
        self.refresh_from_db(fields=["role", "left"])
        if not may_grant(by.role, self.role):
            raise MemberRefused(_("Only someone of their rank or above can do this."))

    def _spare_last_owner(self) -> None:
        others = Member.objects.filter(workspace_id=self.workspace_id, role=Role.OWNER, left=None, user__is_active=True)
        if self.role == Role.OWNER and not others.exclude(pk=self.pk).exists():
            raise MemberRefused(_("A workspace needs an owner. Make someone else an owner first."))


def end_sessions(user: int) -> None:
    """Sign a user out everywhere."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user):
            session.delete()
