from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _


class BadQuery(ValueError):
    """The question cannot be answered as asked; the message says what to write instead. `field` names the parameter."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Period:
    """Whole days in the workspace's zone, both ends included. None: open."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def lasting(cls, days: int, today: date) -> Period:
        return cls(today - timedelta(days=days - 1), today)

    @property
    def days(self) -> int | None:
        return (self.last - self.first).days + 1 if self.first and self.last else None

    def before(self) -> Period | None:
        """The period of the same length just before; None for an open one."""
        if not self.first or not self.days:
            return None
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def year_before(self) -> Period | None:
        if not self.first or not self.last:
            return None
        return Period(self.first - timedelta(days=364), self.last - timedelta(days=364))  # the same weekdays

    def bounds(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """From the first moment (included) to the first after (excluded)."""
        first = datetime.combine(self.first, time.min, zone) if self.first else None
        after = datetime.combine(self.last + timedelta(days=1), time.min, zone) if self.last else None
        return first, after


_LAST = re.compile(r"(\d{1,4})\s*([dwmqy])$")
_DAYS = {"d": 1, "w": 7, "m": 30, "q": 91, "y": 365}


def read_period(*, first: str, last: str, lasting: str, today: date) -> Period:
    """`first` and `last` as YYYY-MM-DD, or `lasting` as 90d, 12w, 6m, 4q, 1y. Nothing given: all time. Raises BadQuery."""
    if lasting:
        found = _LAST.match(lasting.strip().lower())
        if not found or not int(found[1]):
            raise BadQuery(
                _("“%(text)s” is not a length of time; write 90d, 12w, 6m or 1y.") % {"text": lasting[:40]}, "last"
            )
        days = int(found[1]) * _DAYS[found[2]]
        if days > 36_500:
            raise BadQuery(_("Choose at most 100 years."), "last")
        return Period.lasting(days, today)
    period = Period(_day(first, "from"), _day(last, "to"))
    if period.first and period.last and period.first > period.last:
        raise BadQuery(_("The period ends before it begins."), "to")
    return period


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise BadQuery(_("“%(text)s” is not a date; write it as 2026-11-22.") % {"text": text[:40]}, field) from None
    if not 1990 <= day.year <= 2100:
        raise BadQuery(_("Choose dates between 1990 and 2100."), field)
    return day
