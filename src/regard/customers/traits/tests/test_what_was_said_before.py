"""A source's words about a trait, laid out in time, alone or many at once.

Of words that repeat what was said, the first and the last are kept: a contradiction that comes in late, from between them, holds until
the last one.
"""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regard.customers.models import Profile
from regard.customers.traits.describe import Telling, describe
from regard.customers.traits.models import PastTrait, Saying

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = st.lists(
    st.tuples(st.integers(0, 8), st.sampled_from(["a", "b", None])),
    min_size=1,
    max_size=7,
    unique_by=lambda word: word[0],
)


def day(moment):
    return (datetime.fromisoformat(moment) if isinstance(moment, str) else moment) - BEGAN


def spans(profile):
    """(value, since, until) of each span; the last one goes on."""
    past = (
        PastTrait.objects.filter(profile=profile, name="plan").order_by("since").values_list("value", "since", "until")
    )
    now = Saying.objects.get(profile=profile).values["plan"]
    last = (now["v"], day(now.get("since", now["at"])), None)
    return [*((value, day(since), day(until)) for value, since, until in past), last], day(now["at"])


def laid_out(words):
    """As a person would: words in time, those that repeat what was said last fall away."""
    kept = [word for _same, (word, *_rest) in itertools.groupby(sorted(words), key=lambda word: word[1])]
    days = [timedelta(days=at) for at, _value in kept]
    return [(value, since, until) for (_at, value), since, until in zip(kept, days, [*days[1:], None], strict=True)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS, cuts=st.sets(st.integers(1, 6)))
def test_words_are_laid_out_in_time_in_whatever_order_they_come(workspace, words, cuts):
    profile = Profile.objects.create(workspace=workspace).pk
    tellings = [
        Telling(profile, 7, BEGAN + timedelta(days=at), traits={"plan": value, "other": 1}) for at, value in words
    ]
    for start, end in itertools.pairwise([0, *sorted(cut for cut in cuts if cut < len(words)), len(words)]):
        describe(workspace.pk, tellings[start:end])
    found, last = spans(profile)
    if len(cuts) == 0:
        assert found == laid_out(words)
    assert found[-1][0] == max(words)[1] and last == timedelta(days=max(words)[0])
    for (_v, _since, until), (_next, since, _u) in itertools.pairwise(found):
        assert until == since
    assert all(one[0] != other[0] for one, other in itertools.pairwise(found))
    newer = {at for at, _value in words if not cuts or at >= max(words)[0]}
    for at, value in (
        (at, value) for at, value in words if at in newer
    ):  # what was said holds at the moment when it was said
        moment = timedelta(days=at)
        assert next(v for v, since, until in found if since <= moment and (until is None or moment < until)) == value


def test_saying_the_same_again_tells_since_when_it_holds(workspace):
    profile = Profile.objects.create(workspace=workspace).pk
    for night in range(4):
        describe(workspace.pk, [Telling(profile, 7, BEGAN + timedelta(days=night), traits={"plan": "a"})])
    assert spans(profile) == ([("a", timedelta(0), None)], timedelta(days=3)) and not PastTrait.objects.exists()


def test_sources_and_profiles_do_not_mix(workspace):
    one, other = (Profile.objects.create(workspace=workspace).pk for _ in range(2))
    describe(
        workspace.pk, [Telling(one, 7, BEGAN, traits={"plan": "a"}), Telling(other, 7, BEGAN, traits={"plan": "b"})]
    )
    describe(workspace.pk, [Telling(one, 8, BEGAN + timedelta(days=1), traits={"plan": "c"})])
    assert not PastTrait.objects.exists()
    assert Profile.objects.get(pk=one).traits == {"plan": "c"} and Profile.objects.get(pk=other).traits == {"plan": "b"}
