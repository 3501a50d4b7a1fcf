"""Business hours: added up and counted, over nights, holidays and the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.care.hours.clock import Hours, NeverOpen
from regard.care.hours.models import read_spans, written_spans

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(BERLIN, dict.fromkeys(range(5), ((540, 720), (780, 1020))), frozenset({date(2026, 12, 25)}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-26 10:00", 1, "2026-11-26 11:00"),
        ("2026-11-26 11:30", 1, "2026-11-26 13:30"),  # over lunch
        ("2026-11-26 16:30", 1, "2026-11-27 09:30"),  # overnight
        ("2026-11-27 16:30", 1, "2026-11-30 09:30"),  # over the weekend
        ("2026-11-28 12:00", 7, "2026-11-30 17:00"),  # to the very end of a day, not the next morning
        ("2026-12-24 16:00", 2, "2026-12-28 10:00"),  # over a holiday and the weekend
        ("2026-11-26 03:00", 0, "2026-11-26 09:00"),
    ],
)
def test_what_is_due_after_so_many_open_hours(start: str, hours: int, end: str) -> None:
    assert OFFICE.after(at(start), timedelta(hours=hours)) == at(end)


def test_a_working_day_is_as_long_when_clocks_change_and_a_whole_day_is_not() -> None:
    for day in ("2026-03-29", "2026-10-25"):
        office = Hours(BERLIN, dict.fromkeys(range(7), ((540, 1020),)))
        assert office.between(at(f"{day} 00:00"), at(f"{day} 23:00")) == timedelta(hours=8)
    # every day but one, so that the days are counted one by one
    nearly = Hours(BERLIN, dict.fromkeys(range(7), ((0, 1440),)), frozenset({date(2026, 1, 1)}))
    assert nearly.between(at("2026-03-29 00:00"), at("2026-03-30 00:00")) == timedelta(hours=23)
    assert nearly.between(at("2026-10-25 00:00"), at("2026-10-26 00:00")) == timedelta(hours=25)
    assert nearly.after(at("2026-10-25 00:00"), timedelta(hours=25)) == at("2026-10-26 00:00")


def test_hours_that_never_open_are_said_to_be_none() -> None:
    with pytest.raises(NeverOpen):
        Hours(BERLIN, {}).after(at("2026-11-26 10:00"), timedelta(hours=1))


_MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
_WEEKS = st.dictionaries(
    st.integers(0, 6),
    st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(
        lambda cuts: tuple(zip(sorted(cuts)[0::2], sorted(cuts)[1::2], strict=False))
    ),
    min_size=1,
)


@settings(deadline=None, max_examples=150)
@given(_MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(hours=60)), _WEEKS, st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns"]))
def test_counting_what_was_added_gives_it_back(start: datetime, lasting: timedelta, week: dict[int, tuple[tuple[int, int], ...]], zone: str) -> None:
    hours = Hours(ZoneInfo(zone), week)
    try:
        end = hours.after(start, lasting)
    except NeverOpen:
        return
    assert hours.between(start, end) == lasting
    assert hours.between(start, end - timedelta(microseconds=1)) < lasting


def test_hours_are_read_as_people_write_them() -> None:
    assert read_spans("9-12.30, 13:30–17") == ((540, 750), (810, 1020)) and read_spans("  ") == ()
    assert written_spans(read_spans("0-24")) == "0:00-24:00"
    for wrong in ("nine to five", "17-9", "9-12, 11-13", "9-25", "9:75-10"):
        with pytest.raises(ValidationError):
            read_spans(wrong)
