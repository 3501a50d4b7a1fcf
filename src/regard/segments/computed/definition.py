"""How a computed trait follows from the ledger: one measure, of some interactions or answers, of the last days or of all time.

{"kind": "number", "what": {"touchpoint": 12}, "days": 90}
{"kind": "last score", "metric": "nps"}
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from regard.segments.definition import BadDefinition, Days, What


class Type(StrEnum):
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    LIST = "list"
    TEXT = "text"


class _Measure(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    #: Only what happened today or in this many days before it; of all time without.
    days: Days | None = None


class Interactions(_Measure):
    """`top channel`: of equally used ones the first in the alphabet. `last outcome`: the last that was said."""

    kind: Literal["number", "days since", "first", "last", "touchpoints", "channels", "top channel", "last outcome"]
    what: What = What()


class Money(_Measure):
    """Amounts of one currency, the workspace's by default; one without a currency counts as the workspace's."""

    kind: Literal["sum"] = "sum"
    what: What = What()
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""


class Scores(_Measure):
    kind: Literal["last score", "average score"]
    metric: Literal["nps", "csat", "ces", "rating", "expectation", "emotion"]
    touchpoint: int | None = None


Definition = Interactions | Money | Scores
_read: TypeAdapter[Definition] = TypeAdapter(Annotated[Definition, Field(discriminator="kind")])

_TYPES = {
    "number": Type.NUMBER, "sum": Type.MONEY, "days since": Type.NUMBER, "first": Type.DATE, "last": Type.DATE, "last score": Type.NUMBER,
    "average score": Type.NUMBER, "touchpoints": Type.LIST, "channels": Type.LIST, "top channel": Type.TEXT, "last outcome": Type.TEXT,
}  # fmt: skip
#: What to do about a field that is empty or makes no sense, in the words of the page.
_MISSING = {
    "days": _lazy("Give the days as a whole number from 1 to 3,650."),
    "metric": _lazy("Choose which question it is about."),
    "currency": _lazy("Write the currency as three capital letters, such as EUR."),
    "touchpoint": _lazy("Choose a touchpoint, or none."),
}


def read(given: Any) -> Definition:
    """From parsed JSON. Raises BadDefinition."""
    if "\\u0000" in json.dumps(given, default=str):
        raise BadDefinition(_("A text in it holds a character that cannot be kept."))
    try:
        return _read.validate_python(given)
    except ValidationError as problem:
        first = problem.errors()[0]
        if said := _MISSING.get(str(first["loc"][-1]) if first["loc"] else ""):
            raise BadDefinition(str(said)) from None
        if first["type"].startswith("union_tag"):
            raise BadDefinition(
                _("Say in “kind” what is worked out, one of: %(kinds)s.") % {"kinds": ", ".join(_TYPES)}
            ) from None
        place = " → ".join(str(part) for part in first["loc"][1:] or first["loc"])
        raise BadDefinition(
            _("The part %(place)s is not right: %(message)s.") % {"place": place or "1", "message": first["msg"]}
        ) from None


def written(definition: Definition) -> dict[str, Any]:
    return definition.model_dump(mode="json")


def type_of(definition: Definition) -> Type:
    return _TYPES[definition.kind]


def otherwise(definition: Definition) -> str:
    """What holds of a customer of whom nothing is found: none are none; the rest is not known."""
    return "0" if definition.kind in ("number", "sum") else ""


def touchpoint_of(definition: Definition) -> int | None:
    return definition.touchpoint if isinstance(definition, Scores) else definition.what.touchpoint
