"""Clocks that are wrong, answers that change, timelines that page."""

from datetime import UTC, datetime, timedelta

import pytest

from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.ledger.timeline.queries import timeline
from regard.testing.events import send, source, track
from regard.warehouse import Scope

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def times(ledger, workspace):
    return [at for (at,) in ledger.select(Scope(workspace.pk), "select at from ledger where $scope order by id")]


def test_a_clock_that_is_an_hour_ahead_is_set_right_by_sentat(ledger, workspace):
    ahead = timedelta(hours=1)
    send(
        workspace,
        track("m1", timestamp=(NOW - timedelta(minutes=5) + ahead).isoformat()),
        received=NOW,
        sentAt=(NOW + ahead).isoformat(),
    )
    project_all()
    assert times(ledger, workspace) == [NOW - timedelta(minutes=5)]


def test_a_few_seconds_on_the_way_move_nothing(ledger, workspace):
    send(
        workspace, track("m1", timestamp=NOW.isoformat()), received=NOW + timedelta(seconds=20), sentAt=NOW.isoformat()
    )
    project_all()
    assert times(ledger, workspace) == [NOW]


def test_a_corrected_clock_does_not_make_a_repeat_count_twice(ledger, workspace):
    message = track("m1", timestamp=NOW.isoformat())
    send(workspace, message, received=NOW, sentAt=NOW.isoformat())
    send(workspace, message, received=NOW + timedelta(hours=2), sentAt=NOW.isoformat())
    project_all()
    assert times(ledger, workspace) == [NOW]


def answer(workspace, score, version):
    row = {
        "kind": "answer",
        "message_id": "response-1",
        "version": version,
        "at": NOW.isoformat(),
        "metric": "nps",
        "score": float(score),
        "scale_low": 0,
        "scale_high": 10,
        "user_id": "u1",
    }
    put_rows(workspace=workspace.pk, source=source(workspace).pk, rows=[row])


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("versions", [[(3, 0), (9, 1), (7, 2)], [(7, 2), (3, 0), (9, 1)], [(3, 0), (7, 5), (9, 5)]])
def test_the_last_version_of_an_answer_counts_in_whatever_order_they_come(ledger, workspace, versions, together):
    for score, version in versions:
        answer(workspace, score, version)
        if not together:
            project_all()
    project_all()
    assert ledger.select(Scope(workspace.pk), "select score from ledger where $scope") == [(7.0,)]


def test_a_timeline_pages_through_everything_once_and_says_what_is_hidden(ledger, workspace):
    from regard.workspace.models import Unit

    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    at = NOW.isoformat()
    rows = [
        {
            "kind": "interaction",
            "message_id": f"r{i}",
            "at": at,
            "event": f"Visit {i}",
            "user_id": "u1",
            **({"unit": "Store"} if i < 3 else {}),
        }
        for i in range(25)
    ]
    put_rows(workspace=workspace.pk, source=source(workspace).pk, rows=rows)
    project_all()
    ((profile,),) = ledger.select(Scope(workspace.pk), "select distinct profile from ledger where $scope")
    seen, cursor = [], ""
    while True:
        page = timeline(Scope(workspace.pk), [profile], limit=10, after=cursor)
        seen += [entry.event for entry in page.entries]
        cursor = page.next
        if not cursor:
            break
    assert sorted(seen) == sorted(f"Visit {i}" for i in range(25))
    mine = timeline(Scope(workspace.pk, (store.pk,)), [profile])
    assert (len(mine.entries), mine.hidden) == (3, 22)
    assert timeline(Scope(workspace.pk), [profile], after="nonsense-'; drop table ledger-1").entries
