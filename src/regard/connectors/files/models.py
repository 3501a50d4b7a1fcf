from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.connectors.files.import_map import ImportMap, check, from_yaml, to_yaml
from regard.connectors.files.touchpoints import know_touchpoints
from regard.ledger.record.correct import forget, inboxes_of, replay
from regard.workspace.audit.models import AuditEntry


class ImportRefused(Exception):
    """What was asked cannot be done with this import. The message is one sentence for whoever asked."""


class FileImport(models.Model):
    """One file brought in: what it was, how it is read, how far it is.

    Its rows are read by the map of the moment whenever they are projected, so a better map needs no second
    upload.
    """

    class Kind(models.TextChoices):
        ANSWERS = "answers", _("Answers")
        INTERACTIONS = "interactions", _("Interactions")
        CUSTOMERS = "customers", _("Customers")

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="file_imports")
    source = models.OneToOneField("ledger.Source", models.CASCADE, null=True, related_name="file_import")
    what = models.CharField(_("what it holds"), max_length=16, choices=Kind)
    name = models.CharField(max_length=200)
    stored = models.CharField(max_length=64, blank=True, help_text="name in the upload folder, empty once it is gone")
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    map_text = models.TextField(blank=True)
    by = models.CharField(max_length=254)
    created = models.DateTimeField(auto_now_add=True)
    begun = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(null=True, help_text="counted before the first is taken in")
    durable = models.DateTimeField(null=True, help_text="when the last chunk was in the inbox")
    failed = models.CharField(max_length=400, blank=True)
    undone = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def import_map(self) -> ImportMap:
        return from_yaml(self.map_text)

    @property
    def path(self) -> Path | None:
        """Where the upload lies, until it is durable in the inbox."""
        return Path(settings.REGARD_DATA) / "uploads" / self.stored if self.stored else None

    def keep_map(self, import_map: ImportMap) -> None:
        check(import_map)
        self.map_text, self.what = to_yaml(import_map, settled=False), import_map.what
        self.save(update_fields=["map_text", "what"])

    def fail(self, reason: str) -> None:
        """It could not be read to its end; nothing of it was taken in, and it can be tried again."""
        self.failed = reason.replace(self.stored or self.name, self.name)[:400]
        self.begun = None
        self.save(update_fields=["failed", "begun"])

    def drop_upload(self) -> None:
        if self.path is not None:
            self.path.unlink(missing_ok=True)
        self.stored = ""
        self.save(update_fields=["stored"])

    @transaction.atomic
    def undo(self, *, by: str) -> None:
        """Take back everything that came from this file. What it repeated of other files counts there
        again.
        """
        if self.source is None or self.undone:
            raise ImportRefused(str(_("This import holds nothing that could be taken back.")))
        if not self.durable and not self.failed:
            raise ImportRefused(str(_("This import is still running; wait until it is done.")))
        kept = inboxes_of(self.source.pk)
        if self.rows and not kept:
            days = settings.INBOX_DAYS
            raise ImportRefused(
                _("Its raw rows are no longer kept (for %(days)s days): it cannot be undone.") % {"days": days}
            )
        forget(self.workspace_id, kept)
        self.undone = self.source.undone = timezone.now()
        self.save(update_fields=["undone"])
        self.source.save(update_fields=["undone"])
        AuditEntry.write(self.workspace_id, actor=by, action="import.undone", subject=self.name)

    @transaction.atomic
    def redo(self, import_map: ImportMap, *, by: str) -> None:
        """Read the rows again with another map. The file itself is not needed: its raw rows are in the inbox.

        Raises ImportRefused when the map reads the file differently (its cells are already split),
        ImportMapError when it is wrong in itself.
        """
        if self.source is None or self.undone or not self.durable:
            raise ImportRefused(str(_("Only an import that is done, and not undone, can be read again.")))
        before = self.import_map.reading
        same = ("kind", "columns", "encoding", "separator", "header", "sheet")
        if any(getattr(before, name) != getattr(import_map.reading, name) for name in same):
            raise ImportRefused(
                str(_("The cells of this file are split already: undo the import and upload it again."))
            )
        self.keep_map(import_map)
        know_touchpoints(self.workspace_id, import_map.touchpoints())
        replay(self.workspace_id, inboxes_of(self.source.pk))
        AuditEntry.write(self.workspace_id, actor=by, action="import.redone", subject=self.name)
