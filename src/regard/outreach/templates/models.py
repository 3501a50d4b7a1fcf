from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.channels import Channel
from regard.customers.traits.language import spoken
from regard.workspace.audit.models import AuditEntry

#: What a template can be sent by.
BY = ((Channel.EMAIL.value, _("e-mail")), (Channel.SMS.value, _("SMS")), (Channel.WHATSAPP.value, _("WhatsApp")))


class MessageTemplate(models.Model):
    """A message for many, in several languages. What was sent keeps the version that it was sent in."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    channel = models.CharField(_("sent by"), max_length=16, choices=BY, default=Channel.EMAIL.value)
    retired = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), name="message_template_once", condition=models.Q(retired=None),
                violation_error_message=_("There is already a message of this name."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def version(self) -> TemplateVersion:
        """The one that is sent from now on."""
        found = self.versions.order_by("-number").first()
        assert found is not None
        return found

    @transaction.atomic
    def keep(self, languages: Mapping[str, Mapping[str, str]], *, by: str) -> TemplateVersion:
        """Save it, and its words as a new version where they changed. `languages`: the first is for whoever speaks none of them."""
        self.save()
        MessageTemplate.objects.select_for_update().get(pk=self.pk)
        last = self.versions.order_by("-number").first()
        told = [{"language": language, **words} for language, words in languages.items()]
        if last is not None and last.languages == told:
            return last
        made = self.versions.create(number=last.number + 1 if last else 1, languages=told, by=by)
        AuditEntry.write(self.workspace_id, actor=by, action="message_template.saved", subject=self.name, version=made.number)
        return made


class TemplateVersion(models.Model):
    """What it says: never changed."""

    template = models.ForeignKey(MessageTemplate, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    #: [{language, subject, text, button, link}]: the first is for whoever speaks none of them.
    languages = models.JSONField()
    made = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=254)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_once")]

    def __str__(self) -> str:
        return f"{self.template_id} v{self.number}"

    def words_for(self, traits: Mapping[str, Any], *heard: str) -> Mapping[str, str]:
        """In the customer's language, or one that they were `heard` to use, else in the first."""
        by_language: dict[str, Mapping[str, str]] = {one["language"]: one for one in self.languages}
        return by_language[spoken(traits, by_language, *heard) or next(iter(by_language))]
