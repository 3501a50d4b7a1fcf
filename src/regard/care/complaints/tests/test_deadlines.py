"""How long a complaint may take, on the calendar of its place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regard.care.complaints.deadlines import Length, NoLength, due, read_length
from regard.care.complaints.regimes import regimes
from regard.care.hours.clock import Hours

LONDON = ZoneInfo("Europe/London")
OFFICE = dict.fromkeys(range(5), ((540, 1020),))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("received", "length", "until"),
    [
        # 8 weeks, over the end of summer time
        ("2026-09-07T15:30", "8 weeks", "2026-11-02T23:59:59"),
        # over new year, with Christmas and the two days after it closed
        ("2026-12-21T18:00", "5 working days", "2026-12-30T23:59:59"),
        # received on a Saturday
        ("2026-11-28T10:00", "2 working days", "2026-12-01T23:59:59"),
        ("2026-11-27T10:00", "24 hours", "2026-11-28T10:00"),
        ("2026-10-24T12:00", "24 hours", "2026-10-25T11:00"),
        ("2026-01-31T00:00", "30 days", "2026-03-02T23:59:59"),
    ],
)
def test_when_time_is_up(received: str, length: str, until: str) -> None:
    hours = Hours(LONDON, OFFICE, frozenset({date(2026, 12, 25), date(2026, 12, 28)}))
    assert due(local(received), read_length(length), hours) == local(until)


def test_where_somebody_is_always_there_monday_to_friday_are_working_days() -> None:
    assert due(local("2026-11-27T10:00"), Length(1, "working days"), Hours(LONDON)) == local("2026-11-30T23:59:59")


@pytest.mark.parametrize("text", ["", "8", "weeks", "0 days", "8 months", "-1 days", "1e3 days", "8 weeks or so", "９ dayz"])
def test_what_is_no_length_is_said_to_be_none(text: str) -> None:
    with pytest.raises(NoLength):
        read_length(text)


@given(
    received=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)), number=st.integers(1, 200),
    unit=st.sampled_from(["hours", "days", "working days", "weeks"]), closed=st.frozensets(st.dates(date(2020, 1, 1), date(2036, 1, 1)), max_size=30),
)  # fmt: skip
def test_more_time_is_never_up_earlier_and_working_days_are_the_longest(
    received: datetime, number: int, unit: str, closed: frozenset[date]
) -> None:
    hours = Hours(LONDON, OFFICE, closed)
    moment = due(received, Length(number, unit), hours)
    assert moment > received and due(received, Length(number + 1, unit), hours) > moment
    assert due(received, Length(number, "working days"), hours) >= due(received, Length(number, "days"), hours)
    if unit == "working days":
        day = moment.astimezone(LONDON).date()
        assert day.weekday() < 5 and day not in closed


def test_every_rule_of_the_library_can_be_read_and_has_its_source() -> None:
    for one in regimes().values():
        assert one.source and one.checked
        for text in filter(None, (one.acknowledge, one.update, one.answer, one.extended)):
            assert read_length(text).number
    assert regimes()["gb-finance"].answer == "8 weeks" and regimes()["gb-payments"].extended == "35 working days"
    assert timedelta(weeks=6) == timedelta(weeks=read_length(regimes()["gb-telecoms"].answer).number)
