"""A computed trait is used by its name like any other: segments, breakdowns, the list, the page, the file, other systems."""

from datetime import date, timedelta

import pytest

from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.segments.computed.definition import read
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.refresh import refresh
from regard.segments.computed.save import save
from regard.segments.computed.tests.made import NOW, happened, people
from regard.segments.definition import read as read_segment
from regard.segments.queries import fit, fitting, trait_names
from regard.warehouse import Scope
from regard.workspace.models import Unit

pytestmark = pytest.mark.django_db
ANA, BEN, CLEO, ANA_TOO = 1, 2, 3, 4


def made(workspace, name, **definition):
    trait = ComputedTrait(workspace=workspace)
    save(trait, read(definition), name=name, actor="me@x", now=NOW)
    return trait


@pytest.fixture
def company(workspace, ledger):
    """Ana bought ten times by two profiles, Ben twice; of Cleo nothing is known but her plan."""
    people(workspace, {ANA: ANA, BEN: BEN, CLEO: CLEO, ANA_TOO: ANA}, plan="fibre")
    row = {"event": "Buy", "channel": "web"}
    happened(
        workspace,
        *[{"profile": ANA, "at": NOW - timedelta(days=n), **row} for n in range(1, 7)],
        *[{"profile": ANA_TOO, "at": NOW - timedelta(days=n), **row} for n in range(1, 5)],
        {"profile": ANA_TOO, "at": NOW - timedelta(days=2, hours=1), "event": "Return"},
        *[{"profile": BEN, "at": NOW - timedelta(days=n), **row, "channel": "store"} for n in (1, 2)],
        *[
            {"kind": "answer", "profile": who, "at": NOW - timedelta(days=1), "metric": "nps", "scale_high": 10, "score": score}
            for who, score in ((ANA, 10), (ANA_TOO, 9), (BEN, 0), (CLEO, 0))
        ],
    )  # fmt: skip
    made(workspace, "buys", kind="number", what={"event": "Buy"}, days=90)
    made(workspace, "channels", kind="channels")
    made(workspace, "last buy", kind="last")
    return workspace


def chosen(workspace, name, op, *values):
    leaf = {"kind": "trait", "name": name, "op": op, "values": list(values)}
    return set(fitting(Scope(workspace.pk), read_segment({"kind": "all", "of": [leaf]}), now=NOW))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("buys", ">=", "3"), {ANA}),
        (("buys", "<=", "9"), {BEN, CLEO}),
        (("buys", "=", "0"), {CLEO}),
        (("buys", "is", "2.0"), {BEN}),
        (("buys", "is", "2", "10"), {ANA, BEN}),
        (("buys", "is not", "2"), {ANA, CLEO}),
        (("buys", "is", "many"), set()),
        (("buys", "known"), {ANA, BEN, CLEO}),
        (("channels", "has", "web"), {ANA}),
        (("channels", "is", "store", "post"), {BEN}),
        (("channels", "is not", "store"), {ANA, CLEO}),
        (("channels", "unknown"), {CLEO}),
        (("last buy", "is", "2026-11-19"), {ANA, BEN}),
        (("last buy", "is not", "2026-11-19"), {CLEO}),
        (("last buy", "after", "2026-11-18"), {ANA, BEN}),
        (("last buy", "before", "2026-11-19"), set()),
        (("last buy", "last days", "30"), {ANA, BEN}),
    ],
)
def test_a_condition_on_a_computed_trait_finds_whom_it_says(company, condition, expected):
    assert chosen(company, *condition) == expected


def test_conditions_of_every_kind_stand_beside_it(company):
    of = [
        {"kind": "trait", "name": "buys", "op": ">=", "values": ["1"]},
        {"kind": "trait", "name": "channels", "op": "has", "values": ["web", "store"]},
        {"kind": "trait", "name": "plan", "op": "is", "values": ["fibre"]},
        {"kind": "did", "what": {"event": "Buy"}, "op": "<=", "times": 2},
        {"kind": "answered", "metric": "nps", "op": "<=", "score": 6},
    ]
    scope = Scope(company.pk)
    assert fitting(scope, read_segment({"kind": "all", "of": of}), now=NOW) == [BEN]
    turns = {"kind": "sequence", "first": {"event": "Buy"}, "then": {"event": "Return"}, "within": 3}
    assert fitting(scope, read_segment({"kind": "all", "of": [of[0], turns]}), now=NOW) == [ANA]
    assert fit(scope, read_segment({"kind": "none", "of": [of[0]]}), now=NOW).count == 1


def test_a_source_that_says_a_trait_of_the_same_name_later_does_not_count(company):
    people(company, {BEN: BEN}, version=2, buys="1000")
    assert chosen(company, "buys", ">=", "500") == set()
    assert trait_names(Scope(company.pk))[:3] == ["buys", "channels", "last buy"]
    assert trait_names(Scope(company.pk)).count("buys") == 1


def score_by(workspace, by, *where):
    query = read_query(metric="nps", by=by, where=where, today=date(2026, 11, 20))
    return {row.label: (row.n, row.value) for row in run(query, Scope(workspace.pk), workspace).rows}


def test_a_metric_breaks_down_by_a_computed_trait_and_is_filtered_on_one(company):
    assert score_by(company, "trait:buys") == {"10": (2, 100), "2": (1, -100), "0": (1, -100)}
    assert score_by(company, "trait:channels") == {"web": (2, 100), "store": (1, -100), "not said": (1, -100)}
    assert score_by(company, "trait:channels", "trait:buys=2", "trait:plan=fibre") == {"store": (1, -100)}
    assert score_by(company, "trait:channels", "trait:buys=2.0", "trait:buys=10") == {
        "web": (2, 100),
        "store": (1, -100),
    }
    assert score_by(company, "trait:channels", "trait:buys=many") == {}
    assert score_by(company, "trait:plan", "trait:buys!=0") == {"fibre": (3, pytest.approx(100 / 3))}


def test_nobody_s_rows_have_none(company):
    happened(company, {"kind": "answer", "profile": 0, "at": NOW, "metric": "nps", "scale_high": 10, "score": 10})
    assert score_by(company, "trait:buys")["not said"] == (1, 100)


def test_it_follows_a_joining_and_its_undoing(company):
    people(company, {BEN: ANA}, version=2)
    assert refresh(company, now=NOW)
    assert chosen(company, "buys", "=", "12") == {ANA}
    people(company, {BEN: BEN}, version=3)
    assert refresh(company, now=NOW)
    assert chosen(company, "buys", "=", "10") == {ANA} and chosen(company, "buys", "=", "2") == {BEN}


def test_a_reader_of_one_unit_counts_their_customers_alone_by_what_is_known_of_them_whole(company):
    north = Unit.objects.create(workspace=company, parent=company.root, name="North")
    happened(company, {"profile": BEN, "at": NOW, "event": "Buy", "unit": north.pk})
    refresh(company, now=NOW)
    leaf = {"kind": "trait", "name": "buys", "op": ">=", "values": ["3"]}
    found = fit(Scope(company.pk, (north.pk,)), read_segment({"kind": "all", "of": [leaf]}), now=NOW)
    assert (found.count, found.total) == (1, 1)
    assert fit(Scope(company.pk), read_segment({"kind": "all", "of": [leaf]}), now=NOW).count == 2
