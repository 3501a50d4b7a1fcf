from __future__ import annotations

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.customers.identity.resolve import CHANGED
from regard.jobs.models import publish
from regard.workspace.audit.models import AuditEntry


class AccountRefused(ValueError):
    """What was asked cannot be; with a sentence for whoever asked."""


class Account(models.Model):
    """A business customer, or a household: people belong to it, accounts form a tree.

    It has a profile of its own, so that what happens to the account alone stands in the ledger like all else; its name, traits and
    home unit are the profile's.
    """

    class Kind(models.TextChoices):
        BUSINESS = "business", gettext_lazy("business")
        HOUSEHOLD = "household", gettext_lazy("household")

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="accounts")
    profile = models.OneToOneField("customers.Profile", models.CASCADE, related_name="account")
    kind = models.CharField(gettext_lazy("kind"), max_length=9, choices=Kind, default=Kind.BUSINESS)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children", verbose_name=gettext_lazy("part of")
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.profile.name or f"#{self.pk}"

    @transaction.atomic
    def move(self, parent: Account | None, *, by: str) -> None:
        """Under another account, or to the top. Raises AccountRefused for one below itself."""
        if parent is not None and (
            parent.workspace_id != self.workspace_id or parent.pk in below(self.workspace_id, self.pk)
        ):
            raise AccountRefused(_("An account cannot be part of itself, or of one that is part of it."))
        self.parent = parent
        self.save(update_fields=["parent"])
        AuditEntry.write(
            self.workspace_id, actor=by, action="account.moved", subject=f"account {self.pk}", parent=parent.pk if parent else None
        )  # fmt: skip


class AccountMember(models.Model):
    """That somebody belongs to an account, in what role, since and until when. Who left stays in its history."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="members")
    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="memberships")
    role = models.CharField(gettext_lazy("role"), max_length=80, blank=True)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["until", "-since", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "profile"], condition=models.Q(until=None), name="account_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.profile_id} in {self.account_id}"

    @transaction.atomic
    def leave(self, *, by: str) -> None:
        self.until = timezone.now()
        self.save(update_fields=["until"])
        publish(CHANGED, self.account.workspace_id, [self.profile_id])
        AuditEntry.write(
            self.account.workspace_id, actor=by, action="account.left", subject=f"account {self.account_id}", customer=self.profile_id
        )  # fmt: skip


_BELOW = """
with recursive tree as (
    select id, array[id] as path from customers_account where workspace_id = %s and id = any(%s)
    union all
    select child.id, tree.path || child.id from customers_account child join tree on child.parent_id = tree.id where child.id != all(tree.path)
)
select distinct id from tree
"""


def below(workspace: int, *accounts: int) -> list[int]:
    """These accounts and all that are part of them."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [workspace, list(accounts)])
        return [id for (id,) in cursor.fetchall()]
