"""What readers see while values are worked out anew, and when that is done at all."""

from datetime import timedelta
from unittest.mock import Mock

import pytest

from regard.customers.models import Profile
from regard.ledger.record.project import project_all
from regard.ledger.touchpoints.models import Touchpoint
from regard.segments.computed import mirror
from regard.segments.computed.definition import read
from regard.segments.computed.jobs import refresh_all
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.queries import versions, worked_out
from regard.segments.computed.refresh import refresh, sweep
from regard.segments.computed.save import save
from regard.segments.computed.tests.made import NOW, happened, people
from regard.segments.members.mirror import refresh as refresh_segment
from regard.segments.mirror import mirror_profiles
from regard.segments.models import Segment
from regard.testing.events import send, track
from regard.warehouse import Scope, WarehouseAway

pytestmark = pytest.mark.django_db
ANA, BEN = 1, 2


@pytest.fixture
def calls(workspace, ledger):
    people(workspace, {ANA: ANA, BEN: BEN})
    happened(workspace, {"profile": ANA, "at": NOW - timedelta(days=1), "touchpoint": 7})
    trait = ComputedTrait(workspace=workspace)
    save(trait, read({"kind": "number"}), name="calls", actor="me@x", now=NOW)
    return trait


def seen(workspace, name="calls"):
    found = worked_out(Scope(workspace.pk), [ANA, BEN])
    return tuple(found[who][name].value for who in (ANA, BEN))


def test_it_is_worked_out_anew_only_when_something_changed(calls, workspace):
    assert seen(workspace) == (1, 0)
    assert not refresh(workspace, now=NOW)
    happened(workspace, {"profile": BEN, "at": NOW})
    assert seen(workspace) == (1, 0)
    assert refresh(workspace, now=NOW + timedelta(minutes=15))
    assert seen(workspace) == (1, 1)
    calls.refresh_from_db()
    assert calls.number == 2 and calls.refreshed == NOW + timedelta(minutes=15)
    assert not refresh(workspace, now=NOW + timedelta(minutes=30))


@pytest.mark.parametrize("what", ["a day", "a joining", "a name", "a currency", "a correction"])
def test_whatever_values_follow_from_makes_them_new(calls, workspace, what):
    now = NOW
    match what:
        case "a day":
            now = NOW + timedelta(days=1)
        case "a joining":
            people(workspace, {BEN: ANA}, version=2)
        case "a name":
            Touchpoint.objects.create(workspace=workspace, name="Shop")
        case "a currency":
            workspace.currency = "USD"
        case "a correction":
            send(workspace, track("m1"))
            project_all()
    assert refresh(workspace, now=now)


def test_what_came_in_by_the_collector_is_counted_under_the_customer_s_name(workspace, ledger):
    save(ComputedTrait(workspace=workspace), read({"kind": "days since"}), name="quiet days", actor="me@x", now=NOW)
    send(workspace, track("m1", user="ana", timestamp=(NOW - timedelta(days=3)).isoformat()))
    project_all()
    ana = Profile.objects.get(workspace=workspace)
    mirror_profiles(workspace.pk, [ana.pk])
    assert refresh(workspace, now=NOW)
    worked = worked_out(Scope(workspace.pk), [ana.pk])[ana.pk]["quiet days"]
    assert (worked.value, worked.text) == (3, "3 days")


def test_a_refresh_that_dies_half_way_leaves_the_old_values_readable(calls, workspace, ledger, monkeypatch):
    happened(workspace, {"profile": BEN, "at": NOW})
    whole = ledger.execute

    def dies(sql, values=None):
        whole(sql.replace("where value != ''", "where value != '' limit 1"), values)
        raise WarehouseAway("gone")

    monkeypatch.setattr(mirror.warehouse(), "execute", dies)
    with pytest.raises(WarehouseAway):
        refresh(workspace, now=NOW)
    monkeypatch.undo()
    assert seen(workspace) == (1, 0)
    assert len(versions(workspace.pk)) == 2
    assert refresh(workspace, now=NOW) and seen(workspace) == (1, 1)


def test_an_edit_that_dies_leaves_the_old_definition_with_its_values(calls, workspace, monkeypatch):
    monkeypatch.setattr(mirror.warehouse(), "execute", lambda sql, values=None: (_ for _ in ()).throw(WarehouseAway()))
    with pytest.raises(WarehouseAway):
        save(calls, read({"kind": "days since"}), name="calls", actor="me@x", now=NOW)
    monkeypatch.undo()
    assert seen(workspace) == (1, 0)
    assert ComputedTrait.objects.get(pk=calls.pk).definition["kind"] == "number"


def test_a_definition_changed_while_the_old_one_is_worked_out_stays(calls, workspace, monkeypatch):
    happened(workspace, {"profile": BEN, "at": NOW})
    fill = mirror.fill

    def meanwhile(*given):
        filled = fill(*given)
        save(ComputedTrait.objects.get(pk=calls.pk), read({"kind": "days since"}), name="calls", actor="me@x", now=NOW)
        return filled

    monkeypatch.setattr(
        "regard.segments.computed.refresh.fill", lambda *given: (monkeypatch.undo(), meanwhile(*given))[1]
    )
    assert refresh(workspace, now=NOW)
    assert seen(workspace) == (1, 0)  # days, of both
    happened(workspace, {"profile": BEN, "at": NOW - timedelta(days=9)})
    assert refresh(workspace, now=NOW + timedelta(days=1)) and seen(workspace) == (2, 1)


def test_old_versions_are_thrown_away_once_nobody_can_be_reading_them(calls, workspace):
    happened(workspace, {"profile": BEN, "at": NOW})
    refresh(workspace, now=NOW)
    assert len(versions(workspace.pk)) == 2
    assert sweep(workspace, now=NOW + timedelta(seconds=30)) == 0
    assert sweep(workspace, now=NOW + timedelta(minutes=2)) == 1
    assert versions(workspace.pk) == {ComputedTrait.objects.get(pk=calls.pk).version}
    assert seen(workspace) == (1, 1)


def test_values_that_are_lost_are_worked_out_again(calls, workspace, ledger):
    ledger.execute("truncate table computed")
    assert seen(workspace) == (0, 0)
    assert refresh(workspace, now=NOW) and seen(workspace) == (1, 0)


def test_nothing_is_left_of_one_that_was_removed(calls, workspace):
    calls.remove(actor="me@x")
    assert sweep(workspace, now=NOW) == 1
    assert versions(workspace.pk) == set()
    assert not refresh(workspace, now=NOW)


def test_a_segment_follows_at_its_next_refresh(calls, workspace):
    many = {"kind": "all", "of": [{"kind": "trait", "name": "calls", "op": ">=", "values": ["2"]}]}
    segment = Segment.objects.create(workspace=workspace, name="Callers", definition=many)
    assert refresh_segment(segment, now=NOW) == 0
    happened(workspace, {"profile": ANA, "at": NOW})
    assert refresh_segment(segment, now=NOW) == 0
    refresh(workspace, now=NOW)
    assert refresh_segment(segment, now=NOW) == 1


def test_the_schedule_keeps_every_workspace_fresh(calls, workspace, monkeypatch):
    monkeypatch.setattr("regard.segments.computed.jobs.connection", Mock())  # the test's own stays open
    happened(workspace, {"profile": BEN, "at": NOW})
    refresh_all(0)
    assert seen(workspace) == (1, 1)
