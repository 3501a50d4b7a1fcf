"""Where, when and to whom a widget shows itself: a value, kept and sent as JSON. All of it must hold at once.

{"where": [{"how": "begins", "value": "/account/"}], "seconds": 10, "share": 25, "devices": "phone"}
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from regard.listening.surveys.definition import Words

_TEXT = r"^[^\x00]*$"
MOST_ADDRESSES = 50


class BadTargeting(ValueError):
    """With a sentence that says what to change."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(_Part):
    """A value that begins with / is compared with the path and the query, any other with the whole address. `*` in a pattern is anything."""

    how: Literal["is", "contains", "begins", "pattern"]
    value: Annotated[str, Field(min_length=1, max_length=500, pattern=_TEXT)]


class Button(_Part):
    """Always there; a click opens the survey, whatever of time, scrolling and events."""

    text: Words
    side: Literal["right", "left"] = "right"


class Pauses(_Part):
    """Days in which a visitor who saw it, answered it or sent it away is not asked again; 0 asks them at once."""

    shown: Annotated[int, Field(ge=0, le=3650)] = 30
    answered: Annotated[int, Field(ge=0, le=3650)] = 90
    dismissed: Annotated[int, Field(ge=0, le=3650)] = 60


class Targeting(_Part):
    #: Any of these; with none, every page.
    where: Annotated[tuple[Address, ...], Field(max_length=MOST_ADDRESSES)] = ()
    never: Annotated[tuple[Address, ...], Field(max_length=MOST_ADDRESSES)] = ()
    #: What the page must have said has happened: regard("event", "checkout done").
    event: Annotated[str, Field(max_length=120, pattern=_TEXT)] = ""
    seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    #: Per cent of the page.
    scroll: Annotated[int, Field(ge=0, le=100)] = 0
    #: Per cent of visitors, each of whom stays in or out.
    share: Annotated[int, Field(ge=1, le=100)] = 100
    devices: Literal["all", "phone", "desktop"] = "all"
    #: Whose language is spoken: the page's, else the browser's; or the browser's alone.
    language: Literal["page", "browser"] = "page"
    pauses: Pauses = Pauses()
    button: Button | None = None


def read(given: Any) -> Targeting:
    """Raises BadTargeting."""
    try:
        return Targeting.model_validate(given)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = " → ".join(str(part) for part in first["loc"])
        raise BadTargeting(f"{place}: {first['msg']}" if place else str(first["msg"])) from None


def written(targeting: Targeting) -> dict[str, Any]:
    return targeting.model_dump(mode="json", exclude_defaults=True)
