from __future__ import annotations

from functools import lru_cache

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.listening.surveys.definition import Survey as Content
from regard.listening.surveys.definition import read, written
from regard.workspace.audit.models import AuditEntry


class Survey(models.Model):
    """What a company asks: a draft that is worked on, and the versions that were published."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="surveys")
    name = models.CharField(_("name"), max_length=120)
    draft = models.JSONField()
    colour = models.CharField(
        _("colour"), max_length=7, blank=True, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour such as #0d5c63."))]
    )  # fmt: skip
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    retired = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), condition=models.Q(retired=None), name="survey_name_once",
                violation_error_message=_("There is already a survey of this name."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> Content:
        """The draft."""
        return read(self.draft)

    @property
    def published(self) -> Version | None:
        """What respondents are asked today."""
        return self.versions.defer("definition").order_by("-number").first()  # its content is read once for all

    @transaction.atomic
    def keep(self, given: Content, *, by: str) -> None:
        """Save the draft."""
        action = "survey.changed" if self.pk else "survey.added"
        self.draft = written(given)
        self.save()
        AuditEntry.write(self.workspace_id, actor=by, action=action, subject=self.name)

    @transaction.atomic
    def publish(self, *, by: str) -> Version:
        """From now on respondents are asked what the draft says; who has begun goes on with what they began. The same again is no new version."""
        Survey.objects.select_for_update().get(pk=self.pk)
        latest = self.published
        if latest is not None and latest.definition == self.draft:
            return latest
        made = Version.objects.create(
            survey=self, number=latest.number + 1 if latest else 1, definition=self.draft, by=by
        )
        AuditEntry.write(self.workspace_id, actor=by, action="survey.published", subject=self.name, version=made.number)
        return made

    @transaction.atomic
    def retire(self, *, by: str) -> None:
        """Nobody can begin it any more; answers stay."""
        self.retired = timezone.now()
        self.save(update_fields=["retired"])
        AuditEntry.write(self.workspace_id, actor=by, action="survey.retired", subject=self.name)


class Version(models.Model):
    """What was asked from one moment on; never changed."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    published = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=254)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.survey} {self.number}"

    @property
    def content(self) -> Content:
        return _content(self.pk)


@lru_cache(maxsize=256)
def _content(version: int) -> Content:
    """A version never changes, and every page of a respondent asks for it."""
    return read(Version.objects.values_list("definition", flat=True).get(pk=version))
