"""What a segment says of restraints is what the contact policy's own statement says."""

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regard.customers.contact.channels import Channel
from regard.customers.contact.models import Lifting, Restraint
from regard.customers.contact.purposes.seed import fill
from regard.customers.contact.queries import asked, restraints
from regard.customers.contact.restrain import lift, restrain
from regard.customers.contact.restraints.models import Reason
from regard.customers.identity.join import join
from regard.customers.models import Profile
from regard.jobs.consume import consume
from regard.segments.definition import Restrained
from regard.segments.restrained.mirror import forget_restraints, mirror_restraints
from regard.site.wiring import subscriptions
from regard.testing.people import member, signed_in
from regard.testing.segments import NOW, mirror_all, who
from regard.workspace.models import Unit

pytestmark = pytest.mark.django_db
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["0", "1", "2", "north", "lille", "south", "everybody"]), st.sampled_from(["complaint", "outage", "legal hold"]),
        st.sampled_from([[], ["e-mail"], ["SMS", "phone"]]), st.sampled_from([[], ["service"], ["feedback"]]),
        st.integers(-2, 1), st.sampled_from([None, 1, 2, 4]), st.booleans(),
    ), max_size=5,
)  # fmt: skip


@pytest.fixture
def purposes(workspace, ledger):
    fill(workspace.pk, actor="us")


def made(workspace):
    root = Unit.objects.get(workspace=workspace, parent=None)
    north = Unit.objects.create(workspace=workspace, parent=root, name="North")
    lille = Unit.objects.create(workspace=workspace, parent=north, name="Lille")
    return {
        "north": north,
        "lille": lille,
        "south": Unit.objects.create(workspace=workspace, parent=root, name="South"),
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, joined=st.booleans())
def test_it_is_what_the_contact_policy_says(workspace, purposes, ledger, rows, joined):
    Restraint.objects.filter(workspace=workspace).delete()
    Profile.objects.filter(workspace=workspace, merged_into__isnull=False).update(merged_into=None)
    Profile.objects.filter(workspace=workspace).delete()
    Unit.objects.filter(workspace=workspace, parent__parent__isnull=False).delete()
    Unit.objects.filter(workspace=workspace, parent__isnull=False).delete()
    for table in ("people", "restraints"):
        ledger.execute(f"truncate table {table}")
    units = made(workspace)
    people = [Profile.objects.create(workspace=workspace, home_unit=units.get(home)) for home in ("lille", "south", "")]
    for whom, reason, channels, about, begins, lasts, lifted in rows:
        start = NOW + timedelta(days=begins)
        row = Restraint.objects.create(
            workspace=workspace, profile=people[int(whom)] if whom.isdecimal() else None, unit=units.get(whom), reason=reason,
            channels=channels, purposes=about, begins=start, until=start + timedelta(days=lasts) if lasts else None, by="us",
        )  # fmt: skip
        if lifted:
            Lifting.objects.create(restraint=row, by="us")
    if joined:
        join(workspace=workspace.pk, one=people[0].pk, other=people[1].pk, by="us")
        # What says where they are at home, said of either, is the customer's.
        Profile.objects.filter(pk=people[0].pk).update(home_unit=units["lille"])
    mirror_all(workspace)
    mirror_restraints(workspace.pk, list(Restraint.objects.values_list("pk", flat=True)))
    found = asked(workspace.pk, [one.pk for one in people])
    for moment in (NOW, NOW + timedelta(days=2)):
        for channel in ("e-mail", "SMS", "post"):
            for purpose in ("service", "feedback"):
                held = set(restraints(workspace.pk, found, purpose, channel, moment))
                leaf = {"kind": "restrained", "channel": channel, "purpose": purpose}
                assert who(workspace, leaf, moment) == held
                assert who(workspace, {**leaf, "says": "no"}, moment) == set(found.customers) - held
                by_reason = [
                    who(workspace, {**leaf, "reason": reason}, moment)
                    for reason in ("complaint", "outage", "legal hold")
                ]
                assert set().union(*by_reason) == held


def follow():
    (one,) = (one for one in subscriptions() if one.name == "segments.restrained")
    while consume(one):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_restraint_is_followed_and_ends_by_itself_or_by_hand(workspace, purposes):
    ines, carl = (Profile.objects.create(workspace=workspace) for _ in range(2))
    mirror_all(workspace)
    complaint = {"kind": "restrained", "reason": "complaint"}
    restrain(workspace.pk, reason="complaint", by="us", now=NOW, customers=[ines.pk], until=NOW + timedelta(days=3))
    (outage,) = restrain(workspace.pk, reason="outage", by="us", now=NOW, everybody=True)
    follow()
    assert (who(workspace, complaint), who(workspace, {"kind": "restrained"})) == ({ines.pk}, {ines.pk, carl.pk})
    assert who(workspace, complaint, NOW + timedelta(days=3)) == set()
    lift(workspace.pk, by="us", now=NOW, restraints=[outage.pk])
    follow()
    assert who(workspace, {"kind": "restrained"}) == {ines.pk}


def test_what_is_erased_is_gone_from_the_copy(workspace, purposes, ledger):
    one = Profile.objects.create(workspace=workspace)
    rows = restrain(workspace.pk, reason="fraud", by="us", now=NOW, customers=[one.pk])
    mirror_all(workspace)
    mirror_restraints(workspace.pk, [row.pk for row in rows])
    assert who(workspace, {"kind": "restrained", "reason": "fraud"}) == {one.pk}
    assert forget_restraints(workspace.pk, [one.pk]) == 1
    assert ledger.unscoped("select count() from restraints") == [(0,)]


def test_the_editor_asks_for_it(workspace, purposes):
    client = signed_in(member(workspace, "analyst"))
    form = {
        "join": "all", "g0": "all", "g0r0": "restrained", "g0r0-says": "no", "g0r0-reason": "bereavement", "g0r0-channel": "any",
        "g0r0-purpose": "service",
    }  # fmt: skip
    page = client.post("/segments/draft", form).content.decode()
    assert "There is no" in page and "bereavement" in page and "Messages about your account" in page
    assert (
        client.post("/segments/new", {**form, "name": "Undisturbed", "description": "", "save": "1"}).status_code == 302
    )


def test_every_reason_and_channel_can_be_asked_for():
    fields = Restrained.model_fields
    assert set(get_args(fields["reason"].annotation)) == {"any", *Reason.values}
    assert set(get_args(fields["channel"].annotation)) == {"any", *Channel.values}
