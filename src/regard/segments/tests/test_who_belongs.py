"""Segments against people whose story is known."""

from datetime import timedelta

import pytest
from django.utils import timezone

from regard.customers.identity.join import join
from regard.customers.models import Profile
from regard.jobs.models import Event
from regard.ledger.mapping.models import Mapping
from regard.ledger.record.project import project_all
from regard.ledger.touchpoints.models import Touchpoint
from regard.segments.definition import BadDefinition, read
from regard.segments.members.mirror import put_in, refresh
from regard.segments.mirror import mirror_profiles
from regard.segments.models import Segment
from regard.segments.queries import comings_and_goings, fit, fitting, members, segments_of
from regard.testing.events import send, track
from regard.warehouse import Scope
from regard.workspace.models import Unit

NOW = timezone.now()


def ago(days):
    return (NOW - timedelta(days=days)).isoformat()


def identify(user, **traits):
    return {"type": "identify", "userId": user, "messageId": f"i-{user}", "timestamp": ago(100), "traits": traits}


def happened(user, event, days, number=0):
    return track(f"{user}-{event}-{days}-{number}", user=user, event=event, timestamp=ago(days))


@pytest.fixture
def people(ledger, workspace):
    """Ana calls often and recently, Ben called once long ago, Cleo never; Dan came by a cookie and has no traits."""
    send(
        workspace,
        identify("ana", email="ana@x.example", plan="fibre", age=41, tags=["vip", "press"], since="2026-02-01"),
        identify("ben", plan="mobile", age="9", since="2020-05-05"),
        identify("cleo", plan="Fibre Max", phone="+33612345678"),
        *[happened("ana", "Call", days) for days in (1, 5, 40)],
        happened("ana", "Bill", 3),
        happened("ben", "Call", 200),
        happened("ben", "Bill", 100),
        happened("dan", "Bill", 2),
    )
    project_all()
    ids = list(Profile.objects.filter(workspace=workspace).values_list("pk", flat=True))
    mirror_profiles(workspace.pk, ids)
    names = dict(Profile.objects.filter(workspace=workspace).values_list("identifiers__value", "pk"))
    return {names[name]: name for name in ("ana", "ben", "cleo", "dan")}


def chosen(workspace, people, *conditions, kind="all"):
    group = read({"kind": kind, "of": list(conditions)})
    return {people[customer] for customer in fitting(Scope(workspace.pk), group, now=NOW)}


def trait(name, op, *values):
    return {"kind": "trait", "name": name, "op": op, "values": list(values)}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (trait("plan", "is", "fibre"), {"ana"}),
        (trait("plan", "is", "fibre", "mobile"), {"ana", "ben"}),
        (trait("plan", "is not", "fibre"), {"ben", "cleo", "dan"}),
        (trait("plan", "contains", "FIB"), {"ana", "cleo"}),
        (trait("plan", "starts with", "fibre m"), {"cleo"}),
        (trait("plan", "known"), {"ana", "ben", "cleo"}),
        (trait("plan", "unknown"), {"dan"}),
        (trait("age", ">=", "10"), {"ana"}),
        (trait("age", "<=", "10"), {"ben"}),
        (trait("tags", "has", "press"), {"ana"}),
        (trait("since", "before", "2025-01-01"), {"ben"}),
        (trait("since", "after", "2025-01-01"), {"ana"}),
        (trait("since", "last days", "3650"), {"ana", "ben"}),
        ({"kind": "known", "namespace": "email"}, {"ana"}),
        ({"kind": "did", "what": {"event": "Call"}}, {"ana", "ben"}),
        ({"kind": "did", "what": {"event": "Call"}, "days": 90}, {"ana"}),
        ({"kind": "did", "what": {"event": "Call"}, "op": ">=", "times": 3}, {"ana"}),
        ({"kind": "did", "what": {"event": "Call"}, "op": "=", "times": 0}, {"cleo", "dan"}),
        ({"kind": "did", "what": {"touchpoint": 0}}, {"ana", "ben", "dan"}),
        ({"kind": "sequence", "first": {"event": "Bill"}, "then": {"event": "Call"}, "within": 3}, {"ana"}),
        ({"kind": "sequence", "first": {"event": "Call"}, "then": {"event": "Bill"}, "within": 150}, {"ana", "ben"}),
        ({"kind": "sequence", "first": {"event": "Call"}, "then": {"event": "Bill"}, "within": 50}, {"ana"}),
    ],
)
def test_a_condition_finds_exactly_whom_it_says(people, workspace, condition, expected):
    assert chosen(workspace, people, condition) == expected


def test_conditions_are_joined_nested_and_turned_round(people, workspace):
    called, young = {"kind": "did", "what": {"event": "Call"}}, trait("age", "<=", "10")
    assert chosen(workspace, people, called, young) == {"ben"}
    assert chosen(workspace, people, called, trait("plan", "contains", "max"), kind="any") == {"ana", "ben", "cleo"}
    assert chosen(workspace, people, called, trait("plan", "contains", "max"), kind="none") == {"dan"}
    nested = {
        "kind": "any",
        "of": [{"kind": "all", "of": [called, young]}, {"kind": "none", "of": [trait("plan", "known")]}],
    }
    assert chosen(workspace, people, nested) == {"ben", "dan"}


def test_the_last_answer_counts_or_any(people, workspace):
    for days, score in ((50, 10), (2, 3)):
        body = {
            "type": "track",
            "userId": "ana",
            "event": "Survey",
            "timestamp": ago(days),
            "properties": {"score": score},
        }
        send(workspace, {**body, "messageId": f"s{days}"})
    touchpoint = Touchpoint.objects.create(workspace=workspace, name="Survey page")
    rule = {
        "event": "Survey",
        "touchpoint": touchpoint.pk,
        "metric": "nps",
        "score_property": "score",
        "scale_low": 0,
        "scale_high": 10,
    }
    Mapping.objects.create(workspace=workspace, rules=[rule], author="me@x")
    project_all()
    low, high = (
        {"kind": "answered", "metric": "nps", "op": op, "score": score} for op, score in (("<=", 6), (">=", 9))
    )
    assert chosen(workspace, people, low) == {"ana"}
    assert chosen(workspace, people, high) == set()
    assert chosen(workspace, people, {**high, "which": "any"}) == {"ana"}
    assert chosen(workspace, people, {**high, "which": "any", "days": 10}) == set()


def test_joined_customers_count_once_with_what_both_did(people, workspace):
    ana, dan = (next(id for id, name in people.items() if name == wanted) for wanted in ("ana", "dan"))
    whole = read({"kind": "all"})
    assert fit(Scope(workspace.pk), whole, now=NOW).count == 4
    winner = join(workspace=workspace.pk, one=ana, other=dan, by="me@x")
    mirror_profiles(workspace.pk, [ana, dan])
    assert fit(Scope(workspace.pk), whole, now=NOW).count == 3
    twice = {"kind": "did", "what": {"event": "Bill"}, "times": 2, "days": 10}
    assert fitting(Scope(workspace.pk), read({"kind": "all", "of": [twice]}), now=NOW) == [winner]
    turns = {"kind": "sequence", "first": {"event": "Bill"}, "then": {"event": "Call"}, "within": 1}
    assert fitting(Scope(workspace.pk), read({"kind": "all", "of": [turns]}), now=NOW) == [winner]


def test_a_reader_of_one_unit_counts_only_whom_they_may_see(people, workspace):
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    group = read({"kind": "all"})
    assert fit(Scope(workspace.pk, (north.pk,)), group, now=NOW).count == 0
    Profile.objects.filter(pk=next(iter(people))).update(home_unit=north)
    mirror_profiles(workspace.pk, list(people))
    found = fit(Scope(workspace.pk, (north.pk,)), group, now=NOW)
    assert (found.count, found.total) == (1, 1)


def test_who_comes_and_goes_is_written_down_and_told(people, workspace):
    scope = Scope(workspace.pk)
    segment = Segment.objects.create(
        workspace=workspace,
        name="Callers",
        definition={"kind": "all", "of": [{"kind": "did", "what": {"event": "Call"}, "days": 90}]},
    )
    assert refresh(segment, now=NOW) == 1
    ((ana, since),) = members(scope, segment.pk, limit=10)
    assert people[ana] == "ana"
    assert abs(since - NOW) < timedelta(seconds=1)
    assert [found.name for found in segments_of(scope, ana)] == ["Callers"]
    refresh(segment, now=NOW + timedelta(minutes=5))
    assert Event.objects.filter(kind=f"segment.entered.{segment.pk}").count() == 1
    assert refresh(segment, now=NOW + timedelta(days=95)) == 0
    left = Event.objects.get(kind=f"segment.left.{segment.pk}")
    assert left.subjects == [ana]
    days = comings_and_goings(scope, segment.pk, since=NOW - timedelta(days=1))
    assert [(day.entered, day.left) for day in days] == [(1, 0), (0, 1)]


def test_a_list_is_filled_by_hand_and_can_be_a_condition(people, workspace):
    ana = next(id for id, name in people.items() if name == "ana")
    listed = Segment.objects.create(workspace=workspace, name="Board")
    put_in(listed, people, now=NOW)
    put_in(listed, [ana], now=NOW + timedelta(seconds=1), out=True)
    assert listed.size == 3
    inside = {"kind": "member", "segment": listed.pk}
    assert chosen(workspace, people, inside) == {"ben", "cleo", "dan"}
    assert chosen(workspace, people, inside, kind="none") == {"ana"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "all", "of": [{"kind": "sql", "text": "1"}]}, "not right"),
        ({"kind": "all", "of": [trait("plan", "is")]}, "Say which value"),
        ({"kind": "all", "of": [trait("age", ">=", "old")]}, "is no number"),
        ({"kind": "all", "of": [trait("since", "before", "soon")]}, "is no date"),
        ({"kind": "all", "of": [trait("plan", "known")] * 51}, "50"),
        ([], "not right"),
    ],
)
def test_a_definition_that_cannot_be_is_refused_in_words(given, words):
    with pytest.raises(BadDefinition, match=words):
        read(given)


def test_conditions_nested_too_deep_are_refused():
    given = {"kind": "all", "of": []}
    for _ in range(7):
        given = {"kind": "any", "of": [given]}
    with pytest.raises(BadDefinition, match="nested"):
        read(given)


def test_values_are_values_whatever_they_look_like(people, workspace):
    for text in ("'; drop table people --", "\\", "{p0:String}", "$workspace", "%(x)s", "\N{PILE OF POO}"):
        assert chosen(workspace, people, trait(text, "is", text)) == set()
        assert chosen(workspace, people, {"kind": "did", "what": {"event": text}}) == set()
