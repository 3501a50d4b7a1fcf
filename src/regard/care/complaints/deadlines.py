"""How long a complaint may take: lengths as regulators write them, counted on the calendar of the place. Pure arithmetic.

Hours are counted as they pass. Days, weeks and working days end with the day on which they end, on the clock of the place: what came in
on the 3rd and has 8 weeks is on time until midnight of the day 56 days later. Working days are those on which the unit works at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from regard.care.hours.clock import Hours

_WRITTEN = re.compile(r"\s*(\d{1,3})\s+(hours?|working days?|days?|weeks?)\s*")
UNITS = {"hours": _("hours"), "days": _("days"), "working days": _("working days"), "weeks": _("weeks")}
_MONDAY_TO_FRIDAY = frozenset(range(5))
#: Nobody closes for so long: a calendar without a working day in it is none.
_FURTHEST = timedelta(days=3_660)


class NoLength(ValueError):
    """It says no length of time."""


@dataclass(frozen=True)
class Length:
    number: int
    #: One of UNITS.
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"

    @property
    def said(self) -> str:
        """As people say it, in the language of the reader."""
        match self.unit:
            case "hours":
                return ngettext("%(n)s hour", "%(n)s hours", self.number) % {"n": self.number}
            case "weeks":
                return ngettext("%(n)s week", "%(n)s weeks", self.number) % {"n": self.number}
            case "working days":
                return ngettext("%(n)s working day", "%(n)s working days", self.number) % {"n": self.number}
        return ngettext("%(n)s day", "%(n)s days", self.number) % {"n": self.number}


def read_length(text: str) -> Length:
    """`8 weeks`. Raises NoLength."""
    found = _WRITTEN.fullmatch(text)
    if found is None or not int(found[1]):
        raise NoLength
    return Length(int(found[1]), found[2] if found[2].endswith("s") else f"{found[2]}s")


def due(received: datetime, length: Length, hours: Hours) -> datetime:
    """The last moment (aware, UTC) that is in time. `hours` are those of the unit; where it says none, Monday to Friday are working days."""
    if length.unit == "hours":
        return received + timedelta(hours=length.number)
    day = received.astimezone(hours.zone).date()
    if length.unit == "working days":
        day = _working_days_later(day, length.number, hours)
    else:
        day += timedelta(days=length.number * (7 if length.unit == "weeks" else 1))
    end = datetime.combine(day + timedelta(days=1), time.min, hours.zone).astimezone(UTC)
    return end - timedelta(seconds=1)


def _working_days_later(day: date, number: int, hours: Hours) -> date:
    works, last = _days_of_work(hours.week), day + _FURTHEST
    while number and day < last:
        day += timedelta(days=1)
        number -= day.weekday() in works and day not in hours.closed
    return day


def _days_of_work(week: Mapping[int, object]) -> frozenset[int]:
    """Where somebody is there on every day, as without a calendar, the law still counts Monday to Friday."""
    found = frozenset(day for day, spans in week.items() if spans)
    return found if found and len(found) < 7 else _MONDAY_TO_FRIDAY
