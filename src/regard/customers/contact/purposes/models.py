from __future__ import annotations

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.workspace.audit.models import AuditEntry

#: The one that surveys are asked for, where nobody chose another.
PURPOSE_OF_SURVEYS = "feedback"


class Basis(models.TextChoices):
    """What allows a contact in law, and so what the customer's own word counts for."""

    CONSENT = "consent", _("Consent: only those who said yes")
    INTEREST = "interest", _("Legitimate interest: everybody who has not objected")
    NECESSARY = "necessary", _("Contract or law: what must be told, such as bills and recalls")


class Purpose(models.Model):
    """What customers are contacted for. `key` is what senders say; it never changes."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    key = models.SlugField(
        _("key"), max_length=40, help_text=_("What programs call it, such as “newsletter”. It cannot be changed later.")
    )
    name = models.CharField(
        _("name"), max_length=80, help_text=_("Customers read it: “Questions about your experience”.")
    )
    description = models.CharField(_("description"), max_length=300, blank=True)
    basis = models.CharField(_("who may be contacted"), max_length=16, choices=Basis, default=Basis.CONSENT)
    double_opt_in = models.BooleanField(
        _("confirm by e-mail"),
        default=False,
        help_text=_("A yes to e-mail counts only once the link in a message to that address was followed."),
    )
    created = models.DateTimeField(default=timezone.now)
    retired = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "key"],
                name="purpose_once",
                violation_error_message=_("There is already a purpose of this key."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def needs_opt_in(self) -> bool:
        return self.basis == Basis.CONSENT

    @property
    def can_be_refused(self) -> bool:
        """What contract or law demands goes out whatever the customer prefers."""
        return self.basis != Basis.NECESSARY

    @transaction.atomic
    def keep(self, *, actor: str) -> None:
        """Save, and write down who did."""
        action = "purpose.changed" if self.pk else "purpose.added"
        self.save()
        AuditEntry.write(
            self.workspace_id, actor=actor, action=action, subject=self.key, basis=self.basis, double_opt_in=self.double_opt_in
        )  # fmt: skip

    @transaction.atomic
    def retire(self, *, actor: str) -> None:
        """Nobody is contacted for it from now on; what people said about it stays."""
        self.retired = timezone.now()
        self.save(update_fields=["retired"])
        AuditEntry.write(self.workspace_id, actor=actor, action="purpose.retired", subject=self.key)

    @transaction.atomic
    def bring_back(self, *, actor: str) -> None:
        self.retired = None
        self.save(update_fields=["retired"])
        AuditEntry.write(self.workspace_id, actor=actor, action="purpose.returned", subject=self.key)

    def text_in(self, language: str) -> ConsentText | None:
        """The wording in force in a language (`fr` also answers for `fr-CA`), else in any."""
        newest = list(self.texts.order_by("-version"))
        wanted = (language.lower(), language.lower().partition("-")[0])
        for code in wanted:
            for text in newest:
                if text.language.lower() == code:
                    return text
        return newest[0] if newest else None


class ConsentText(models.Model):
    """What people were asked, word for word. Never changed: a new wording is a new version."""

    purpose = models.ForeignKey(Purpose, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=16)
    version = models.PositiveIntegerField()
    text = models.TextField(_("wording"), max_length=4000)
    created = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=254)

    class Meta:
        ordering = ["language", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "version"], name="consent_text_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.version}"

    @classmethod
    @transaction.atomic
    def word(cls, purpose: Purpose, *, language: str, text: str, actor: str) -> ConsentText:
        """The next version in a language; the same words again are no new version."""
        Purpose.objects.select_for_update().get(pk=purpose.pk)
        last = cls.objects.filter(purpose=purpose, language=language).order_by("-version").first()
        if last and last.text == text:
            return last
        made = cls.objects.create(
            purpose=purpose, language=language, version=last.version + 1 if last else 1, text=text, created_by=actor
        )
        AuditEntry.write(
            purpose.workspace_id, actor=actor, action="consent_text.added", subject=purpose.key, language=language, version=made.version
        )  # fmt: skip
        return made
