"""Time that counts: only while somebody works. Pure arithmetic over moments in UTC.

A day's hours are read on the clock of their place, each day anew, so that nine to five is eight hours on the days on which clocks change,
and round the clock is 23 or 25.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

#: Minutes of a day, from and until; 1440 is its end.
Span = tuple[int, int]
ROUND_THE_CLOCK: Mapping[int, tuple[Span, ...]] = dict.fromkeys(range(7), ((0, 1440),))
#: Nobody waits longer: hours that open less often than this are no hours.
_FURTHEST = timedelta(days=3_660)


class NeverOpen(ValueError):
    """There are no hours in which anything could be done."""


@dataclass(frozen=True)
class Hours:
    """`week`: weekday (0 is Monday) → when work is done, in order and apart. `closed`: days on which it is not."""

    zone: ZoneInfo
    week: Mapping[int, tuple[Span, ...]] = field(default_factory=lambda: ROUND_THE_CLOCK)
    closed: frozenset[date] = frozenset()

    @cached_property
    def always(self) -> bool:
        return not self.closed and all(self.week.get(day) == ((0, 1440),) for day in range(7))

    def after(self, start: datetime, lasting: timedelta) -> datetime:
        """When so much of it has passed since `start` (aware); what ends with a span ends then. Raises NeverOpen."""
        if self.always:
            return start + lasting
        left, end = lasting, start + _FURTHEST
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, timedelta())
        raise NeverOpen

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much of it lies between two moments; nothing when the second is the earlier."""
        if self.always:
            return max(end - start, timedelta())
        passed = timedelta()
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            passed += max(min(closes, end) - max(opens, start), timedelta())
        return passed

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Those that end after `start`, in order; for ten years."""
        day = start.astimezone(self.zone).date() - timedelta(days=1)
        for _ in range(_FURTHEST.days + 3):
            if day not in self.closed:
                for begins, ends in self.week.get(day.weekday(), ()):
                    opens, closes = self._moment(day, begins), self._moment(day, ends)
                    if closes > start and closes > opens:
                        yield opens, closes
            day += timedelta(days=1)

    def _moment(self, day: date, minute: int) -> datetime:
        days, minute = divmod(minute, 1440)
        local = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), self.zone)
        return local.astimezone(UTC)
