from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.deletion import Collector
from django.utils.translation import gettext_lazy as _

from regard.care.queues.models import Priority


def up_the_tree(collector: Collector, field: Any, cases: Any, using: str) -> None:
    """What belonged to a unit that is dissolved belongs to the one above it."""
    for case in cases:
        collector.add_field_update(field, case.unit.parent, [case])


class State(models.TextChoices):
    NEW = "new", _("new")
    OPEN = "open", _("being worked on")
    WAITING = "waiting", _("waiting for the customer")
    CLOSED = "closed", _("closed")


class Case(models.Model):
    """One customer's matter to follow up. What is told here is how it stands; who did what, and when, stands in its steps and stays."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+", db_index=False)
    #: What people call it: from 1 in each workspace.
    number = models.PositiveIntegerField()
    title = models.CharField(_("about"), max_length=160)
    #: Whose matter it is, where that is known.
    profile = models.ForeignKey("customers.Profile", models.CASCADE, null=True, related_name="+")
    queue = models.ForeignKey("care.Queue", models.PROTECT, related_name="cases", verbose_name=_("queue"))
    unit = models.ForeignKey("workspace.Unit", up_the_tree, related_name="+", verbose_name=_("unit"))
    touchpoint = models.ForeignKey("ledger.Touchpoint", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("touchpoint"))
    owner = models.ForeignKey("workspace.Member", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("owner"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    #: The priority before its queue weighed what the customer is worth and what they scored; None of one that was set by hand, which stays.
    basis = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    #: What the customer needs somebody for: `fr`, `fibre`.
    skill = models.CharField(_("skill"), max_length=40, blank=True)
    language = models.CharField(max_length=16, blank=True)
    channel = models.CharField(max_length=16, blank=True)
    #: What it follows from, so that the same cause opens no second case: `answer 3f…`, `mail …`; "" of those opened by hand.
    origin = models.CharField(max_length=120, blank=True)
    #: What the customer said, where it follows from that.
    response = models.ForeignKey("listening.Response", models.SET_NULL, null=True, related_name="cases")
    score = models.CharField(max_length=40, blank=True)
    #: The customer's first score at the bottom of a scale after it was opened.
    scored_since = models.CharField(max_length=40, blank=True, db_default="")
    tone = models.CharField(max_length=4, blank=True)
    words = models.TextField(blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    cause = models.ForeignKey("care.Cause", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("root cause"))
    #: Points of the queue's checklist that are done.
    done = ArrayField(models.CharField(max_length=120), default=list)
    #: One matter of many (an outage): what is done with the parent is done with them.
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="children")
    #: It was the same matter as that one, which goes on.
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged")

    opened = models.DateTimeField()
    #: When the customer is to have had a first response, and when it is to be closed; None without a target.
    first_due = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)
    #: From when on whoever has it is warned.
    warn = models.DateTimeField(null=True)
    warned = models.DateTimeField(null=True)
    responded = models.DateTimeField(null=True)
    closed = models.DateTimeField(null=True)
    reopenings = models.PositiveSmallIntegerField(default=0)
    #: Out of sight until then.
    snoozed = models.DateTimeField(null=True)
    #: Something came from the customer that nobody has looked at.
    unheard = models.BooleanField(default=False)
    changed = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="case_number_once"),
            models.UniqueConstraint(fields=["workspace", "origin"], name="case_origin_once", condition=~models.Q(origin="")),
        ]
        indexes = [
            # the inbox: what is open, the most pressing first
            models.Index(fields=["workspace", "due", "id"], name="case_by_due", condition=~models.Q(state="closed")),
            models.Index(fields=["workspace", "unit", "due", "id"], name="case_by_unit", condition=~models.Q(state="closed")),
            models.Index(fields=["owner", "due", "id"], name="case_by_owner", condition=~models.Q(state="closed")),
            models.Index(fields=["workspace", "-closed", "-id"], name="case_closed", condition=models.Q(state="closed")),
            models.Index(fields=["workspace", "-id"], name="case_tagged", condition=~models.Q(tags=[])),
            models.Index(fields=["warn"], name="case_to_warn", condition=models.Q(warned=None) & ~models.Q(state="closed")),
            models.Index(fields=["first_due"], name="case_first_due", condition=models.Q(responded=None) & ~models.Q(state="closed")),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"

    @property
    def open(self) -> bool:
        return self.state != State.CLOSED

    @property
    def lowest_said(self) -> str:
        """The score by which it is weighed."""
        return self.scored_since or self.score


class Stay(models.Model):
    """How long it was in a state: when it was first entered, first left and last entered follows from these."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="stays")
    state = models.CharField(max_length=8, choices=State)
    entered = models.DateTimeField()
    left = models.DateTimeField(null=True)
    by = models.CharField(max_length=254)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.state} from {self.entered}"


class What(models.TextChoices):
    OPENED = "opened", _("opened it")
    MOVED = "moved", _("moved it to")
    GIVEN = "given", _("gave it to")
    LEFT = "left", _("took it from its owner")
    HANDED = "handed", _("handed it to")
    QUEUED = "queued", _("moved it to the queue")
    RAISED = "raised", _("set the priority to")
    WEIGHED = "weighed", _("set the priority by value and score:")
    RENAMED = "renamed", _("called it")
    NOTE = "note", _("noted")
    WROTE = "wrote", _("wrote to the customer")
    HEARD = "heard", _("wrote to us")
    CALLED = "called", _("spoke with the customer")
    TAGGED = "tagged", _("tagged it")
    UNTAGGED = "untagged", _("took off the tag")
    CHECKED = "checked", _("ticked off")
    CAUSE = "cause", _("found the root cause")
    SNOOZED = "snoozed", _("put it off until")
    WOKE = "woke", _("took it up again")
    MERGED = "merged", _("merged into it")
    JOINED = "joined", _("made it part of")
    PARTED = "parted", _("took it out of")
    CLOSED = "closed", _("closed it")
    REOPENED = "reopened", _("opened it again")
    ASKED = "asked", _("asked the customer whether it is solved")
    CONFIRMED = "confirmed", _("said that it is solved")
    DENIED = "denied", _("said that it is not solved")
    LATE = "late", _("ran late")
    TOLD = "told", _("told the unit above")
    WATCHED = "watched", _("watches it")
    COMPLAINED = "complained", _("entered it as a complaint")
    ACKNOWLEDGED = "acknowledged", _("acknowledged the complaint")
    ASSESSED = "assessed", _("assessed the complaint")
    FOUND = "found", _("found out")
    INFORMED = "informed", _("told the customer how it stands")
    EXTENDED = "extended", _("put the final response off until")
    OFFERED = "offered", _("proposed for the customer")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("did not approve")
    PAID = "paid", _("had paid to the customer")
    RULED = "ruled", _("decided that the complaint is")
    ANSWERED = "answered", _("sent the final response")
    WITHDRAWN = "withdrawn", _("noted that it was settled or taken back")
    REFERRED = "referred", _("noted that the customer went to")


class Step(models.Model):
    """What happened with a case, and who did it: never changed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    #: A member's address, the name of a playbook, or "" for the customer.
    by = models.CharField(max_length=254, blank=True)
    what = models.CharField(max_length=12, choices=What)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.what} by {self.by}"


class Watcher(models.Model):
    """A member who is told of what happens with a case that is not theirs."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="watchers")
    member = models.ForeignKey("workspace.Member", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "member"], name="watcher_once")]

    def __str__(self) -> str:
        return f"{self.member_id} of {self.case_id}"


class Presence(models.Model):
    """Who has a case open just now, so that two do not answer it at once."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    member = models.ForeignKey("workspace.Member", models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "member"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.member_id} at {self.case_id}"


class Clock(models.TextChoices):
    FIRST = "first", _("first response")
    CLOSE = "close", _("closing")
    # what is owed to those who complain, by the rule that holds for them
    ACKNOWLEDGE = "ack", _("acknowledgement")
    INFORM = "inform", _("how it stands")
    ANSWER = "answer", _("final response")


class Breach(models.Model):
    """A promise about time that was not kept, and how far up the units that was told."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="breaches")
    clock = models.CharField(max_length=8, choices=Clock)
    due = models.DateTimeField()
    at = models.DateTimeField()
    unit = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, related_name="+")
    owner = models.ForeignKey("workspace.Member", models.SET_NULL, null=True, related_name="+")
    #: How many units up it was told, and when the next is told.
    level = models.PositiveSmallIntegerField(default=0)
    next = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "clock", "due"], name="breach_once")]
        indexes = [models.Index(fields=["next"], name="breach_next", condition=~models.Q(next=None))]

    def __str__(self) -> str:
        return f"{self.clock} of {self.case_id}"


class Counter(models.Model):
    """The number that a workspace gave out last."""

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, primary_key=True, related_name="+")
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


def numbers(workspace: int, count: int) -> range:
    """The next so many numbers, in the current transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into care_counter (workspace_id, last) values (%s, %s) on conflict (workspace_id) do update set last = care_counter.last + %s "
            "returning last",
            [workspace, count, count],
        )
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)
