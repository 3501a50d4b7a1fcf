"""What a source says counts as the kind that the catalogue gives the trait; what does not fit is kept, and not believed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regard.customers.models import Profile
from regard.customers.traits.describe import Telling, describe
from regard.customers.traits.enter import enter, strike, trust
from regard.customers.traits.jobs import refold_some
from regard.customers.traits.models import BY_HAND, PastTrait, Refold, Trait
from regard.customers.traits.queries import fit

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def someone(workspace):
    return Profile.objects.create(workspace=workspace).pk


def say(profile, source, day=0, **traits):
    describe(
        Profile.objects.get(pk=profile).workspace_id,
        [Telling(profile, source, BEGAN + timedelta(days=day), traits=traits)],
    )


def believed(profile):
    return Profile.objects.get(pk=profile).traits


def kind(workspace, name, kind, **more):
    return Trait.objects.create(workspace=workspace, name=name, kind=kind, **more)


@pytest.mark.parametrize(
    ("of", "said", "counts"),
    [
        ("number", 12, 12), ("number", " 12.50 ", 12.5), ("number", "-3", -3), ("number", "twelve", None), ("number", "1e400", None),
        ("number", "", None), ("number", True, None), ("number", [1], None), ("money", "1200", 1200), ("money", "€ 12", None),
        ("number", "1" * 40, None), ("number", 0, 0),
        ("date", "2026-02-28", "2026-02-28"), ("date", "2026-02-29", None), ("date", "2028-02-29", "2028-02-29"), ("date", "0000-01-01", None),
        ("date", "28/02/2026", None), ("date", "2026-13-01", None), ("date", 20260228, None), ("date", "2026-02-28T23:30:00", "2026-02-28"),
        ("date", "2026-02-28T23:30:00Z", "2026-03-01"), ("date", "2026-02-28T23:30:00.123+05:00", "2026-02-28"), ("date", "2026-02-28T25:00Z", None),
        ("boolean", "Yes", True), ("boolean", 0, False), ("boolean", False, False), ("boolean", "perhaps", None),
        ("choice", " FIBRE", "Fibre"), ("choice", "copper", None), ("choice", 5, "5"),
        ("list", ["a", "b"], ["a", "b"]), ("list", "a; b,c|", ["a", "b", "c"]), ("list", 5, ["5"]), ("list", {"a": 1}, None), ("list", "", None),
        ("text", 12, "12"), ("text", "x", "x"), ("text", {"a": 1}, '{"a": 1}'),
    ],
)  # fmt: skip
def test_what_fits(workspace, someone, of, said, counts):
    workspace.time_zone = "Europe/Paris"
    workspace.save()
    kind(workspace, "it", of, options=["Fibre", "5"] if of == "choice" else [])
    say(someone, 7, it=said)
    assert believed(someone) == ({} if counts is None else {"it": counts})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.text(max_size=40) | st.dates().map(date.isoformat) | st.datetimes().map(str) | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False) | st.lists(st.text(max_size=5)) | st.none(),
    of=st.sampled_from(Trait.Kind.values),
)  # fmt: skip
def test_nothing_that_is_said_can_break_the_reading(workspace, said, of):
    someone = Profile.objects.create(workspace=workspace).pk
    Trait.objects.update_or_create(workspace=workspace, name="it", defaults={"kind": of, "options": ["a"]})
    say(someone, 7, it=said)
    counts = believed(someone).get("it")
    types = {
        "number": (int, float),
        "money": (int, float),
        "date": (str,),
        "boolean": (bool,),
        "choice": (str,),
        "list": (list,),
        "text": (str,),
    }
    assert counts is None or isinstance(counts, types[of])
    if of == "date" and counts is not None:
        date.fromisoformat(counts)


def test_whoever_fits_is_believed_before_whoever_spoke_last(workspace, someone):
    kind(workspace, "age", "number")
    say(someone, 7, 0, age="41")
    say(someone, 8, 5, age="unknown")
    assert believed(someone) == {"age": 41}
    told = fit(workspace.pk, Trait(workspace=workspace, name="age", kind="number"))
    assert (told.fitting, told.all, told.not_fitting) == (1, 2, [("unknown", 1)])
    assert told.whole and fit(workspace.pk, Trait(workspace=workspace, name="age", kind="text")).fitting == 2


def test_a_trait_may_have_an_order_of_trust_of_its_own(workspace, someone):
    plan = kind(workspace, "plan", "text")
    say(someone, 7, 0, plan="old", city="Lyon")
    say(someone, 8, 5, plan="new", city="Paris")
    assert believed(someone) == {"plan": "new", "city": "Paris"}
    trust(workspace.pk, [7], by="ana@x.example", of=plan)
    assert Refold.objects.get(workspace=workspace).total == 1
    while refold_some(workspace.pk):
        pass
    assert believed(someone) == {"plan": "old", "city": "Paris"}
    trust(workspace.pk, [8, 7, BY_HAND], by="ana@x.example")
    say(someone, BY_HAND, 6, city="Nice")
    assert believed(someone) == {"plan": "old", "city": "Paris"}  # by hand is believed where it is listed
    assert Refold.objects.get(workspace=workspace).finished is None


def test_saying_the_kind_later_reads_what_was_said_before_and_taking_it_away_gives_it_back(workspace, someone):
    say(someone, 7, age="41", plan="x")
    changed = PastTrait.objects.count()
    made = Trait(workspace=workspace, name="age", kind="number")
    enter(made, by="ana@x.example")
    while refold_some(workspace.pk):
        pass
    assert believed(someone) == {"age": 41, "plan": "x"}
    strike(made, by="ana@x.example")
    while refold_some(workspace.pk):
        pass
    assert believed(someone) == {"age": "41", "plan": "x"} and PastTrait.objects.count() == changed


def test_working_everybody_out_anew_goes_on_where_it_was(workspace, monkeypatch):
    monkeypatch.setattr("regard.customers.traits.jobs._AT_ONCE", 2)
    people = [Profile.objects.create(workspace=workspace).pk for _ in range(5)]
    for one in people:
        say(one, 7, age="41")
    enter(Trait(workspace=workspace, name="age", kind="number"), by="ana@x.example")
    assert refold_some(workspace.pk) and refold_some(workspace.pk)
    job = Refold.objects.get(workspace=workspace)
    assert (job.done, job.total, job.reached) == (4, 5, people[3])
    assert [believed(one)["age"] for one in people] == [41, 41, 41, 41, "41"]
    assert refold_some(workspace.pk) and not refold_some(workspace.pk)
    assert believed(people[4]) == {"age": 41}
