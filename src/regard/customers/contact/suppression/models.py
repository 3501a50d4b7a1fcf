from __future__ import annotations

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.suppression.addresses import masked
from regard.customers.identity import names
from regard.workspace.audit.models import AuditEntry


class Why(models.TextChoices):
    ASKED = "asked", _("asked by the customer")
    BOUNCE = "bounce", _("hard bounce")
    COMPLAINT = "complaint", _("complaint")
    LEGAL = "legal", _("legal")
    IMPORT = "import", _("import")


#: Reasons that say something of the address, not of the person: another address of theirs may be used.
OF_THE_ADDRESS = frozenset({Why.BOUNCE})


class Kind(models.TextChoices):
    EMAIL = names.EMAIL, _("e-mail")
    PHONE = names.PHONE, _("phone")


class Suppression(models.Model):
    """An address that is never to be used, whatever else holds."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    address = models.CharField(_("address"), max_length=512)
    why = models.CharField(_("reason"), max_length=16, choices=Why)
    note = models.CharField(_("note"), max_length=300, blank=True)
    added = models.DateTimeField(default=timezone.now)
    added_by = models.CharField(max_length=254)

    class Meta:
        ordering = ["-added", "-id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "kind", "address"], name="suppression_once")]
        indexes = [models.Index(fields=["workspace", "-added", "-id"], name="suppression_newest")]

    def __str__(self) -> str:
        return self.address

    @transaction.atomic
    def remove(self, *, actor: str) -> None:
        """Take it off the list. The audit log does not keep the address, only enough of it to recognise."""
        from regard.customers.contact.suppression.barred import tell  # which reads this table

        AuditEntry.write(
            self.workspace_id, actor=actor, action="suppression.removed", subject=masked(self.address), reason=self.why
        )  # fmt: skip
        self.delete()
        tell(self.workspace_id, [(self.kind, self.address)])
