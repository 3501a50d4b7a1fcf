"""When a connection runs by itself."""

from datetime import UTC, datetime, time, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from regard.connectors.taps.jobs import LANES, begin, start_due
from regard.connectors.taps.models import Connection, Run
from regard.connectors.taps.schedule import due, next_after
from regard.connectors.taps.tests.conftest import OWNER, table, visits

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def found(workspace):
    """In a workspace of Paris."""
    return Connection(workspace=workspace, name="Shop", owner=OWNER, created=NOW - timedelta(days=3))


def test_one_that_runs_by_hand_or_is_switched_off_is_never_due(found):
    assert not due(found, last=None, now=NOW)
    found.every, found.hours, found.on = "hours", 1, False
    assert not due(found, last=None, now=NOW)


def test_every_so_many_hours_is_counted_from_its_last_start(found):
    found.every, found.hours = "hours", 6
    assert due(found, last=None, now=NOW)
    assert not due(found, last=NOW - timedelta(hours=5, minutes=59), now=NOW)
    assert due(found, last=NOW - timedelta(hours=6), now=NOW)


def test_once_a_day_is_by_the_clock_of_the_workspace(found):
    found.every, found.at = "daily", time(13, 30)
    assert next_after(found, last=NOW, now=NOW) == datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    assert next_after(found, last=NOW + timedelta(minutes=30), now=NOW) == datetime(2026, 11, 24, 12, 30, tzinfo=UTC)


def test_a_day_on_which_the_clocks_change_has_its_run_too(found):
    found.every, found.at = "daily", time(2, 30)
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    following = next_after(found, last=spring, now=spring)
    assert timedelta(hours=12) < following - spring < timedelta(hours=15)


def test_what_is_due_is_started_once_and_a_failed_run_waits_for_its_next_turn(hand):
    hand.set(tables={"visits": table(visits(3))})
    hand.discover()
    hand.choose("visits")
    Connection.objects.update(every="hours", hours=1)
    (run,) = start_due()
    assert run.by == "schedule"
    job = ProcrastinateJob.objects.get(task_name="connectors.taps.carry_out")
    assert job.args == {"pk": run.pk} and job.lock == f"taps-{hand.connection.pk % LANES}"
    assert start_due() == []
    run.end("failed", "the source is away")
    assert start_due() == []
    Run.objects.update(asked=NOW - timedelta(days=400))
    assert len(start_due()) == 1


def test_a_connection_without_anything_to_run_is_left_alone(hand):
    Connection.objects.update(every="hours", hours=1)
    assert start_due() == []


def test_the_run_and_its_job_are_entered_together_or_not_at_all(hand, monkeypatch):
    from regard.connectors.taps import jobs

    def broken(**_):
        raise RuntimeError("no queue")

    monkeypatch.setattr(jobs.carry_out_run, "configure", broken)
    with pytest.raises(RuntimeError):
        begin(hand.connection, "discover", by=OWNER)
    assert not Run.objects.exists()
