"""What goes into the inbox comes out of the ledger, once."""

import pytest
from django.db import DataError

from regard.ledger.inbox.models import InboxRow
from regard.ledger.record.project import project_all
from regard.ledger.refused.models import RefusedItem
from regard.testing.events import send, track
from regard.warehouse import Scope

pytestmark = pytest.mark.django_db


def events(ledger, workspace):
    return ledger.select(
        Scope(workspace.pk), "select event, profile, touchpoint from ledger where $scope order by at, event"
    )


def test_an_event_becomes_an_interaction_at_the_touchpoint_unmapped(ledger, workspace):
    send(workspace, track("m1", event="Call Ended"))
    project_all()
    ((event, profile, touchpoint),) = events(ledger, workspace)
    assert (event, touchpoint) == ("Call Ended", 0)
    assert profile > 0


def test_the_same_message_counts_once_in_its_batch_in_another_and_later(ledger, workspace):
    send(workspace, track("m1"), track("m1"), track("m2"))
    send(workspace, track("m2"), track("m3"))
    project_all()
    again = send(workspace, track("m1"), track("m3"))
    project_all()
    assert len(events(ledger, workspace)) == 3
    again.refresh_from_db()
    assert (again.accepted, again.repeated, again.refused) == (0, 2, 0)


def test_every_item_sent_is_accepted_refused_or_repeated(ledger, workspace):
    send(
        workspace,
        track("a"),
        track("a"),
        {"type": "track", "event": "no one"},
        {"type": "dance", "userId": "u"},
        5,
        None,
        track("b", timestamp="yesterday"),
        track("c", timestamp="9999-01-01T00:00:00Z"),
        track("d", timestamp="1970-01-01T00:00:00Z"),
        track("e", properties=[1]),
        track("f", userId="\0"),
        track("g", properties={"big": "x" * 40_000}),
    )
    project_all()
    row = InboxRow.objects.get()
    assert row.items == 12
    assert (row.accepted, row.repeated, row.refused) == (1, 1, 10)
    assert set(RefusedItem.objects.values_list("code", flat=True)) == {
        "no_identity",
        "unknown_type",
        "unreadable",
        "bad_time",
        "time_out_of_range",
        "bad_properties",
        "bad_id",
        "too_large",
    }


def test_a_message_id_never_touches_another_workspace(ledger, workspace):
    from regard.workspace.models import Workspace

    other = Workspace.found(name="Other")
    send(workspace, track("m1"))
    send(other, track("m1"))
    project_all()
    assert len(events(ledger, workspace)) == len(events(ledger, other)) == 1
    assert events(ledger, workspace)[0][1] != events(ledger, other)[0][1]


def test_identify_joins_the_anonymous_visitor_and_notes_the_traits(ledger, workspace):
    from regard.customers.models import Identifier, Profile

    send(workspace, {"type": "page", "anonymousId": "cookie", "messageId": "p1", "name": "Prices"})
    send(
        workspace,
        {
            "type": "identify",
            "anonymousId": "cookie",
            "userId": "u1",
            "messageId": "i1",
            "traits": {"email": "Ines@X.fr", "plan": "pro", "name": "Inès"},
        },
    )
    send(workspace, track("t1", user="u1"))
    project_all()
    (person,) = Profile.objects.filter(merged_into=None)
    assert (person.name, person.traits["plan"]) == ("Inès", "pro")
    assert {(i.namespace, i.value) for i in Identifier.objects.filter(profile__in=person.profile_ids())} == {
        ("anonymous", "cookie"),
        ("user", "u1"),
        ("email", "ines@x.fr"),
    }
    assert {profile for _, profile, _ in events(ledger, workspace)} <= set(person.profile_ids())


def test_a_batch_cut_short_after_its_ids_were_taken_loses_and_doubles_nothing(ledger, workspace, monkeypatch):
    from regard.ledger.record import project
    from regard.warehouse import WarehouseAway

    row = send(workspace, track("m1"), track("m2"))

    def away(*_):
        raise WarehouseAway("gone")

    with monkeypatch.context() as broken:
        broken.setattr(project, "write", away)
        with pytest.raises(WarehouseAway):
            project.project_next()
    project_all()
    assert len(events(ledger, workspace)) == 2
    row.refresh_from_db()
    assert (row.accepted, row.repeated) == (2, 0)


def test_a_replay_reads_the_events_with_todays_mapping(ledger, workspace):
    from regard.ledger.models import Mapping, Touchpoint
    from regard.ledger.record.correct import replay

    row = send(
        workspace, track("m1", event="Call Ended", properties={"seconds": 90, "result": "solved", "cost": "12.5"})
    )
    project_all()
    support = Touchpoint.objects.create(workspace=workspace, name="Support call")
    Mapping.save_version(
        workspace_id=workspace.pk,
        author="ines",
        rules=[
            {
                "event": "Call *",
                "touchpoint": support.pk,
                "channel": "phone",
                "duration_property": "seconds",
                "outcome_property": "result",
                "money_property": "cost",
            }
        ],
    )
    replay(workspace.pk, [row.pk])
    project_all()
    found = ledger.select(
        Scope(workspace.pk),
        "select touchpoint, channel, duration, outcome, toFloat64(money), props['result'] from ledger where $scope",
    )
    assert found == [(support.pk, "phone", 90.0, "solved", 12.5, "solved")]


def test_forgetting_a_source_lets_what_it_had_shadowed_count(ledger, workspace):
    from regard.ledger.record.correct import forget

    first = send(workspace, track("m1"), track("m2"))
    second = send(workspace, track("m2"), track("m3"))
    project_all()
    forget(workspace.pk, [first.pk])
    project_all()
    assert len(events(ledger, workspace)) == 2
    second.refresh_from_db()
    assert (second.accepted, second.repeated) == (2, 0)
    assert not InboxRow.objects.filter(pk=first.pk).exists()


@pytest.mark.parametrize("failure", [ZeroDivisionError, DataError])
def test_a_request_that_breaks_our_code_is_refused_and_its_neighbours_land(ledger, workspace, monkeypatch, failure):
    from regard.ledger.record import project

    real = project.DECODERS["batch"]

    def fragile(workspace_id, came):
        if any(b"poison" in arrival.body for arrival in came):
            raise failure
        return real(workspace_id, came)

    monkeypatch.setitem(project.DECODERS, "batch", fragile)
    send(workspace, track("m1"))
    bad = send(workspace, track("poison"))
    send(workspace, track("m2"))
    project_all()
    assert len(events(ledger, workspace)) == 2
    bad.refresh_from_db()
    assert (bad.accepted, bad.refused) == (0, 1)


def test_select_without_a_scope_is_refused(ledger):
    from regard.warehouse import UnscopedQuery

    with pytest.raises(UnscopedQuery):
        ledger.select(Scope(1), "select count() from ledger")


def test_ids_and_kinds_of_ids_with_characters_that_divide_them_stay_whole(ledger, workspace):
    import json

    import pyarrow as pa

    from regard.customers.models import Identifier
    from regard.ledger.record.columns import ROWS, conform
    from regard.ledger.record.people import find_people

    keys = [{"card\x1fuser": "a\x1fb"}, {"card\x00": "c"}, {"\x1f": "d"}, {"card": "e\t,{}\\\"'"}]
    rows = conform(pa.table({"keys": pa.array([json.dumps(one) for one in keys])}), ROWS)
    found = find_people(workspace.pk, rows)
    assert [bool(profile) for profile in found] == [True, True, False, True]
    assert set(Identifier.objects.values_list("namespace", "value")) == {
        ("carduser", "ab"),
        ("card", "c"),
        ("card", "e\t,{}\\\"'"),
    }
    assert list(find_people(workspace.pk, rows)) == list(found)
