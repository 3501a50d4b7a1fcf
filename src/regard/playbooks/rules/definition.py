"""What a rule says: when … if … then …, kept and exchanged as JSON.

{"name": "Unhappy after a contact",
 "when": {"kind": "answered", "metric": "ces", "op": "<=", "score": 3, "where": ["channel=phone"]},
 "segment": 12, "hold_out": 10, "rest_days": 7,
 "then": [{"do": "case", "priority": 2, "title": "{{ score }}, {{ touchpoint }}"},
          {"do": "wait", "number": 2, "unit": "days"},
          {"do": "notify", "only": "open", "whom": "managers", "text": "Still open: {{ case }}"}]}
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

MOST_STEPS, MOST_RULES = 12, 10
Text = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=4_000)]
Metric = Literal["nps", "csat", "ces", "rating", "expectation", "emotion"]

#: What to do about a field that is empty or makes no sense, in the words of the page.
_MISSING = {
    "segment": _lazy("Choose a segment."), "programme": _lazy("Choose a programme."), "score": _lazy("Give the score as a number."),
    "number": _lazy("Say how long to wait, as a whole number."), "text": _lazy("Write what is to be said."), "trait": _lazy("Say which trait."),
    "offer": _lazy("Choose an offer."),
    "member": _lazy("Choose who is meant."), "endpoint": _lazy("Choose where it is sent."), "tag": _lazy("Say which tag."),
    "then": _lazy("Add a step: a rule that does nothing is none."),
}  # fmt: skip


class BadRule(ValueError):
    """With a sentence that says what to change."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Of(_Part):
    """`touchpoints`: at any of them, or at any at all. `where`: conditions as in Explore, such as channel=phone."""

    touchpoints: Annotated[tuple[int, ...], Field(max_length=200)] = ()
    where: Annotated[tuple[Annotated[str, Field(max_length=520)], ...], Field(max_length=20)] = ()


class Answered(_Of):
    """A customer answered, with such a score. Without a metric: whatever was asked. “fell” and “rose” compare with the customer's answer to
    the same metric before it: by at least so many points of the scale.
    """

    kind: Literal["answered"] = "answered"
    metric: Metric | Literal[""] = ""
    op: Literal[">=", "<=", "=", "fell", "rose"] = "<="
    score: float | None = None


class Happened(_Of):
    """An interaction."""

    kind: Literal["happened"] = "happened"


class CaseWas(_Part):
    """Something happened with a case, of one queue or of any."""

    kind: Literal["case"] = "case"
    what: Literal["opened", "closed", "reopened", "confirmed", "denied", "late", "heard"] = "opened"
    queue: int | None = None


class Moved(_Part):
    """A customer came into a segment, or left it: a score or trait that crossed a line is a segment that says so."""

    kind: Literal["segment"] = "segment"
    segment: int
    came: bool = True


class Silent(_Part):
    """They were asked, and the invitation ran out unanswered."""

    kind: Literal["silent"] = "silent"
    programme: int


class Clock(_Part):
    """Every day, week (Mondays) or month (the first), for everybody in a segment."""

    kind: Literal["clock"] = "clock"
    every: Literal["day", "week", "month"] = "week"
    hour: Annotated[int, Field(ge=0, le=23)] = 9
    segment: int


When = Annotated[Answered | Happened | CaseWas | Moved | Silent | Clock, Field(discriminator="kind")]


class _Step(_Part):
    """`only`: go without this step unless it holds then: in or out of a segment; the case of this run open or closed, confirmed or not; they
    have answered anything since it began, or have not.
    """

    only: Literal["", "in", "out", "open", "closed", "answered", "silent"] = ""
    only_segment: int | None = None


class OpenCase(_Step):
    do: Literal["case"] = "case"
    title: Text = ""
    queue: int | None = None
    priority: Literal[1, 2, 3, 4] = 3
    tag: Annotated[str, Field(max_length=40)] = ""
    #: A complaint: with its deadlines, and acknowledged at once.
    complaint: Literal["", "yes"] = ""


class Wait(_Step):
    do: Literal["wait"] = "wait"
    number: Annotated[int, Field(ge=1, le=1_000)] = 1
    unit: Literal["minutes", "hours", "days"] = "days"

    @property
    def lasting(self) -> timedelta:
        return timedelta(**{self.unit: self.number})


class Notify(_Step):
    """Members of ours: whoever owns the case, those who answer for the unit, or one of us."""

    do: Literal["notify"] = "notify"
    whom: Literal["owner", "managers", "member"] = "managers"
    member: int | None = None
    text: Annotated[str, Field(min_length=1, max_length=200)]


class Assign(_Step):
    """The case of this run to a member, or on by its queue's routing."""

    do: Literal["assign"] = "assign"
    member: int


class Tag(_Step):
    """The case of this run, or the response where there is none."""

    do: Literal["tag"] = "tag"
    tag: Annotated[str, Field(min_length=1, max_length=40)]


class Write(_Step):
    """A message to the customer, if the contact policy lets it: in words of its own, or one of Campaigns, by the channel of that."""

    do: Literal["write"] = "write"
    template: int | None = None
    channel: Literal["e-mail", "SMS", "WhatsApp"] = "e-mail"
    purpose: Annotated[str, Field(min_length=1, max_length=40)] = "service"
    subject: Text = ""
    text: Long = ""


class MakeOffer(_Step):
    """Gives it and says so to the customer, if the contact policy lets us."""

    do: Literal["offer"] = "offer"
    offer: int
    channel: Literal["e-mail", "SMS", "WhatsApp"] = "e-mail"
    purpose: Annotated[str, Field(min_length=1, max_length=40)] = "marketing"
    subject: Text = ""


class Ask(_Step):
    """By a programme, which decides whether and when they are asked."""

    do: Literal["ask"] = "ask"
    programme: int


class SetTrait(_Step):
    do: Literal["trait"] = "trait"
    trait: Annotated[str, Field(min_length=1, max_length=200)]
    value: Text = ""


class Call(_Step):
    """A webhook, or a channel in Slack or Teams, which is told the text."""

    do: Literal["call"] = "call"
    endpoint: int
    text: Text = ""


class Note(_Step):
    """On the customer's timeline."""

    do: Literal["note"] = "note"
    text: Annotated[str, Field(min_length=1, max_length=2_000)]


class Close(_Step):
    """The case of this run."""

    do: Literal["close"] = "close"
    text: Long = ""


class Stop(_Step):
    """The rest is not done: with `only`, a branch."""

    do: Literal["stop"] = "stop"


Step = Annotated[
    OpenCase | Wait | Notify | Assign | Tag | Write | MakeOffer | Ask | SetTrait | Call | Note | Close | Stop, Field(discriminator="do")
]


class Rule(_Part):
    name: Annotated[str, Field(max_length=120)] = ""
    when: When
    #: Only for customers who belong to it then.
    segment: int | None = None
    #: So many of a hundred are left alone, by chance, to see what difference it makes.
    hold_out: Annotated[int, Field(ge=0, le=90)] = 0
    #: Not again for the same customer within so many days; 0: each time.
    rest_days: Annotated[int, Field(ge=0, le=3_650)] = 1
    then: Annotated[tuple[Step, ...], Field(min_length=1, max_length=MOST_STEPS)]


_read: TypeAdapter[Rule] = TypeAdapter(Rule)


def read(given: Any) -> Rule:
    """From parsed JSON. Raises BadRule."""
    try:
        rule = _read.validate_python(given)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = [part for part in first["loc"] if part not in ("function-after", "then")]
        name = str(first["loc"][-1]) if first["loc"] else ""
        at = next((_("Step %(n)s: ") % {"n": part + 1} for part in place if isinstance(part, int)), "")
        said = _MISSING.get(name) or _("“%(field)s” is not right: %(message)s.") % {"field": name, "message": first["msg"]}
        raise BadRule(f"{at}{said}") from None
    for number, step in enumerate(rule.then, 1):
        if step.only in ("in", "out") and step.only_segment is None:
            raise BadRule(_("Step %(n)s: ") % {"n": number} + _("Choose a segment."))
        if isinstance(step, Notify) and step.whom == "member" and step.member is None:
            raise BadRule(_("Step %(n)s: ") % {"n": number} + _("Choose who is meant."))
        if isinstance(step, Write) and step.template is None and not step.text:
            raise BadRule(_("Step %(n)s: ") % {"n": number} + str(_MISSING["text"]))
        if isinstance(step, Write) and step.template is not None and (step.text or step.subject):
            raise BadRule(_("Step %(n)s: ") % {"n": number} + _("Either a message of Campaigns or words of its own."))
    if isinstance(rule.when, Answered) and rule.when.metric and rule.when.score is None:
        raise BadRule(str(_MISSING["score"]))
    if isinstance(rule.when, Answered) and rule.when.op in ("fell", "rose") and not (rule.when.metric and (rule.when.score or 0) > 0):
        raise BadRule(_("Say which score changes, and by how much at least."))
    return rule


def written(rule: Rule) -> dict[str, Any]:
    return rule.model_dump(mode="json")
