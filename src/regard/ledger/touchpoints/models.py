from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.workspace.audit.models import AuditEntry


class Stage(models.TextChoices):
    AWARENESS = "awareness", _("Awareness")
    DISCOVERY = "discovery", _("Discovery")
    ATTRACTION = "attraction", _("Attraction")
    INTERACTION = "interaction", _("Interaction")
    PURCHASE = "purchase", _("Purchase")
    USE = "use", _("Use")
    CULTIVATION = "cultivation", _("Cultivation")
    ADVOCACY = "advocacy", _("Advocacy")


class Channel(models.TextChoices):
    CONTACT_CENTRE = "contact centre", _("contact centre")
    WEB = "web", _("web")
    SELF_SERVICE = "self-service", _("self-service")
    MOBILE = "mobile", _("mobile")
    STORE = "store", _("store")
    EMAIL = "e-mail", _("e-mail")
    CHAT = "chat", _("chat")
    PHONE = "phone", _("phone")
    SMS = "SMS", _("SMS")
    SOCIAL = "social", _("social")
    POST = "post", _("post")
    FIELD_VISIT = "field visit", _("field visit")
    DEVICE = "device", _("device")


class Touchpoint(models.Model):
    """Where the customer meets the company. Number 0 in the ledger is "unmapped": nobody has said yet."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="touchpoints")
    name = models.CharField(_("name"), max_length=120)
    stage = models.CharField(_("stage"), max_length=16, choices=Stage, default=Stage.USE)
    function = models.CharField(
        _("function"), max_length=60, blank=True, help_text=_("Such as ordering, fulfilment, billing or support.")
    )
    channels = ArrayField(models.CharField(max_length=32), default=list, blank=True, verbose_name=_("channels"))
    description = models.CharField(_("description"), max_length=400, blank=True)
    owner = models.ForeignKey(
        "workspace.Unit", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner unit")
    )
    retired = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                name="touchpoint_once",
                violation_error_message=_("There is already a touchpoint of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def keep(self, *, actor: str) -> None:
        """Save, and write down who did."""
        action = "touchpoint.changed" if self.pk else "touchpoint.added"
        self.save()
        AuditEntry.write(self.workspace_id, actor=actor, action=action, subject=self.name, stage=self.stage)

    @transaction.atomic
    def retire(self, *, actor: str) -> None:
        """Take it out of the catalogue; what happened there stays and keeps its name."""
        self.retired = timezone.now()
        self.save(update_fields=["retired"])
        AuditEntry.write(self.workspace_id, actor=actor, action="touchpoint.retired", subject=self.name)

    @transaction.atomic
    def bring_back(self, *, actor: str) -> None:
        self.retired = None
        self.save(update_fields=["retired"])
        AuditEntry.write(self.workspace_id, actor=actor, action="touchpoint.returned", subject=self.name)
