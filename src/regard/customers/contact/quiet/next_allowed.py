"""When a moment is quiet, and when it no longer is. Pure; the clock on the wall decides, as people look at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: A week shows every weekday; two days more for windows that reach over its ends.
_HORIZON = 9
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """From `start` on each of `days` (Monday is 0) until `end`: the same day when that is later, else the next."""

    days: frozenset[int]
    start: time
    end: time

    def covers(self, wall: datetime) -> bool:
        clock, today = wall.time(), wall.weekday()
        if self.start < self.end:
            return today in self.days and self.start <= clock < self.end
        return (today in self.days and clock >= self.start) or ((today - 1) % 7 in self.days and clock < self.end)


def is_quiet(moment: datetime, windows: Iterable[Window], zone: ZoneInfo) -> bool:
    wall = moment.astimezone(zone)
    return any(window.covers(wall) for window in windows)


def next_allowed(moment: datetime, windows: Sequence[Window], zone: ZoneInfo) -> datetime | None:
    """The first moment from `moment` on that is not quiet, in UTC; None when the windows leave no gap in a week.

    Quiet ends where a window ends, or where the clock is put forward or back, so only these are looked at.
    """
    moment = moment.astimezone(UTC)
    if not is_quiet(moment, windows, zone):
        return moment
    ends = {*_window_ends(moment, windows, zone), *_changes_of_offset(moment, zone)}
    return next((end for end in sorted(ends) if end > moment and not is_quiet(end, windows, zone)), None)


def _window_ends(moment: datetime, windows: Sequence[Window], zone: ZoneInfo) -> Iterable[datetime]:
    today = moment.astimezone(zone).date()
    for end in {window.end for window in windows}:
        for ahead in range(_HORIZON):
            for fold in (0, 1):
                wall = datetime.combine(today + ahead * _DAY, end.replace(fold=fold), tzinfo=zone)
                yield wall.astimezone(UTC)


def _changes_of_offset(moment: datetime, zone: ZoneInfo) -> Iterable[datetime]:
    """To the second, where the zone goes to or from summer time within the horizon."""
    step = timedelta(hours=6)
    for number in range(_HORIZON * 4):
        low, high = moment + number * step, moment + (number + 1) * step
        before = low.astimezone(zone).utcoffset()
        if before == high.astimezone(zone).utcoffset():
            continue
        low = low.replace(microsecond=0)
        while high - low > timedelta(seconds=1):
            middle = (low + (high - low) / 2).replace(microsecond=0)
            low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
        yield high.replace(microsecond=0)
