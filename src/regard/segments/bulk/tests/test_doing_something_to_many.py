"""Something done to the customers who were ticked, or to all who match: only to those whom the member may see."""

from __future__ import annotations

import pytest
from django.utils import timezone

from regard.customers.models import Profile, Saying
from regard.customers.people.listing import Listing
from regard.segments.bulk import views
from regard.segments.bulk.carry_out import carry_out
from regard.segments.bulk.models import BulkAction
from regard.segments.mirror import mirror_profiles
from regard.segments.models import Segment
from regard.segments.queries import comings_and_goings, members
from regard.testing.people import member, signed_in
from regard.warehouse import Scope
from regard.workspace.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(ledger, workspace):
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    made = [
        Profile.objects.create(
            workspace=workspace,
            name=f"P{number}",
            traits={"plan": ("a", "b")[number % 2]},
            home_unit=(None, store)[number % 2],
        )
        for number in range(6)
    ]
    mirror_profiles(workspace.pk, [one.pk for one in made])
    return made


def belong(workspace, segment):
    return [customer for customer, _ in members(Scope(workspace.pk), segment.pk, limit=99)]


def test_the_chosen_are_put_on_a_new_list_and_twice_changes_nothing(people, workspace):
    client = signed_in(member(workspace))
    address = f"/bulk/new?list=&chosen={people[0].pk}&chosen={people[3].pk}"
    assert "2 customers are chosen" in client.get(address).content.decode()
    client.post(address, {"does": "list", "name": "Friends"})
    friends = Segment.objects.get()
    assert (
        friends.definition is None and belong(workspace, friends) == [people[0].pk, people[3].pk] and friends.size == 2
    )
    client.post(address, {"does": "list", "segment": friends.pk})
    (day,) = comings_and_goings(Scope(workspace.pk), friends.pk, since=timezone.now() - timezone.timedelta(days=1))
    assert (day.entered, day.left) == (2, 0)


def test_a_trait_is_set_by_hand_for_all_who_match(people, workspace):
    client = signed_in(member(workspace))
    client.post("/bulk/new?all=1&list=trait%3Dplan%3Ab", {"does": "trait", "trait": "vip", "value": "yes"})
    assert set(Profile.objects.filter(traits__vip="yes")) == {people[1], people[3], people[5]}
    assert Saying.objects.filter(source=0).count() == 3


def test_many_are_a_job_that_goes_on_where_it_was_cut_short(people, workspace, monkeypatch):
    monkeypatch.setattr(views, "_AT_ONCE", 2)
    client = signed_in(member(workspace))
    answer = client.post("/bulk/new?all=1&list=", {"does": "list", "name": "All"}, follow=True)
    assert "0 of 6 customers" in answer.content.decode()
    action = BulkAction.objects.get()
    action.reached, action.done = people[3].pk, 4
    action.save()
    carry_out(action)
    assert belong(workspace, action.segment) == [people[4].pk, people[5].pk] and action.done == 6
    assert "Done for 6 customers" in client.get(f"/bulk/{action.pk}").content.decode()


def test_a_member_of_a_unit_reaches_only_its_customers_and_nobody_elses_progress(people, workspace):
    friends = Segment(workspace=workspace, name="Friends")
    friends.keep(actor="test")
    store = Unit.objects.get(name="Store")
    agent = signed_in(member(workspace, "agent", at=store))
    address = "/bulk/new?list=&" + "&".join(f"chosen={one.pk}" for one in people)
    assert "3 customers are chosen" in agent.get(address).content.decode()
    assert agent.post(address, {"does": "list", "name": "Mine"}).status_code == 200 and Segment.objects.count() == 1
    agent.post(address, {"does": "list", "segment": friends.pk})
    assert belong(workspace, friends) == [people[1].pk, people[3].pk, people[5].pk]
    assert signed_in(member(workspace)).get(f"/bulk/{BulkAction.objects.get().pk}").status_code == 404


def test_who_asked_and_left_has_nothing_done_in_their_name(people, workspace):
    ines = member(workspace)
    action = BulkAction.objects.create(
        workspace=workspace,
        member=ines,
        kind="trait",
        trait="x",
        value="1",
        chosen=[people[0].pk],
        listing_kept=Listing().kept(),
        total=1,
    )
    ines.left = timezone.now()
    ines.save()
    carry_out(BulkAction.objects.get(pk=action.pk))
    assert not Saying.objects.exists()


def test_nothing_ticked_is_said(people, workspace):
    answer = signed_in(member(workspace)).get("/bulk/new?list=", follow=True)
    assert "Tick the customers first" in answer.content.decode()
