from datetime import timedelta

import pytest

from regard.customers.contact.models import Lifting, Restraint
from regard.customers.contact.purposes.seed import fill
from regard.customers.contact.restrain import Cause, lift, restrain
from regard.customers.contact.tests.made import customer, verdict
from regard.customers.contact.verdict import Because
from regard.workspace.models import AuditEntry, Unit, Workspace

pytestmark = pytest.mark.django_db


def test_it_holds_for_its_channels_and_purposes_alone(purposes, now):
    who = customer(purposes, phone="33612345678")
    restrain(
        purposes.pk, customers=[who.pk], reason="complaint", by="x", now=now, channels=["SMS"], purposes=["feedback"]
    )
    assert verdict(who, now, "feedback", "SMS").because == Because.RESTRAINED
    assert verdict(who, now, "feedback", "e-mail").allowed and verdict(who, now, "service", "SMS").allowed


def test_a_unit_restrains_those_at_home_there_and_below_and_a_workspace_everybody(purposes, now):
    region = Unit.objects.create(workspace=purposes, parent=purposes.root, name="Nord")
    store = Unit.objects.create(workspace=purposes, parent=region, name="Lille")
    there = customer(purposes, home_unit=store)
    elsewhere, nowhere = (
        customer(purposes, email="b@example.org", home_unit=purposes.root),
        customer(purposes, email="c@example.org"),
    )
    restrain(purposes.pk, unit=region.pk, reason="outage", by="x", now=now)
    assert [verdict(who, now).because for who in (there, elsewhere, nowhere)] == [
        Because.RESTRAINED,
        Because.FINE,
        Because.FINE,
    ]
    restrain(purposes.pk, everybody=True, reason="outage", by="x", now=now, until=now + timedelta(hours=2))
    assert verdict(nowhere, now).until == now + timedelta(hours=2)
    assert verdict(there, now).outcome == "refused"  # nobody knows when theirs ends
    rival = Workspace.found(name="Rival")
    fill(rival.pk, actor="x")
    assert verdict(customer(rival), now).allowed


def test_the_same_cause_writes_once_and_lifting_it_frees_all_of_them(purposes, now):
    people = [customer(purposes, email=f"c{number}@example.org") for number in range(3)]
    cause = Cause("outage", "42")
    ids = [who.pk for who in people]
    assert len(restrain(purposes.pk, customers=ids[:2], reason="outage", by="network", now=now, cause=cause)) == 2
    assert len(restrain(purposes.pk, customers=ids, reason="outage", by="network", now=now, cause=cause)) == 1
    assert lift(purposes.pk, cause=cause, by="network", now=now, note="mended") == 3
    assert lift(purposes.pk, cause=cause, by="network", now=now) == 0
    assert Lifting.objects.count() == 3 and all(verdict(who, now).allowed for who in people)
    assert len(restrain(purposes.pk, customers=ids[:1], reason="outage", by="network", now=now, cause=cause)) == 1
    assert not AuditEntry.objects.filter(action__startswith="restraint").exists()  # no member did it


def test_by_hand_it_is_in_the_audit_log(purposes, now):
    who = customer(purposes)
    (made,) = restrain(purposes.pk, customers=[who.pk], reason="bereavement", by="ana@halcyon.example", now=now)
    lift(purposes.pk, restraints=[made.pk], by="ana@halcyon.example", now=now)
    said = list(
        AuditEntry.objects.order_by("id")
        .values_list("action", "actor", "subject")
        .filter(action__startswith="restraint")
    )
    assert said == [
        (action, "ana@halcyon.example", f"customer {who.pk}") for action in ("restraint.added", "restraint.lifted")
    ]


def test_it_must_be_said_whom_and_an_empty_list_is_nobody(purposes, now):
    about = {"reason": "outage", "by": "x", "now": now}
    for wrong in (
        {},
        {"customers": [1], "everybody": True},
        {"unit": 1, "everybody": True},
        {"everybody": True, "until": now},
    ):
        with pytest.raises(ValueError):
            restrain(purposes.pk, **about, **wrong)
    assert restrain(purposes.pk, customers=[], **about) == []
    assert not Restraint.objects.exists()


def test_it_begins_when_it_says_and_someone_elses_cannot_be_lifted(purposes, now):
    who = customer(purposes)
    (made,) = restrain(purposes.pk, customers=[who.pk], reason="case", by="x", now=now)
    assert verdict(who, now - timedelta(minutes=1)).allowed
    assert lift(Workspace.found(name="Rival").pk, restraints=[made.pk], by="x", now=now) == 0
    assert verdict(who, now).because == Because.RESTRAINED
