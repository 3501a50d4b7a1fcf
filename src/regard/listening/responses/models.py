from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from regard.listening.links.models import new_token
from regard.listening.surveys.flow import Respondent


class State(models.TextChoices):
    NEW = "new", _("new")
    READ = "read", _("read")
    DONE = "done", _("done")


class Response(models.Model):
    """What one respondent answered, saved page by page. Its answers stand in the ledger once it is complete, or final as it is."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    version = models.ForeignKey("listening.Version", models.PROTECT, related_name="responses")
    link = models.ForeignKey("listening.Link", models.SET_NULL, null=True, related_name="responses")
    widget = models.ForeignKey("listening.Widget", models.SET_NULL, null=True, related_name="responses")
    #: Of an anonymous programme nothing is kept: neither who was invited nor which invitation it was.
    invitation = models.OneToOneField("listening.Invitation", models.SET_NULL, null=True, related_name="response")
    programme = models.ForeignKey("listening.Programme", models.SET_NULL, null=True, related_name="responses")
    #: Who answers, where that is known.
    profile = models.ForeignKey("customers.Profile", models.SET_NULL, null=True, related_name="+")
    #: Whoever has it may go on: the respondent.
    token = models.CharField(max_length=40, unique=True, default=new_token)
    #: Chosen by the page it was begun on, so that the same page sent twice is one response.
    key = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=16)
    channel = models.CharField(max_length=16, blank=True)
    touchpoint = models.ForeignKey("ledger.Touchpoint", models.SET_NULL, null=True, related_name="+")
    unit = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, related_name="+")
    #: Somebody of ours trying it out: never counted.
    test = models.BooleanField(default=False)
    answers = models.JSONField(default=dict)
    begun = models.DateTimeField(auto_now_add=True)
    saved = models.DateTimeField()
    completed = models.DateTimeField(null=True)
    #: None of those who are asked for: complete, and not counted.
    screened = models.BooleanField(default=False, db_default=False)
    #: Incomplete, and nothing was added for an hour: it counts as it is.
    final = models.DateTimeField(null=True)
    #: The row of the inbox by which its answers reached the ledger, and how often they did.
    inbox = models.BigIntegerField(null=True)
    recorded = models.PositiveIntegerField(default=0)

    #: How it felt, by the first question with a score: what lists are filtered by.
    tone = models.CharField(max_length=4, blank=True, db_default="")
    #: How far we are with it. Who did what, and when, stands in its handlings.
    state = models.CharField(max_length=4, choices=State, default=State.NEW, db_default=State.NEW)
    assignee = models.ForeignKey("workspace.Member", models.SET_NULL, null=True, related_name="+", db_index=False)
    tags = ArrayField(models.CharField(max_length=40), default=list, db_default=[])

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-saved", "-id"], name="response_newest"),
            models.Index(fields=["workspace", "state", "-saved", "-id"], name="response_by_state", condition=models.Q(test=False)),
            models.Index(fields=["assignee", "-saved", "-id"], name="response_by_assignee", condition=models.Q(assignee__isnull=False)),
            models.Index(fields=["saved"], name="response_open", condition=models.Q(completed=None, final=None)),
        ]

    def __str__(self) -> str:
        return f"response {self.pk}"

    @property
    def respondent(self) -> Respondent:
        """As the survey's conditions and texts see them."""
        at_kiosk = bool(self.version.content.files()) and self.link is not None and self.link.kiosk
        return Respondent(self.language, self.profile.traits if self.profile else {}, seed=self.token, files=not at_kiosk)
