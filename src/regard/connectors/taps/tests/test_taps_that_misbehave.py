"""A tap that breaks, babbles, changes or talks too much: a clear result, nothing lost, nothing twice."""

import os
import threading
import time
from pathlib import Path

import pytest

from regard.connectors.taps import intake
from regard.connectors.taps.carry_out import carry_out
from regard.connectors.taps.intake import Intake
from regard.connectors.taps.jobs import start_due
from regard.connectors.taps.models import ConnectionRefused, Run
from regard.connectors.taps.process import Line, Lines, Tap
from regard.connectors.taps.tests.conftest import OWNER, table, visits
from regard.connectors.taps.work import STOPPING
from regard.ledger.models import InboxRow, RefusedItem

pytestmark = pytest.mark.django_db
SCHEMA = {
    "type": "SCHEMA",
    "stream": "visits",
    "key_properties": ["id"],
    "schema": {
        "properties": {
            name: {"type": ["null", "string"]}
            for name in ("id", "created_at", "updated_at", "email", "channel", "amount")
        }
    },
}


def record(row, stream="visits"):
    return {"say": {"type": "RECORD", "stream": stream, "record": row}}


def state(value):
    return {"say": {"type": "STATE", "value": {"bookmarks": {"visits": {"since": value}}}}}


@pytest.fixture
def shop(hand):
    hand.set(tables={"visits": table(visits(10)), "orders": table(visits(3))})
    hand.discover()
    hand.choose("visits")
    return hand


def follow(hand, *plan, **more):
    hand.set(plan=[{"say": SCHEMA}, *plan], **more)
    return hand.run()


def test_a_few_lines_of_chatter_are_counted_and_shown_and_do_no_harm(shop):
    run = follow(shop, {"raw": "Loading <b>…</b>"}, record(visits(1)[0]), {"raw": "42"}, state("a"))
    assert run.outcome == "done"
    assert (run.garbage, run.garbage_lines) == (2, ["Loading <b>…</b>", "42"])
    assert shop.counts(run)[2] == 1


def test_a_tap_that_prints_mostly_garbage_fails_and_its_state_is_not_believed(shop):
    babble = [{"raw": f"row {n}"} for n in range(60)]
    run = follow(shop, *babble, *map(record, visits(10)), state("later"))
    assert run.outcome == "failed"
    assert run.message == "60 of the 72 lines that the tap printed were no Singer messages."
    assert len(run.garbage_lines) == 20
    assert shop.connection.state == {}
    assert shop.counts(run)[2] == 10  # what was good is kept, and known when it comes again


def test_endless_garbage_is_not_listened_to_for_ever(shop):
    run = follow(shop, *[{"raw": "x"} for _ in range(250)], {"sleep": 60})
    assert run.outcome == "failed" and "200 of its first 201" in run.message
    assert run.lasted.total_seconds() < 20


def test_a_record_that_is_cut_off_is_refused_in_its_stream(shop):
    broken = '{"type": "RECORD", "stream": "visits", "record": {"id": "v9", "amo'
    run = follow(shop, record(visits(1)[0]), {"raw": broken}, state("a"))
    assert run.outcome == "done" and run.garbage == 0
    assert shop.counts(run) == (2, 0, 1, 1, 0)
    found = RefusedItem.objects.get()
    assert found.code == "broken_row" and "v9" in found.text


def test_a_line_of_a_hundred_megabytes_is_refused_and_never_held(shop):
    before = '{"type": "RECORD", "stream": "visits", "record": {"id": "big", "amount": "'
    run = follow(shop, {"long": {"before": before, "megabytes": 100, "after": '"}}'}}, record(visits(1)[0]), state("a"))
    assert run.outcome == "done", run.message
    assert shop.counts(run) == (2, 0, 1, 1, 0)
    found = RefusedItem.objects.get()
    assert "100 MB long" in found.detail and len(found.text) <= 4_000


def test_lines_are_never_held_beyond_the_longest():
    lines = Lines(longest=1_000_000)
    for _ in range(500):
        assert not list(lines.feed(b"x" * 100_000))
        assert len(lines._held) <= 1_100_000
    (line,) = lines.feed(b"end\nnext")
    assert line.cut and line.length == 50_000_003 and len(line.data) == 4_000
    assert list(lines.rest()) == [Line(b"next", 4)]


def test_lines_are_the_same_however_the_bytes_come():
    text = b"one\r\n\ntwo\nthree"
    for size in range(1, len(text) + 1):
        lines = Lines()
        found = [line.data for start in range(0, len(text), size) for line in lines.feed(text[start : start + size])]
        assert found + [line.data for line in lines.rest()] == [b"one", b"", b"two", b"three"]


def test_a_record_before_its_schema_ends_the_run(shop):
    shop.set(plan=[record(visits(1)[0]), {"sleep": 60}])
    run = shop.run()
    assert run.outcome == "failed"
    assert run.message == "The tap sent a record of “visits” before its schema."
    assert not InboxRow.objects.exists()


def test_files_of_records_are_refused_in_one_sentence(shop):
    run = follow(shop, {"say": {"type": "BATCH", "stream": "visits", "manifest": []}})
    assert run.outcome == "failed" and "batch_config" in run.message


def test_a_vanished_record_is_kept_and_said_so(shop):
    run = follow(shop, record(visits(1)[0]), {"say": {"type": "ACTIVATE_VERSION", "stream": "visits", "version": 3}})
    assert run.outcome == "done" and "is kept here" in run.notes[0]


def test_new_columns_and_changed_types_are_noted_and_the_map_goes_on(shop):
    shop.run()
    fields = SCHEMA["schema"]["properties"] | {"colour": {"type": "string"}, "amount": {"type": "number"}}
    changed = SCHEMA | {"schema": {"properties": fields}}
    rows = [row | {"amount": 7.5, "colour": "red"} for row in visits(2, 20)]
    run = follow(shop, record(visits(1, 19)[0]), {"say": changed}, *map(record, rows))
    assert run.outcome == "done"
    assert run.notes == [
        "visits has a new column: colour. Its map does not use it yet.",
        "visits: amount was string and is number now.",
    ]
    assert shop.counts(run) == (3, 0, 3, 0, 0)


def test_a_stream_that_loses_a_mapped_column_is_stopped_alone_and_its_state_stands_still(shop):
    shop.choose("orders")
    first = shop.run()
    assert first.outcome == "done"
    rows = [{k: v for k, v in row.items() if k != "email"} for row in visits(3, 30)]
    shop.set(tables={"visits": table(rows), "orders": table(visits(5))})
    run = shop.run()
    assert run.outcome == "partly"
    assert "visits no longer has the column “email”, which its map uses" in run.message
    by_name = {one.stream.name: one for one in run.streams.select_related("stream")}
    assert (by_name["visits"].records, by_name["orders"].records) == (0, 3)
    before = first.state_after["bookmarks"]
    assert shop.connection.state["bookmarks"]["visits"] == before["visits"]
    assert shop.connection.state["bookmarks"]["orders"] != before["orders"]
    shop.set(tables={"visits": table(visits(40)), "orders": table(visits(5))})
    assert shop.run().outcome == "done"
    assert InboxRow.objects.filter(source=shop.stream("visits").source).last().accepted == 30


def test_a_stream_that_is_known_by_another_key_from_now_on_is_stopped(shop):
    shop.run()
    shop.set(plan=[{"say": SCHEMA | {"key_properties": ["email"]}}, record(visits(1, 50)[0])])
    run = shop.run()
    assert run.outcome == "partly" and "known by email, before by id" in run.message


def test_secrets_are_in_no_log_message_note_or_line(shop, client):
    secret = "s3cr3t/tok+en"
    said = ["token=s3cr3t/tok+en", "url?t=s3cr3t%2Ftok%2Ben", "basic czNjcjN0L3Rvaytlbg==", "pw hunter2hunter2"]
    run = follow(
        shop, *[{"moan": text} for text in said], {"raw": f"hello {secret}"}, {"moan": f"ERROR bad {secret}"}, {"exit": 3},
        secrets={"token": secret, "database": "postgresql://u:hunter2hunter2@h/db"},
    )  # fmt: skip
    kept = repr(Run.objects.filter(pk=run.pk).values()[0])
    for text in (secret, "s3cr3t%2F", "czNjcjN0", "hunter2"):
        assert text not in kept
    assert run.message == "The tap ended with code 3: ERROR bad •••"
    assert secret not in shop.connection.settings_sealed


def test_a_tap_sees_nothing_of_our_environment(shop, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://x:canary-in-the-mine@db/x")
    monkeypatch.setenv("REGARD_SECRET_KEY", "canary-two")
    monkeypatch.setenv("PGPASSWORD", "canary-three")
    monkeypatch.setenv("PIP_INDEX_URL", "https://canary-four@example.org")
    run = follow(shop, {"environment": 1})
    assert "PATH" in run.log and "canary" not in run.log and "REGARD" not in run.log


def test_the_files_of_a_run_are_for_this_user_alone_and_gone_afterwards(shop, settings):
    shop.set(plan=[{"say": SCHEMA}, {"sleep": 30}])
    run = shop.connection.ask("run", by=OWNER)
    seen = {}

    def look():
        until = time.monotonic() + 20
        while time.monotonic() < until:
            for path in (settings.REGARD_DATA / "taps").glob("*/run-*/config.json"):
                seen[path] = (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777)
                STOPPING.set()
                return
            time.sleep(0.05)

    watcher = threading.Thread(target=look)
    watcher.start()
    carry_out(run)
    watcher.join()
    assert list(seen.values()) == [(0o600, 0o700)]
    assert not list((settings.REGARD_DATA / "taps").glob("*/run-*"))


def test_a_run_that_is_stopped_kills_the_tap_and_keeps_what_came(shop):
    shop.set(plan=[{"say": SCHEMA}, record(visits(1)[0]), state("a"), {"sleep": 60}])
    run = shop.connection.ask("run", by=OWNER)
    begun = time.monotonic()
    original = Intake.idle

    def press(self):
        Run.objects.get(pk=run.pk).stop(by=OWNER)
        original(self)

    Intake.idle, kept = press, Intake.idle
    try:
        carry_out(run)
    finally:
        Intake.idle = kept
    run.refresh_from_db()
    assert (run.outcome, run.message) == ("stopped", "It was stopped.")
    assert time.monotonic() - begun < 15
    shop.connection.refresh_from_db()
    assert shop.connection.state == {"bookmarks": {"visits": {"since": "a"}}}
    assert run.records == 1


def test_one_that_has_not_begun_is_stopped_at_once(shop):
    run = shop.connection.ask("run", by=OWNER)
    run.stop(by=OWNER)
    carry_out(run)
    run.refresh_from_db()
    assert run.outcome == "stopped" and run.begun is None


def test_two_runs_at_once_are_refused(shop):
    shop.connection.ask("run", by=OWNER)
    with pytest.raises(ConnectionRefused, match="already"):
        shop.connection.ask("run", by=OWNER)


def test_a_run_of_a_killed_server_is_marked_and_goes_on_by_itself(shop):
    from django.utils import timezone

    run = shop.connection.ask("run", by=OWNER)
    Run.objects.filter(pk=run.pk).update(begun=timezone.now())
    (next_run,) = start_due()
    run.refresh_from_db()
    assert run.outcome == "interrupted"
    assert next_run.pk != run.pk and next_run.by == OWNER
    assert start_due() == []


def test_a_run_that_the_server_does_not_survive_is_not_begun_for_ever(shop):
    from django.utils import timezone

    begun = 0
    run = shop.connection.ask("run", by=OWNER)
    while run is not None and begun < 10:
        begun += 1
        Run.objects.filter(pk=run.pk).update(begun=timezone.now())
        run = next(iter(start_due()), None)
    assert begun == 3


def test_a_job_that_is_tried_again_takes_the_run_up(shop):
    from django.utils import timezone

    run = shop.connection.ask("run", by=OWNER)
    Run.objects.filter(pk=run.pk).update(begun=timezone.now())
    run.refresh_from_db()
    carry_out(run)
    assert [one.outcome for one in shop.connection.runs.filter(kind="run")] == ["done", "interrupted"]


def test_a_server_that_stops_ends_the_tap(shop):
    STOPPING.set()
    shop.set(plan=[{"say": SCHEMA}, {"sleep": 60}])
    run = shop.run()
    assert run.outcome == "interrupted"


def test_a_tap_that_takes_too_long_is_ended(shop):
    shop.connection.limit_minutes = 0
    shop.connection.save()
    run = follow(shop, {"sleep": 60})
    assert run.outcome == "failed" and "longer than it may" in run.message


def test_nothing_of_a_taps_process_group_is_left(tmp_path):
    script = tmp_path / "tap"
    script.write_text("#!/bin/sh\ntrap '' TERM\nsleep 300 &\necho $!\nwait\nsleep 300\n")
    script.chmod(0o755)
    with Tap([str(script)], cwd=tmp_path, env={"PATH": os.environ["PATH"]}) as tap:
        child = next(int(line.data) for line in tap.lines() if line is not None)
        tap.end(patience=0.3)
    until = time.monotonic() + 5
    while alive(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(child)


def alive(pid):
    """Still running, and not merely waiting to be reaped."""
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def test_states_are_committed_with_their_records_or_not_at_all(shop, monkeypatch):
    shop.set(tables={"visits": table(visits(10))})

    def full(*a, **k):
        raise OSError("disk full")

    monkeypatch.setattr(intake, "put_chunk", full)
    run = shop.run()
    assert run.outcome == "failed"
    assert shop.connection.state == {}
    monkeypatch.undo()
    assert shop.counts(shop.run())[2] == 10


def test_a_tap_is_switched_off_for_the_whole_server(shop, settings):
    run = shop.connection.ask("run", by=OWNER)
    settings.TAPS = False
    carry_out(run)
    run.refresh_from_db()
    assert run.begun is None
    with pytest.raises(ConnectionRefused, match="switched off"):
        shop.connection.ask("run", by=OWNER)
