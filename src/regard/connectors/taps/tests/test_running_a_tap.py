"""What a tap gives reaches the ledger once, whatever happens to the tap."""

from pathlib import Path

import pytest

from regard.connectors.taps.catalog import chosen
from regard.connectors.taps.models import KnownRecord, Run
from regard.connectors.taps.tests.conftest import table, visits
from regard.ledger.models import InboxRow
from regard.warehouse.scope import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(hand):
    hand.set(tables={"visits": table(visits(10))})
    hand.discover()
    hand.choose("visits")
    return hand


def test_records_become_interactions_and_the_state_is_kept(shop):
    run = shop.run()
    assert (run.outcome, run.message) == ("done", "")
    assert shop.counts(run) == (10, 0, 10, 0, 0)
    assert shop.connection.state == {"bookmarks": {"visits": {"since": "2026-03-01T00:09:00Z"}}}
    assert run.state_before == {} and run.state_after == shop.connection.state


def test_the_next_run_reads_only_what_is_new(shop):
    shop.run()
    shop.set(tables={"visits": table(visits(14))})
    run = shop.run()
    assert shop.counts(run) == (5, 1, 4, 0, 0)  # the last one comes again, as taps do


def test_a_tap_that_dies_midway_keeps_what_it_gave_and_goes_on_from_there(shop):
    shop.set(tables={"visits": table(visits(10))}, dies_after=5)
    run = shop.run()
    assert run.outcome == "failed"
    assert run.message == "The tap ended with code 1: CRITICAL the source went away"
    assert shop.counts(run) == (5, 0, 5, 0, 0)
    assert shop.connection.state == {"bookmarks": {"visits": {"since": "2026-03-01T00:03:00Z"}}}
    shop.set(tables={"visits": table(visits(10))})
    again = shop.run()
    assert again.outcome == "done"
    assert shop.counts(again) == (7, 2, 5, 0, 0)
    assert sum(row.accepted for row in InboxRow.objects.all()) == 10


def test_a_stream_without_clock_that_comes_whole_each_time_is_taken_in_once(hand):
    hand.set(tables={"visits": table(visits(10), by="")})
    hand.discover()
    hand.choose("visits")
    hand.run()
    inboxes = InboxRow.objects.count()
    run = hand.run()
    assert hand.counts(run) == (10, 10, 0, 0, 0)
    assert InboxRow.objects.count() == inboxes


def test_a_changed_record_takes_the_place_of_the_older_one(shop, ledger):
    shop.run()
    rows = visits(10)
    rows[3] |= {"amount": "333", "updated_at": "2026-03-02T00:00:00Z"}
    shop.set(tables={"visits": table(rows)})
    run = shop.run()
    assert shop.counts(run)[2] == 1
    found = _money(ledger, shop)
    assert len(found) == 10 and 333 in found and 3 not in found
    assert KnownRecord.objects.filter(version=1).count() == 1


def test_records_that_come_twice_in_one_run_count_once(hand):
    rows = visits(3)
    hand.set(tables={"visits": table([*rows, *rows])})
    hand.discover()
    hand.choose("visits")
    run = hand.run()
    assert hand.counts(run) == (6, 3, 3, 0, 0)


def test_equal_records_without_a_key_all_count_and_come_again_as_the_same(hand):
    twins = [{"created_at": "2026-03-01T00:00:00Z", "email": "a@x.org", "amount": "1"}] * 3
    hand.set(tables={"visits": {"keys": [], "by": "", "rows": twins}})
    hand.discover()
    hand.choose("visits")
    assert hand.counts(hand.run())[2] == 3
    assert hand.counts(hand.run()) == (3, 3, 0, 0, 0)


def test_the_same_key_in_two_streams_is_two_records(hand):
    hand.set(tables={"visits": table(visits(4)), "orders": table(visits(4))})
    hand.discover()
    hand.choose("visits", "orders")
    assert hand.counts(hand.run())[2] == 8


def test_a_record_that_cannot_be_used_is_refused_with_its_reason_and_the_others_go_in(shop):
    rows = visits(10)
    rows[4]["created_at"] = "yesterday"
    shop.set(tables={"visits": table(rows)})
    run = shop.run()
    assert shop.counts(run) == (10, 0, 9, 1, 0)
    from regard.ledger.models import RefusedItem

    assert "yesterday" in RefusedItem.objects.get(source=shop.stream("visits").source).detail


def test_a_record_without_its_key_is_refused(shop):
    rows = visits(3)
    rows[1]["id"] = None
    shop.set(tables={"visits": table(rows)})
    assert shop.counts(shop.run()) == (3, 0, 2, 1, 0)


def test_streams_that_were_not_chosen_are_not_asked_for(hand):
    hand.set(tables={"visits": table(visits(4)), "orders": table(visits(4))})
    hand.discover()
    hand.choose("orders")
    run = hand.run()
    assert [one.stream.name for one in run.streams.all()] == ["orders"]


def test_starting_over_reads_everything_again_and_changes_nothing(shop):
    shop.run()
    shop.connection.start_over(by="a")
    assert shop.counts(shop.run()) == (10, 10, 0, 0, 0)


def test_taking_back_empties_the_ledger_and_a_later_run_fills_it_again(shop, ledger):
    from regard.ledger.record.project import project_all

    shop.run()
    shop.connection.take_back(by="a")
    project_all()
    assert _money(ledger, shop) == []
    assert shop.connection.state == {} and not shop.connection.on
    assert shop.counts(shop.run())[2] == 10


def test_another_map_reads_what_is_in_already_again(shop, ledger):
    import msgspec

    from regard.ledger.record.project import project_all

    shop.run()
    stream = shop.stream("visits")
    found = stream.import_map
    columns = [msgspec.structs.replace(c, becomes="property") if c.becomes == "money" else c for c in found.columns]
    assert stream.use_map(msgspec.structs.replace(found, columns=columns), by="a")
    project_all()
    assert _money(ledger, shop) == [None] * 10


def test_five_thousand_records_and_more_are_taken_in_by_chunks(hand):
    hand.set(tables={"visits": table([row | {"id": str(n)} for n, row in enumerate(visits(1_400) * 5)])}, every=500)
    hand.discover()
    hand.choose("visits")
    run = hand.run()
    assert hand.counts(run)[:3] == (7_000, 0, 7_000)
    assert InboxRow.objects.count() == 2


def _money(ledger, hand):
    found = ledger.select(
        Scope(hand.connection.workspace_id),
        "select money from ledger where $scope and kind = 'interaction' order by at",
    )
    return [money for (money,) in found]


def test_a_run_is_written_down(shop):
    run = shop.run()
    assert Run.objects.get(pk=run.pk).lasted is not None


@pytest.mark.parametrize("takes", [["catalog"], ["properties"], ["catalog", "properties"]])
def test_taps_are_given_their_catalog_as_they_take_it(hand, executable, takes):
    path = Path(executable)
    path.write_text(path.read_text().replace("[--catalog]", " ".join(f"[--{name}]" for name in takes)))
    assert hand.do("install").outcome == "done"
    assert hand.connection.options == takes
    hand.set(tables={"visits": table(visits(4))})
    hand.discover()
    hand.choose("visits")
    assert hand.counts(hand.run())[2] == 4


def test_fields_that_were_left_out_are_not_asked_for(hand):
    hand.set(tables={"visits": table(visits(4))})
    hand.discover()
    stream = hand.stream("visits")
    stream.left_out, stream.method, stream.replication_key = ["amount", "id"], "INCREMENTAL", "updated_at"
    (entry,) = chosen(hand.connection.catalog, [stream])["streams"]
    asked = {one["breadcrumb"][1] for one in entry["metadata"] if one["breadcrumb"] and one["metadata"]["selected"]}
    assert asked == {"id", "created_at", "updated_at", "email", "channel"}  # its key is needed whatever was said
    assert entry["metadata"][0]["metadata"]["replication-key"] == "updated_at"
