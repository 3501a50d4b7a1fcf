from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from regard.customers.contact.models import QuietHours
from regard.customers.contact.quiet.next_allowed import Window, is_quiet, next_allowed
from regard.customers.contact.tests.made import customer, verdict
from regard.customers.contact.verdict import Because, Outcome

PARIS, EVERY = ZoneInfo("Europe/Paris"), frozenset(range(7))
NIGHT = Window(EVERY, time(20), time(9))
SUNDAY = Window(frozenset({6}), time(0), time(0))


def paris(*parts, fold=0):
    return datetime(*parts, tzinfo=PARIS, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (paris(2026, 7, 15, 12), paris(2026, 7, 15, 12)),
        (paris(2026, 7, 15, 20), paris(2026, 7, 16, 9)),
        (paris(2026, 7, 15, 3), paris(2026, 7, 15, 9)),
        (paris(2026, 7, 15, 19, 59, 59), paris(2026, 7, 15, 19, 59, 59)),
        (paris(2026, 7, 18, 21), paris(2026, 7, 20, 9)),  # Saturday evening: Sunday is quiet altogether
        (paris(2026, 7, 19, 12), paris(2026, 7, 20, 9)),
    ],
)
def test_the_night_and_sundays_are_quiet(asked, answer):
    assert next_allowed(asked, [NIGHT, SUNDAY], PARIS) == answer


def test_a_night_in_which_the_clock_changes_still_ends_at_nine_on_the_wall():
    spring, autumn = paris(2026, 3, 28, 21), paris(2026, 10, 24, 21)
    assert next_allowed(spring, [NIGHT], PARIS) - spring == timedelta(hours=11)
    assert next_allowed(autumn, [NIGHT], PARIS) - autumn == timedelta(hours=13)


def test_quiet_until_half_past_two_ends_when_the_clock_jumps_over_it():
    until = Window(EVERY, time(1), time(2, 30))
    assert next_allowed(paris(2026, 3, 29, 1, 30), [until], PARIS) == paris(2026, 3, 29, 3)


def test_the_hour_that_comes_twice_is_quiet_twice():
    window = Window(EVERY, time(2), time(2, 30))
    assert is_quiet(paris(2026, 10, 25, 2, 15), [window], PARIS)
    assert is_quiet(paris(2026, 10, 25, 2, 15, fold=1), [window], PARIS)
    assert not is_quiet(paris(2026, 10, 25, 2, 45), [window], PARIS)
    back = Window(EVERY, time(2, 30), time(3, 30))  # the clock goes back out of the window, then into it again
    assert next_allowed(paris(2026, 10, 25, 2, 45), [back], PARIS) == datetime(2026, 10, 25, 1, 0, tzinfo=UTC)


def test_a_week_without_a_gap_has_no_next_moment():
    assert next_allowed(paris(2026, 7, 15, 12), [Window(EVERY, time(0), time(0))], PARIS) is None


ZONES = st.sampled_from(
    ["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia"]
).map(ZoneInfo)  # fmt: skip
MINUTES = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
WINDOWS = st.lists(
    st.builds(Window, st.frozensets(st.integers(0, 6), min_size=1), MINUTES, MINUTES), min_size=1, max_size=4
)
#: Half of the time near a change of the clock.
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.sampled_from([datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2026, 3, 8), datetime(2026, 11, 1), datetime(2026, 4, 5)]).flatmap(
        lambda day: st.timedeltas(timedelta(days=-1), timedelta(days=2)).map(lambda away: day + away)
    ),
).map(lambda moment: moment.replace(tzinfo=UTC))  # fmt: skip


@given(MOMENTS, WINDOWS, ZONES)
@settings(max_examples=400, deadline=None)
def test_the_answer_is_never_itself_quiet_and_never_before_the_question(moment, windows, zone):
    answer = next_allowed(moment, windows, zone)
    assume(answer is not None)
    assert answer >= moment and not is_quiet(answer, windows, zone)


@given(MOMENTS, WINDOWS, ZONES)
@settings(max_examples=60, deadline=None)
def test_no_earlier_minute_would_have_done(moment, windows, zone):
    moment = moment.replace(second=0, microsecond=0)
    answer = next_allowed(moment, windows, zone)
    minutes = (moment + timedelta(minutes=number) for number in range(8 * 1440))
    assert answer == next((minute for minute in minutes if not is_quiet(minute, windows, zone)), None)


@pytest.mark.django_db
def test_the_customers_clock_decides_and_the_workspaces_where_theirs_is_unknown(purposes, now):
    QuietHours.objects.create(workspace=purposes, channel="SMS", days=list(range(7)), start=time(20), end=time(9))
    at = now.replace(hour=6)  # 08:00 in Paris, 15:00 in Tokyo
    phones = iter(range(33600000000, 33600000010))

    def asked(**traits):
        return verdict(customer(purposes, email="", phone=str(next(phones)), traits=traits), at, channel="SMS")

    home, tokyo, nonsense = asked(), asked(time_zone="Asia/Tokyo"), asked(timezone="Moon/Base", other=1)
    assert tokyo.allowed
    for one in (home, nonsense):
        assert (one.outcome, one.because, one.until) == (Outcome.DELAYED, Because.QUIET, at.replace(hour=7))
    assert asked(time_zone=5).outcome == Outcome.DELAYED


@pytest.mark.django_db
def test_hours_of_one_channel_come_on_top_of_those_of_all(purposes, now):
    QuietHours.objects.create(workspace=purposes, channel="all", days=[2], start=time(12), end=time(13))
    QuietHours.objects.create(workspace=purposes, channel="SMS", days=[2], start=time(13), end=time(14))
    who = customer(purposes, phone="33612345678")
    assert verdict(who, now).until == now.replace(hour=11)
    assert verdict(who, now, channel="SMS").until == now.replace(hour=12)


@pytest.mark.django_db
def test_where_every_hour_is_quiet_the_answer_is_no(purposes, now):
    QuietHours.objects.create(workspace=purposes, channel="all", days=list(range(7)), start=time(0), end=time(0))
    found = verdict(customer(purposes), now)
    assert (found.outcome, found.because) == (Outcome.REFUSED, Because.QUIET)
