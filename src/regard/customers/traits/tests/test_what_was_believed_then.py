"""What was believed of a trait at each moment, from what all sources said up to then."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regard.customers.identity.join import join, take_apart
from regard.customers.models import Merge, Profile
from regard.customers.traits.describe import Telling, describe
from regard.customers.traits.models import Trait, TrustOrder
from regard.customers.traits.set_by_hand import set_by_hand, take_back
from regard.customers.traits.steps import steps_of

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tell(profile, source, day, **traits):
    workspace = Profile.objects.get(pk=profile).workspace_id
    describe(workspace, [Telling(profile, source, BEGAN + timedelta(days=day), traits=traits)])


def steps(workspace, customer, name="plan"):
    """[(day, value)]"""
    found = json.loads(steps_of(workspace.pk, [customer]).get(customer, "{}")).get(name, [])
    began = int(BEGAN.timestamp() * 1000)
    return [((at - began) // 86_400_000, value) for at, value in found]


@pytest.fixture
def someone(workspace):
    return Profile.objects.create(workspace=workspace).pk


def test_one_source_changes_its_mind(workspace, someone):
    for day, plan in ((0, "a"), (1, "a"), (3, "b"), (5, "b"), (7, None), (9, "a")):
        tell(someone, 7, day, plan=plan, other=1)
    assert steps(workspace, someone) == [(0, "a"), (3, "b"), (7, ""), (9, "a")]
    assert steps(workspace, someone, "other") == [(0, "1")]


def test_whom_one_trusts_more_is_believed_from_when_they_spoke(workspace, someone):
    TrustOrder.objects.create(workspace=workspace, sources=[8])
    tell(someone, 7, 0, plan="a")
    tell(someone, 8, 2, plan="b")
    tell(someone, 7, 4, plan="c")
    assert steps(workspace, someone) == [(0, "a"), (2, "b")]


def test_what_does_not_fit_its_kind_was_never_believed(workspace, someone):
    Trait.objects.create(workspace=workspace, name="plan", kind="number")
    tell(someone, 7, 0, plan="12")
    tell(someone, 7, 2, plan="n/a")
    tell(someone, 7, 4, plan="13")
    assert steps(workspace, someone) == [(0, "12"), (2, ""), (4, "13")]


def test_a_word_by_hand_holds_until_it_is_taken_back(workspace, someone):
    tell(someone, 7, 0, plan="a")
    told = {"workspace": workspace.pk, "customer": someone, "name": "plan", "by": "ana@x.example"}
    set_by_hand(value="mine", **told)
    take_back(**told)
    assert [value for _day, value in steps(workspace, someone)] == ["a", "mine", "a"]


def test_joined_customers_have_one_history_and_each_their_own_once_apart(workspace, someone):
    other = Profile.objects.create(workspace=workspace).pk
    tell(someone, 7, 0, plan="a")
    tell(other, 7, 2, plan="b")
    join(workspace=workspace.pk, one=someone, other=other, by="ana@x.example")
    assert steps(workspace, someone) == [(0, "a"), (2, "b")]
    take_apart(workspace=workspace.pk, merge=Merge.objects.get().pk, by="ana@x.example")
    assert steps(workspace, someone) == [(0, "a")] and steps(workspace, other) == [(2, "b")]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.tuples(st.integers(0, 6), st.sampled_from([7, 8, 9]), st.sampled_from(["a", "b", None])), min_size=1, max_size=9),
    trust=st.permutations([0, 8, 9]),
)  # fmt: skip
def test_the_last_step_is_what_is_believed_now(workspace, words, trust):
    TrustOrder.objects.update_or_create(workspace=workspace, defaults={"sources": trust})
    someone = Profile.objects.create(workspace=workspace).pk
    for day, source, plan in words:
        tell(someone, source, day, plan=plan)
    found = steps(workspace, someone)
    assert found[-1][1] == Profile.objects.get(pk=someone).traits.get("plan", "")
    assert found == sorted(found, key=lambda step: step[0]) and len({day for day, _value in found}) == len(found)
