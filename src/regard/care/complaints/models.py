from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Via(models.TextChoices):
    FORM = "form", _("complaint form")
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("phone")
    LETTER = "letter", _("letter")
    PERSON = "person", _("in person")
    CHAT = "chat", _("chat")
    SOCIAL = "social", _("social media")
    REVIEW = "review", _("review")
    SURVEY = "survey", _("survey")
    OTHER = "other", _("another way")


#: How a complaint came in, by the channel of the case.
VIA_OF = {"e-mail": Via.EMAIL, "phone": Via.PHONE, "chat": Via.CHAT, "social": Via.SOCIAL, "store": Via.PERSON, "post": Via.LETTER}


class Remedy(models.TextChoices):
    UNKNOWN = "", _("not said")
    EXPLANATION = "explanation", _("an explanation")
    APOLOGY = "apology", _("an apology")
    PUT_RIGHT = "put right", _("that it is put right")
    REFUND = "refund", _("money back")
    COMPENSATION = "compensation", _("compensation")
    CANCEL = "cancel", _("to end the contract")
    OTHER = "other", _("something else")


class Complaint(models.Model):
    """A case that is a complaint (ISO 10002). Its stages follow from what was done, which stands in rows of its own."""

    case = models.OneToOneField("care.Case", models.CASCADE, related_name="complaint")
    #: When it reached the company, which may be before it was entered here: deadlines count from then.
    received = models.DateTimeField()
    via = models.CharField(max_length=8, choices=Via)
    remedy = models.CharField(_("what they ask for"), max_length=12, choices=Remedy, blank=True)
    wish = models.CharField(_("in their words"), max_length=500, blank=True)
    #: Who complains and how to reach them, as they said it: nobody has checked it.
    complainant = models.CharField(max_length=300, blank=True)
    rule = models.ForeignKey("care.ComplaintRule", models.PROTECT, related_name="+")
    by = models.CharField(max_length=254)

    acknowledge_by = models.DateTimeField()
    acknowledged = models.DateTimeField(null=True)
    #: How: by a letter, or on the phone.
    acknowledged_how = models.CharField(max_length=200, blank=True)
    #: When the customer is to hear again how it stands; None without such a promise, and once it is answered.
    update_by = models.DateTimeField(null=True)
    answer_by = models.DateTimeField()
    #: The final response went out.
    answered = models.DateTimeField(null=True)
    #: The customer took it back, or took what was offered before it was decided.
    withdrawn = models.DateTimeField(null=True)
    warned = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["answer_by"], name="complaint_to_answer", condition=models.Q(answered=None, withdrawn=None)),
            models.Index(fields=["acknowledge_by"], name="complaint_to_acknowledge", condition=models.Q(acknowledged=None, withdrawn=None)),
            models.Index(fields=["update_by"], name="complaint_to_update", condition=~models.Q(update_by=None)),
            models.Index(fields=["received"], name="complaint_received"),
        ]

    def __str__(self) -> str:
        return f"complaint {self.case_id}"

    @property
    def done(self) -> bool:
        """Nothing is owed to the customer any more: the case may be closed."""
        return self.answered is not None or self.withdrawn is not None


class Severity(models.IntegerChoices):
    MINOR = 1, _("minor: a nuisance")
    MODERATE = 2, _("moderate: time or money was lost")
    SERIOUS = 3, _("serious: much was lost, or somebody was hurt")


class Assessment(models.Model):
    """How grave it is, as it looks at first; another one later stands beside it. What ISO 10002 has looked at in the beginning."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="assessments")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, default=Severity.MINOR)
    safety = models.BooleanField(_("somebody’s safety is at stake"), default=False)
    complex = models.BooleanField(_("complex: several units or others are needed"), default=False)
    wide = models.BooleanField(_("others may be affected, too"), default=False)
    vulnerable = models.BooleanField(_("the customer is in a vulnerable situation"), default=False)
    urgent = models.BooleanField(_("something has to be done at once"), default=False)
    text = models.TextField(_("why"), blank=True, max_length=5_000)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"severity {self.severity} of {self.complaint_id}"


class Finding(models.Model):
    """Something that the investigation found."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="findings")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"finding of {self.complaint_id}"


class Extension(models.Model):
    """It takes longer, the customer was told why, and until when."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="extensions")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    until = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.complaint_id} until {self.until}"


class Ruling(models.TextChoices):
    UPHELD = "upheld", _("upheld")
    PARTLY = "partly", _("partly upheld")
    REJECTED = "rejected", _("not upheld")


class Ruled(models.Model):
    """What was decided about it, and why. The last one counts."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="rulings")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    ruling = models.CharField(_("the complaint is"), max_length=8, choices=Ruling)
    #: The customer reads them.
    reasons = models.TextField(_("reasons"), max_length=10_000)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.ruling}: {self.complaint_id}"


class Answer(models.Model):
    """A final response as the customer got it. After a case was opened again there may be another."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="answers")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    text = models.TextField()
    #: How it went out: the letter of the case, or another way (by post).
    letter = models.ForeignKey("care.Letter", models.SET_NULL, null=True, related_name="+")
    how = models.CharField(max_length=200, blank=True)
    #: Until when the customer may go to the ombudsman; None where there is none, or no such end.
    refer_until = models.DateField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"answer to {self.complaint_id}"


class Referral(models.Model):
    """The customer went to the ombudsman with it, and what came of that."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="referrals")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    authority = models.CharField(_("to"), max_length=120)
    reference = models.CharField(_("their reference"), max_length=100, blank=True)
    decided = models.DateTimeField(null=True)
    #: Whether the ombudsman changed what we decided.
    overturned = models.BooleanField(null=True)
    outcome = models.TextField(blank=True, max_length=5_000)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.complaint_id} at {self.authority}"
