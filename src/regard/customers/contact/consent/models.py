from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.channels import CHANNELS_OR_ALL


class Decision(models.TextChoices):
    GIVEN = "given", _("given")
    PENDING = "pending", _("waiting for confirmation")
    CONFIRMED = "confirmed", _("confirmed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REFUSED = "refused", _("refused")


YES = frozenset({Decision.GIVEN, Decision.CONFIRMED})
NO = frozenset({Decision.WITHDRAWN, Decision.REFUSED})


class ConsentSource(models.TextChoices):
    FORM = "form", _("form")
    IMPORT = "import", _("import")
    AGENT = "agent", _("told to a colleague")
    API = "api", _("API")
    LINK = "link", _("confirmation link")
    UNSUBSCRIBE = "unsubscribe", _("unsubscribe page")


class Consent(models.Model):
    """What one customer said about one purpose and channel, with its evidence. Rows are only added; a trigger refuses to change
    what was decided. The last one counts, and of two at the same moment the one that says no.
    """

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+")
    purpose = models.ForeignKey("customers.Purpose", models.CASCADE, related_name="+")
    channel = models.CharField(_("channel"), max_length=16, choices=CHANNELS_OR_ALL)
    decision = models.CharField(_("decision"), max_length=16, choices=Decision)
    at = models.DateTimeField(default=timezone.now)
    source = models.CharField(_("source"), max_length=16, choices=ConsentSource)
    by = models.CharField(max_length=254, help_text=_("A member's address, a key, or “customer”."))
    text = models.ForeignKey("customers.ConsentText", models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=512, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    #: The row that this one follows from: a confirmation its request, so that a link works once.
    answers = models.OneToOneField("self", models.CASCADE, null=True, related_name="answered")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["profile", "purpose", "channel", "-at"], name="consent_of_profile")]

    def __str__(self) -> str:
        return f"{self.purpose_id} {self.channel}: {self.decision}"


class ConfirmationMail(models.Model):
    """That the mail asking for confirmation went out; written with the sending, so that a job run twice sends once."""

    consent = models.OneToOneField(Consent, models.CASCADE, related_name="mail")
    sent = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.consent_id} at {self.sent}"
