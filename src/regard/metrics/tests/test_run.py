"""Numbers against a plain count in Python, through the real engine."""

from datetime import UTC, date, datetime, timedelta

import pytest

from regard.ledger.inbox.put import put_rows
from regard.ledger.models import Touchpoint
from regard.ledger.record.project import project_all
from regard.metrics.period import BadQuery
from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.testing.events import send, source, track
from regard.warehouse import Scope

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def answer(workspace, *scores, metric="nps", low=0, high=10, at=NOON, **more):
    rows = [
        {
            "kind": "answer",
            "message_id": f"{metric}-{low}-{high}-{at}-{i}-{more}",
            "at": at.isoformat(),
            "metric": metric,
            "score": float(score),
            "scale_low": low,
            "scale_high": high,
            **more,
        }
        for i, score in enumerate(scores)
    ]
    put_rows(workspace=workspace.pk, source=source(workspace).pk, rows=rows)
    project_all()


def ask(workspace, metric, scope=None, **parameters):
    return run(read_query(metric=metric, today=TODAY, **parameters), scope or Scope(workspace.pk), workspace)


def test_nps_is_promoters_less_detractors_with_its_interval(ledger, workspace):
    answer(workspace, *[10] * 50, *[8] * 30, *[3] * 20)
    (row,) = ask(workspace, "nps").rows
    assert (row.value, row.n) == (30.0, 100)
    assert round(row.margin, 1) == 15.3
    assert [share.count for share in row.split] == [50, 30, 20]


@pytest.mark.parametrize(
    ("low", "high", "scores", "expected"),
    [
        (1, 3, [1, 2, 3, 3], 50),
        (1, 5, [1, 3, 4, 5], 50),
        (1, 7, [5, 6, 7, 7], 75),
        (1, 10, [7, 8, 9, 10], 75),
        (0, 1, [0, 1, 1, 1], 75),
    ],
)
def test_satisfaction_counts_the_top_boxes_of_its_scale(ledger, workspace, low, high, scores, expected):
    answer(workspace, *scores, metric="csat", low=low, high=high)
    assert ask(workspace, "csat").total.value == expected


def test_effort_leaves_out_the_old_scale(ledger, workspace):
    answer(workspace, 6, 7, metric="ces", low=1, high=7)
    answer(workspace, 1, 1, metric="ces1", low=1, high=5)
    assert ask(workspace, "ces").total.value == 6.5


def test_ratings_on_different_scales_meet_on_0_to_100(ledger, workspace):
    answer(workspace, 3, metric="rating", low=1, high=5)
    assert (ask(workspace, "rating").total.value, ask(workspace, "rating").unit) == (3, "1–5")
    answer(workspace, 10, metric="rating", low=0, high=10)
    assert (ask(workspace, "rating").total.value, ask(workspace, "rating").unit) == (75, "0–100")


def test_a_change_is_significant_only_when_it_means_something(ledger, workspace):
    answer(workspace, *[10] * 60, *[8] * 25, *[3] * 15)
    answer(workspace, *[10] * 50, *[8] * 30, *[3] * 20, at=NOON - timedelta(days=30))
    total = ask(workspace, "nps", lasting="30d", compare="previous").total
    assert (total.change.value, total.change.significant) == (15, False)
    assert round(1.39, 2) == round(
        abs(total.change.value) / (total.estimate.standard_error**2 + total.before.standard_error**2) ** 0.5, 2
    )


def test_too_few_answers_are_not_compared(ledger, workspace):
    answer(workspace, *[10] * 29)
    answer(workspace, *[0] * 29, at=NOON - timedelta(days=30))
    total = ask(workspace, "nps", lasting="30d", compare="previous").total
    assert total.too_few and total.change.significant is None


def test_breakdowns_and_filters_by_touchpoint_stage_channel_property_and_time(ledger, workspace):
    shop = Touchpoint.objects.create(workspace=workspace, name="Shop", stage="purchase", function="ordering")
    answer(workspace, 10, 10, touchpoint="Shop", channel="store", properties='{"plan": "pro"}')
    answer(workspace, 0, touchpoint="Nowhere yet", channel="web", at=NOON - timedelta(days=40))
    by = {
        name: [(row.label, row.value) for row in ask(workspace, "nps", by=name).rows]
        for name in ("touchpoint", "stage", "function", "channel", "property:plan", "month")
    }
    assert by == {
        "touchpoint": [("Shop", 100), ("no touchpoint", -100)],
        "stage": [("Purchase", 100), ("unmapped", -100)],
        "function": [("ordering", 100), ("not said", -100)],
        "channel": [("store", 100), ("web", -100)],
        "property:plan": [("pro", 100), ("not said", -100)],
        "month": [("2026-10-01", -100), ("2026-11-01", 100)],
    }
    for where in (
        "touchpoint=shop",
        "stage=purchase",
        "channel!=web",
        "property:plan=pro",
        "month=2026-11-01",
        "unit=Halcyon",
    ):
        expected = 2 if where != "unit=Halcyon" else 3
        assert ask(workspace, "answers", where=[where]).total.value == expected, where
    assert shop.pk


@pytest.mark.parametrize("by", ["touchpoint", "stage", "function", "region", "unit"])
def test_an_empty_catalogue_breaks_no_question(ledger, workspace, by):
    assert ask(workspace, "nps", by=by).rows == ()
    answer(workspace, 10)
    assert [row.n for row in ask(workspace, "nps", by=by).rows] == [1]


def test_days_follow_the_workspaces_clock(ledger, workspace):
    answer(workspace, 10, at=datetime(2026, 6, 30, 22, 30, tzinfo=UTC))  # half past midnight in Paris
    assert [row.label for row in ask(workspace, "nps", by="day").rows] == ["2026-07-01"]
    assert ask(workspace, "answers", first="2026-07-01", last="2026-07-01").total.value == 1
    assert ask(workspace, "answers", first="2026-06-30", last="2026-06-30").total.value == 0


def test_a_member_of_one_unit_counts_only_its_rows(ledger, workspace):
    from regard.workspace.models import Unit

    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    answer(workspace, 10, unit="North")
    answer(workspace, 0, 0)
    assert ask(workspace, "nps").total.n == 3
    assert ask(workspace, "nps", scope=Scope(workspace.pk, (north.pk,))).total.value == 100
    assert ask(workspace, "nps", scope=Scope(workspace.pk, ())).total.n == 0


@pytest.mark.django_db(transaction=True)
def test_a_trait_breaks_down_by_what_is_known_of_the_customer_today(ledger, workspace):
    from regard.site.consumers import consume_all

    send(
        workspace,
        {"type": "identify", "userId": "a", "messageId": "1", "traits": {"plan": "pro"}},
        track("2", user="a"),
        track("3", user="b"),
    )
    project_all()
    consume_all()
    assert {row.label: row.value for row in ask(workspace, "interactions", by="trait:plan").rows} == {
        "pro": 1,
        "not said": 1,
    }
    assert ask(workspace, "interactions", where=["trait:plan=pro"]).total.value == 1


@pytest.mark.django_db(transaction=True)
def test_a_trait_breaks_down_by_what_it_was_when_they_answered(ledger, workspace):
    from regard.site.consumers import consume_all

    def plan(id, user, value, day):
        return {
            "type": "identify",
            "userId": user,
            "messageId": id,
            "timestamp": f"2026-03-{day:02}T10:00:00Z",
            "traits": {"plan": value},
        }

    days = {"a": (5, 12, 25), "b": (12,), "c": (12,)}
    send(
        workspace,
        plan("1", "a", "basic", 10),
        plan("2", "a", "pro", 20),
        plan("3", "b", "pro", 1),
        *[
            track(f"{user}{day}", user=user, timestamp=f"2026-03-{day:02}T10:00:00Z")
            for user, on in days.items()
            for day in on
        ],
    )
    project_all()
    consume_all()
    then = {row.label: row.value for row in ask(workspace, "interactions", by="trait_then:plan").rows}
    assert then == {"pro": 2, "basic": 1, "not said": 2}  # before anybody said so, it is not said
    now = {row.label: row.value for row in ask(workspace, "interactions", by="trait:plan").rows}
    assert now == {"pro": 4, "not said": 1}
    both = ask(workspace, "interactions", by="trait:plan", where=["trait_then:plan=basic"])
    assert {row.label: row.value for row in both.rows} == {"pro": 1}
    assert both.query.filters[0].by.title == "trait “plan” at the time"


@pytest.mark.parametrize(
    "wrong",
    [
        {"metric": "npz"},
        {"by": "colour"},
        {"by": "trait"},
        {"by": "channel:x"},
        {"where": ["channel"]},
        {"where": ["touchpoint=no such"]},
        {"lasting": "ages"},
        {"first": "22.11.2026"},
        {"first": "2026-02-01", "last": "2026-01-01"},
        {"compare": "sometime"},
        {"where": ["day=soon"]},
    ],
)
def test_a_question_that_cannot_be_asked_says_what_to_write(ledger, workspace, wrong):
    with pytest.raises(BadQuery) as refused:
        ask(workspace, **{"metric": "nps", **wrong})
    assert str(refused.value).endswith(".")


def test_text_from_outside_never_becomes_sql(ledger, workspace):
    answer(workspace, 10, properties='{"x\' or 1=1 --": "1"}')
    for text in ("'; drop table ledger; --", "x' or 1=1 --", "\\", "{workspace:UInt32}", "$scope", "%s"):
        assert ask(workspace, "nps", by=f"property:{text}").total.n == 1
        assert ask(workspace, "nps", where=[f"channel={text}"]).total.n == 0
