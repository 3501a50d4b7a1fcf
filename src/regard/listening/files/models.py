from __future__ import annotations

from uuid import uuid4

from django.db import models


class AnswerFile(models.Model):
    """A file that a respondent sent. It is nobody's until a response claims it, and again when the response lets go of it; what is nobody's
    is deleted within the hour. The name it had stands in the answer alone, so that it goes where the answer goes.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    response = models.ForeignKey("listening.Response", models.SET_NULL, null=True, related_name="files")
    question = models.CharField(max_length=40)
    #: What its bytes say that it is, as a media type.
    kind = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["made"], name="answerfile_nobodys", condition=models.Q(response=None))]

    def __str__(self) -> str:
        return f"file {self.pk}"

    @property
    def place(self) -> str:
        """Where it stands in the store: nothing of what somebody called it."""
        return f"{self.pk.hex[:2]}/{self.pk.hex}"
