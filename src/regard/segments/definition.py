"""What makes a customer belong to a segment: a tree of conditions, kept and exchanged as JSON.

{"kind": "all", "of": [
    {"kind": "trait", "name": "plan", "op": "is", "values": ["fibre"]},
    {"kind": "did", "what": {"touchpoint": 12}, "op": ">=", "times": 2, "days": 90},
    {"kind": "none", "of": [{"kind": "answered", "metric": "nps", "op": ">=", "score": 9}]}]}
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

MOST_LEAVES, DEEPEST = 50, 6
Text = Annotated[str, Field(max_length=200)]
Days = Annotated[int, Field(ge=1, le=3_650)]
Compared = Literal[">=", "<=", "="]


#: What to do about a field that is empty or makes no sense, in the words of the page.
_MISSING = {
    "name": _lazy("Say which trait it is about."),
    "namespace": _lazy("Say how they are known."),
    "units": _lazy("Choose a unit."),
    "segment": _lazy("Choose a segment."),
    "purpose": _lazy("Choose what they are contacted for."),
    "score": _lazy("Give the score as a number."),
    "times": _lazy("Give the number of times as a whole number."),
    "days": _lazy("Give the days as a whole number from 1 to 3,650."),
    "within": _lazy("Give the days between them as a whole number from 1 to 3,650."),
}


class BadDefinition(ValueError):
    """With a sentence that says what to change."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Trait(_Part):
    """`op`: is, is not, contains, starts with, has (of a list), known, unknown; >=, <=, = of numbers; before, after of dates (ISO); last days."""

    kind: Literal["trait"] = "trait"
    name: Annotated[str, Field(min_length=1, max_length=200)]
    op: Literal[
        "is",
        "is not",
        "contains",
        "starts with",
        "has",
        "known",
        "unknown",
        ">=",
        "<=",
        "=",
        "before",
        "after",
        "last days",
    ]
    values: Annotated[tuple[Text, ...], Field(max_length=500)] = ()


class Unit(_Part):
    """At home in one of these units or below."""

    kind: Literal["unit"] = "unit"
    units: Annotated[tuple[int, ...], Field(min_length=1, max_length=500)]


class Known(_Part):
    """Has an identifier of this kind."""

    kind: Literal["known"] = "known"
    namespace: Annotated[str, Field(min_length=1, max_length=64)]


class What(_Part):
    """Which interactions: all that is given must hold. `touchpoint` 0 is "unmapped"."""

    touchpoint: int | None = None
    channel: Text = ""
    outcome: Text = ""
    event: Text = ""


class Did(_Part):
    """So many interactions, in the last `days` or ever. `times` 0 with `=`: never."""

    kind: Literal["did"] = "did"
    what: What = What()
    op: Compared = ">="
    times: Annotated[int, Field(ge=0, le=1_000_000)] = 1
    days: Days | None = None


class Answered(_Part):
    """Scored so: in their last answer, or in any."""

    kind: Literal["answered"] = "answered"
    metric: Literal["nps", "csat", "ces", "rating", "expectation", "emotion"]
    op: Compared = ">="
    score: float
    which: Literal["last", "any"] = "last"
    touchpoint: int | None = None
    days: Days | None = None


class Sequence(_Part):
    """First one interaction, then another within so many days."""

    kind: Literal["sequence"] = "sequence"
    first: What
    then: What
    within: Days = 30
    days: Days | None = None


class Agreed(_Part):
    """What they said last of being contacted for a purpose by a channel: on the channel itself, else on all channels."""

    kind: Literal["agreed"] = "agreed"
    purpose: Annotated[str, Field(min_length=1, max_length=40)]
    channel: Annotated[str, Field(min_length=1, max_length=16)] = "all"
    says: Literal["yes", "no", "nothing"] = "yes"


class Suppressed(_Part):
    """Their address is on the suppression list: by this channel, or by any."""

    kind: Literal["suppressed"] = "suppressed"
    channel: Literal["any", "e-mail", "SMS", "phone", "WhatsApp"] = "any"
    says: Literal["yes", "no"] = "yes"


class Restrained(_Part):
    """There is a reason now not to contact them: on themselves, their unit or everybody, for this channel and purpose ("any": whichever)."""

    kind: Literal["restrained"] = "restrained"
    reason: Literal[
        "any", "complaint", "case", "bereavement", "outage", "legal hold", "fraud", "vulnerable", "other"
    ] = "any"
    channel: Literal["any", "e-mail", "SMS", "phone", "WhatsApp", "post", "in-app", "web"] = "any"
    purpose: Annotated[str, Field(min_length=1, max_length=40)] = "any"
    says: Literal["yes", "no"] = "yes"


class Member(_Part):
    """Belongs to another segment (as of its last refresh)."""

    kind: Literal["member"] = "member"
    segment: int


class Group(_Part):
    kind: Literal["all", "any", "none"]
    of: Annotated[tuple[Condition, ...], Field(max_length=MOST_LEAVES)] = ()


Leaf = Trait | Unit | Known | Did | Answered | Sequence | Agreed | Suppressed | Restrained | Member
Condition = Annotated[Group | Leaf, Field(discriminator="kind")]
Group.model_rebuild()
_read: TypeAdapter[Group] = TypeAdapter(Group)


def read(given: Any) -> Group:
    """From parsed JSON. Raises BadDefinition."""
    try:
        group = _read.validate_python(given)
    except ValidationError as problem:
        first = problem.errors()[0]
        if said := _MISSING.get(str(first["loc"][-1]) if first["loc"] else ""):
            raise BadDefinition(str(said)) from None
        place = " → ".join(str(part) for part in first["loc"] if part != "of")
        raise BadDefinition(
            _("The condition %(place)s is not right: %(message)s.") % {"place": place or "1", "message": first["msg"]}
        ) from None
    except RecursionError:
        raise BadDefinition(_("The conditions are nested too deep.")) from None
    leaves, depth = _size(group)
    if leaves > MOST_LEAVES:
        raise BadDefinition(
            _("That is %(n)s conditions; at most %(most)s are taken.") % {"n": leaves, "most": MOST_LEAVES}
        )
    if depth > DEEPEST:
        raise BadDefinition(
            _("The conditions are nested %(n)s deep; at most %(most)s are taken.") % {"n": depth, "most": DEEPEST}
        )
    for leaf in _leaves(group):
        if isinstance(leaf, Trait):
            _check(leaf)
    return group


def written(group: Group) -> dict[str, Any]:
    return group.model_dump(mode="json", exclude_defaults=False)


def leaves_of(group: Group) -> list[Leaf]:
    return _leaves(group)


def _check(trait: Trait) -> None:
    if trait.op in ("known", "unknown"):
        return
    if not trait.values or not trait.values[0].strip():
        raise BadDefinition(_("Say which value “%(name)s” is compared with.") % {"name": trait.name})
    if trait.op in (">=", "<=", "=", "last days"):
        try:
            number = float(trait.values[0])
        except ValueError:
            number = float("nan")
        if number != number or abs(number) > 1e15:
            raise BadDefinition(_("“%(value)s” is no number.") % {"value": trait.values[0][:40]})
    if trait.op in ("before", "after"):
        from datetime import date

        try:
            date.fromisoformat(trait.values[0])
        except ValueError:
            raise BadDefinition(
                _("“%(value)s” is no date; write it as 2026-11-22.") % {"value": trait.values[0][:40]}
            ) from None


def _leaves(group: Group) -> list[Leaf]:
    found: list[Leaf] = []
    for one in group.of:
        found += _leaves(one) if isinstance(one, Group) else [one]
    return found


def _size(group: Group) -> tuple[int, int]:
    sizes = [_size(one) if isinstance(one, Group) else (1, 0) for one in group.of]
    return sum(leaves for leaves, _ in sizes), 1 + max((depth for _, depth in sizes), default=0)
