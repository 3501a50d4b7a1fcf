"""Cases are opened once, given to somebody, and keep other questions away while they are open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from regard.care.cases.close import close
from regard.care.cases.models import Case
from regard.care.cases.open import Opening, first_queue, open_cases
from regard.care.cases.tests.made import case, customer
from regard.care.queues.models import Queue, Routing
from regard.customers.contact.may_contact import may_contact
from regard.ledger.record.project import project_all
from regard.outreach.notices.models import Notice
from regard.testing.people import member
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def test_one_cause_opens_one_case_and_numbers_are_given_in_order(workspace: Workspace) -> None:
    openings = [Opening(title=f"Answer {n}", origin=f"answer {n % 3}") for n in range(9)]
    made = open_cases(workspace, openings, by="Playbook", now=timezone.now())
    assert [one.number for one in made] == [1, 2, 3]
    assert open_cases(workspace, openings, by="Playbook", now=timezone.now()) == []
    assert [one.number for one in open_cases(workspace, [Opening(title="By hand"), Opening(title="Another")], by="t", now=timezone.now())] == [4, 5]


def test_while_a_case_is_open_nobody_asks_its_customer_anything(workspace: Workspace) -> None:
    who, now = customer(workspace), timezone.now()
    opened = case(workspace, profile=who)

    def asked(purpose: str) -> bool:
        return may_contact(workspace.pk, [who], purpose=purpose, channel="e-mail", now=timezone.now())[0].allowed

    assert not asked("feedback") and asked("service")
    close(opened, by="t@x.example", now=now + timedelta(minutes=1), ask=False)
    assert asked("feedback")


def test_a_case_and_how_long_it_took_stand_in_the_ledger(workspace: Workspace) -> None:
    who, now = customer(workspace), timezone.now()
    opened = case(workspace, profile=who, now=now)
    close(opened, by="t@x.example", now=now + timedelta(hours=2), ask=False)
    project_all()
    rows = warehouse().select(Scope(workspace.pk), "select event, profile, duration from ledger where $scope and kind = 'case' order by at", {})
    assert rows == [("Case opened", who, None), ("Case closed", who, 7200.0)]


def test_cases_go_in_turn_to_those_who_take_them_at_the_unit_and_have_the_skill(workspace: Workspace) -> None:
    north, south = (Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("North", "South"))
    homes = {"ann": north, "ben": north, "cem": south}
    people = {name: member(workspace, Role.AGENT, at=at, email=f"{name}@halcyon.example") for name, at in homes.items()}
    queue = Queue(workspace=workspace, name="Calls", routing=Routing.TURN)
    queue.keep(by="t", takers={people["ann"].pk: [], people["ben"].pk: ["fr"], people["cem"].pk: []})
    openings = [Opening(title=str(n), queue=queue, unit=north.pk) for n in range(4)]
    assert [one.owner for one in open_cases(workspace, openings, by="t", now=timezone.now())] == [people[one] for one in ("ann", "ben", "ann", "ben")]
    french = [Opening(title=str(n), queue=queue, unit=north.pk, skill="FR") for n in range(2)]
    assert {one.owner for one in open_cases(workspace, french, by="t", now=timezone.now())} == {people["ben"]}
    queue.routing = Routing.LOAD
    queue.keep(by="t")
    assert case(workspace, queue=queue, unit=north.pk).owner == people["ann"]  # two open against four
    assert case(workspace, queue=queue, unit=south.pk).owner == people["cem"]
    assert case(workspace, queue=queue).owner is None  # of the whole company: nobody takes those


def test_whoever_is_given_a_case_is_told_and_of_nobodys_those_who_answer_for_the_unit(workspace: Workspace) -> None:
    shop = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Shop")
    manager, agent, _other = (
        member(workspace, role, at=at, email=f"{n}@halcyon.example")
        for n, (role, at) in enumerate([(Role.MANAGER, shop), (Role.AGENT, shop), (Role.OWNER, workspace.root)])
    )
    case(workspace, unit=shop.pk)
    case(workspace, unit=shop.pk, owner=agent.pk)
    told = sorted(Notice.objects.values_list("member", "kind"))
    assert told == sorted([(manager.pk, "case.new"), (agent.pk, "case.given")])


def test_what_belonged_to_a_unit_belongs_to_the_one_above_when_it_is_dissolved(workspace: Workspace) -> None:
    region = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Region")
    shop = Unit.objects.create(workspace=workspace, parent=region, name="Shop")
    opened = case(workspace, unit=shop.pk)
    shop.dissolve(actor="t")
    assert Case.objects.get(pk=opened.pk).unit == region


def test_there_is_always_a_queue(workspace: Workspace) -> None:
    assert first_queue(workspace.pk) == first_queue(workspace.pk) == Queue.objects.get()
