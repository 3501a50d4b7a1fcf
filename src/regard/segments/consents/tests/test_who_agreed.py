"""What a segment says of consent is what the contact policy's own statements say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regard.customers.contact.consent.models import NO, YES, Consent, Decision
from regard.customers.contact.purposes.seed import fill
from regard.customers.contact.queries import asked, last_words, purpose_called
from regard.customers.identity.join import join
from regard.customers.models import Profile, Purpose
from regard.segments.consents.mirror import forget_consents, mirror_consents
from regard.segments.definition import BadDefinition, read
from regard.segments.mirror import rebuild
from regard.segments.queries import fitting
from regard.testing.people import member, signed_in
from regard.warehouse.scope import Scope

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def purpose(workspace, ledger):
    fill(workspace.pk, actor="us")
    return Purpose.objects.filter(workspace=workspace).order_by("id").last()


def say(workspace, purpose, profile, channel, decision, days):
    return Consent.objects.create(
        workspace=workspace, profile=profile, purpose=purpose, channel=channel, decision=decision, at=NOW - timedelta(days=days),
        source="api", by="us",
    )  # fmt: skip


def who(workspace, purpose, channel, says):
    leaf = {"kind": "agreed", "purpose": purpose.key, "channel": channel, "says": says}
    return set(fitting(Scope(workspace.pk), read({"kind": "all", "of": [leaf]}), now=NOW, limit=500))


def mirror(workspace):
    mirror_consents(workspace.pk, list(Profile.objects.filter(workspace=workspace).values_list("pk", flat=True)))
    list(rebuild(workspace.pk))


WORDS = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from(["all", "e-mail", "SMS"]), st.sampled_from(list(Decision.values)), st.integers(0, 3)
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS, joined=st.booleans())
def test_the_last_word_counts_as_it_does_for_whoever_sends(workspace, purpose, ledger, words, joined):
    Profile.objects.filter(workspace=workspace, merged_into__isnull=False).update(merged_into=None)
    Profile.objects.filter(workspace=workspace).delete()
    for table in ("people", "consents"):
        ledger.execute(f"truncate table {table}")
    people = [Profile.objects.create(workspace=workspace) for _ in range(4)]
    for person, channel, decision, days in words:
        say(workspace, purpose, people[person], channel, decision, days)
    if joined:
        join(workspace=workspace.pk, one=people[0].pk, other=people[1].pk, by="us")
    mirror(workspace)
    found = asked(workspace.pk, [one.pk for one in people])
    for channel in ("e-mail", "SMS"):
        last = last_words(found, purpose_called(workspace.pk, purpose.key), channel, NOW)
        expected = {
            "yes": {customer for customer, word in last.items() if word.decision in YES},
            "no": {customer for customer, word in last.items() if word.decision in NO},
            "nothing": set(found.customers) - set(last),
        }
        assert {says: who(workspace, purpose, channel, says) for says in expected} == expected


def test_what_is_erased_is_asked_for_no_more(workspace, purpose):
    one = Profile.objects.create(workspace=workspace)
    say(workspace, purpose, one, "e-mail", "given", 1)
    mirror(workspace)
    assert who(workspace, purpose, "e-mail", "yes") == {one.pk}
    assert forget_consents(workspace.pk, [one.pk]) == 1
    assert who(workspace, purpose, "e-mail", "yes") == set()


def test_the_editor_asks_for_it(workspace, purpose):
    client = signed_in(member(workspace, "analyst"))
    form = {
        "join": "all",
        "g0": "all",
        "g0r0": "agreed",
        "g0r0-says": "no",
        "g0r0-purpose": purpose.key,
        "g0r0-channel": "SMS",
    }
    page = client.post("/segments/draft", form).content.decode()
    assert "has said no to" in page and purpose.name in page
    saved = client.post("/segments/new", {**form, "name": "No texts", "description": "", "save": "1"})
    assert saved.status_code == 302
    with pytest.raises(BadDefinition, match="Choose what they are contacted for"):
        read({"kind": "all", "of": [{"kind": "agreed", "purpose": ""}]})
