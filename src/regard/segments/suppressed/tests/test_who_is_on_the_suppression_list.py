"""What a segment says of the suppression list is what a verdict says of who may be contacted."""

from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regard.customers.contact.channels import KIND
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.models import Suppression
from regard.customers.contact.privacy import hidden
from regard.customers.contact.purposes.seed import fill
from regard.customers.contact.suppression.models import Why
from regard.customers.contact.suppression.suppress import Line, suppress
from regard.customers.contact.verdict import Because
from regard.customers.identity.join import join
from regard.customers.models import Identifier, Profile
from regard.jobs.consume import consume
from regard.segments.definition import Suppressed
from regard.segments.suppressed.mirror import forget_suppressed, mirror_suppressed
from regard.site.wiring import subscriptions
from regard.testing.people import member, signed_in
from regard.testing.segments import NOW, mirror_all, who

pytestmark = pytest.mark.django_db
ADDRESSES = [
    ("email", "a@example.org"),
    ("email", "b@example.org"),
    ("phone", "+33612345678"),
    ("phone", "+33612345679"),
]


@pytest.fixture
def purposes(workspace, ledger):
    fill(workspace.pk, actor="us")


def known(workspace, person, kind, address):
    Identifier.objects.get_or_create(workspace=workspace, namespace=kind, value=address, defaults={"profile": person})


def put_on(workspace, kind, address, why="asked", erased=False):
    address = hidden(workspace.pk, kind, address) if erased else address
    return Suppression.objects.create(workspace=workspace, kind=kind, address=address, why=why, added_by="us")


HELD = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(ADDRESSES)), max_size=6, unique_by=lambda one: one[1])
LISTED = st.lists(
    st.tuples(st.sampled_from(ADDRESSES), st.sampled_from(list(Why.values)), st.booleans()), max_size=4, unique_by=lambda one: one[0]
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=HELD, before=LISTED, after=LISTED, joined=st.booleans())
def test_it_is_what_a_verdict_says(workspace, purposes, ledger, held, before, after, joined):
    Profile.objects.filter(workspace=workspace, merged_into__isnull=False).update(merged_into=None)
    Profile.objects.filter(workspace=workspace).delete()
    for table in ("people", "suppressed"):
        ledger.execute(f"truncate table {table}")
    people = [Profile.objects.create(workspace=workspace) for _ in range(3)]
    for person, (kind, address) in held:
        known(workspace, people[person], kind, address)
    for listed in (before, after):  # the second time there is something to take back
        Suppression.objects.filter(workspace=workspace).delete()
        for (kind, address), why, erased in listed:
            put_on(workspace, kind, address, why, erased)
        mirror_all(workspace)
        if joined and listed is before:
            join(workspace=workspace.pk, one=people[0].pk, other=people[1].pk, by="us")
    customers = {one.pk for one in Profile.objects.filter(workspace=workspace, merged_into=None)}
    barred = {}
    for channel in KIND:
        verdicts = may_contact(workspace.pk, customers, purpose="service", channel=channel, now=NOW)
        barred[channel.value] = {one.customer for one in verdicts if one.because == Because.SUPPRESSED}
    barred["any"] = set().union(*barred.values())
    for channel, on_it in barred.items():
        assert who(workspace, {"kind": "suppressed", "channel": channel}) == on_it
        assert who(workspace, {"kind": "suppressed", "channel": channel, "says": "no"}) == customers - on_it


def follow():
    for one in subscriptions():
        if one.name in ("segments.suppressed", "segments.mirror"):
            while consume(one):
                pass


@pytest.mark.django_db(transaction=True)
def test_putting_on_the_list_and_taking_off_is_followed(workspace, purposes):
    ines, carl = (Profile.objects.create(workspace=workspace) for _ in range(2))
    known(workspace, ines, "email", "ines@example.org")
    known(workspace, carl, "email", "carl@example.org")
    from regard.customers.identity.resolve import CHANGED
    from regard.jobs.models import publish

    publish(CHANGED, workspace.pk, [ines.pk, carl.pk])
    suppress(workspace.pk, [Line(1, "ines@example.org")], why="asked", by="us", now=NOW)
    put_on(workspace, "email", "carl@example.org", erased=True)
    follow()
    assert who(workspace, {"kind": "suppressed"}) == {ines.pk, carl.pk}
    for one in Suppression.objects.filter(workspace=workspace):
        one.remove(actor="us")
    follow()
    assert who(workspace, {"kind": "suppressed"}) == set()


def test_what_is_erased_is_gone_from_the_copy(workspace, purposes, ledger):
    one = Profile.objects.create(workspace=workspace)
    known(workspace, one, *ADDRESSES[0])
    put_on(workspace, *ADDRESSES[0])
    mirror_all(workspace)
    assert forget_suppressed(workspace.pk, [one.pk]) == 1
    assert ledger.unscoped("select count() from suppressed") == [(0,)]


def test_nobody_else_s_customers_are_looked_at(workspace, purposes):
    from regard.workspace.models import Workspace

    other = Workspace.found(name="Other", industry="telecom", time_zone="Europe/Paris")
    one = Profile.objects.create(workspace=other)
    known(other, one, *ADDRESSES[0])
    put_on(workspace, *ADDRESSES[0])
    mirror_suppressed(workspace.pk, [one.pk])
    assert who(workspace, {"kind": "suppressed"}) == set()


def test_the_editor_asks_for_it(workspace, purposes):
    client = signed_in(member(workspace, "analyst"))
    form = {"join": "all", "g0": "all", "g0r0": "suppressed", "g0r0-says": "no", "g0r0-channel": "SMS"}
    page = client.post("/segments/draft", form).content.decode()
    assert "is not on" in page and "the suppression list for" in page
    assert (
        client.post("/segments/new", {**form, "name": "Reachable", "description": "", "save": "1"}).status_code == 302
    )


def test_every_channel_with_addresses_can_be_asked_for():
    assert set(get_args(Suppressed.model_fields["channel"].annotation)) == {"any", *(channel.value for channel in KIND)}
