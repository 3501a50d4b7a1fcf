from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models


class Files(models.Manager["CaseFile"]):
    """Without their bytes, which are read where they are wanted."""

    def get_queryset(self) -> models.QuerySet[CaseFile]:
        return super().get_queryset().defer("held")


class CaseFile(models.Model):
    """A file of a case: it came with a letter of the customer, or a colleague added it. Its bytes are committed with what it came with, and
    then moved to the store; when its case goes it is nobody's, and deleted with its bytes.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    case = models.ForeignKey("care.Case", models.SET_NULL, null=True, related_name="files")
    #: The letters that it came or went out with.
    letters = models.ManyToManyField("care.Letter", related_name="files")
    #: The note that it was added with.
    step = models.ForeignKey("care.Step", models.SET_NULL, null=True, related_name="files")
    name = models.CharField(max_length=120)
    #: What its bytes say that it is, as a media type; of whatever is neither a picture nor a PDF nothing is said.
    kind = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    by = models.CharField(max_length=254, blank=True)
    at = models.DateTimeField()
    #: Its bytes, until they are in the store.
    held = models.BinaryField(null=True)

    objects: ClassVar[Files] = Files()

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["id"], name="casefile_nobodys", condition=models.Q(case=None)),
            models.Index(fields=["id"], name="casefile_held", condition=~models.Q(held=None)),
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"

    @property
    def place(self) -> str:
        """Where it stands in the store: nothing of what somebody called it."""
        return f"cases/{self.pk.hex[:2]}/{self.pk.hex}"

    @property
    def picture(self) -> bool:
        """Whether it was drawn anew, and so can be shown."""
        return self.kind.startswith("image/")
