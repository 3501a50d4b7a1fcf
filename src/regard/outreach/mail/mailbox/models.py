from __future__ import annotations

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regard.outreach.sealed import SealedAccount
from regard.workspace.audit.models import AuditEntry


class Mailbox(SealedAccount):
    """Where customers' answers arrive, read by IMAP. Nothing in it is changed: how far it was read is kept here."""

    SEAL = "mailbox"

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, related_name="+")
    address = models.EmailField(_("address"), help_text=_("What customers answer to. Enter it under Sending e-mail as where answers go."))
    takes_new = models.BooleanField(
        _("what answers none of our messages is a new matter"), default=False,
        help_text=_("Such as mail to a complaints address. Otherwise it stays in the mailbox, for whoever reads it."),
    )  # fmt: skip
    #: IMAP numbers messages; the numbers hold as long as this does.
    validity = models.BigIntegerField(null=True)
    #: The last one that was taken.
    last = models.BigIntegerField(default=0)
    polled = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.address

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        """Whether it works is to be seen anew."""
        self.trouble, self.tested = "", None
        self.save()
        AuditEntry.write(self.workspace_id, actor=by, action="mailbox.changed", subject=self.address)


def opens_cases(workspace: int) -> bool:
    """Whether a letter that answers nothing of ours is to be taken up."""
    return Mailbox.objects.filter(workspace=workspace, takes_new=True).exists()
