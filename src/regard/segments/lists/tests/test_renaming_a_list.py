"""A list gets another name and stays the same list; a name that is taken is refused with a sentence."""

from __future__ import annotations

import pytest
from django.utils import timezone

from regard.customers.models import Profile
from regard.segments.members.mirror import put_in
from regard.segments.models import Segment
from regard.segments.queries import members
from regard.testing.people import member, signed_in
from regard.warehouse import Scope
from regard.workspace.models import AuditEntry, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def friends(ledger, workspace):
    made = Segment(workspace=workspace, name="Friends", description="Who likes us")
    made.keep(actor="test")
    return made


def test_it_keeps_its_people_and_the_audit_log_both_names(workspace, friends):
    ines = Profile.objects.create(workspace=workspace)
    put_in(friends, {ines.pk}, now=timezone.now())
    client = signed_in(member(workspace, "analyst"))
    assert "Rename" in client.get(f"/segments/{friends.pk}").content.decode()
    page = client.get(f"/lists/{friends.pk}/name").content.decode()
    assert "What should Friends be called?" in page and "Who likes us" in page
    answer = client.post(f"/lists/{friends.pk}/name", {"name": "Fans", "description": "Who loves us"}, follow=True)
    assert "Fans" in answer.content.decode()
    friends.refresh_from_db()
    assert (friends.name, friends.description, friends.definition) == ("Fans", "Who loves us", None)
    assert [customer for customer, _ in members(Scope(workspace.pk), friends.pk, limit=9)] == [ines.pk]
    entry = AuditEntry.objects.get(action="segment.renamed")
    assert (entry.subject, entry.details["was"]) == ("Fans", "Friends")


@pytest.mark.parametrize("taken", ["Churners", "churners", "CHURNERS "])
def test_a_name_that_another_has_is_refused_and_what_was_typed_stays(workspace, friends, taken):
    Segment(workspace=workspace, name="Churners", definition={"kind": "all", "of": []}).keep(actor="test")
    page = signed_in(member(workspace)).post(f"/lists/{friends.pk}/name", {"name": taken, "description": "x"})
    told = page.content.decode()
    assert "There is already a segment of this name." in told and f'value="{taken}"' in told
    assert "What should Friends be called?" in told
    assert Segment.objects.get(pk=friends.pk).name == "Friends"
    assert not AuditEntry.objects.filter(action="segment.renamed").exists()


def test_names_of_retired_lists_and_of_other_workspaces_are_free(workspace, friends):
    old = Segment(workspace=workspace, name="Fans")
    old.keep(actor="test")
    old.retire(actor="test")
    Segment(workspace=Workspace.found(name="Rival"), name="Fans").keep(actor="test")
    assert signed_in(member(workspace)).post(f"/lists/{friends.pk}/name", {"name": "Fans"}).status_code == 302


def test_only_who_keeps_the_catalogue_renames_and_only_lists(workspace, friends):
    assert signed_in(member(workspace, "agent")).post(f"/lists/{friends.pk}/name", {"name": "x"}).status_code == 403
    made = Segment(workspace=workspace, name="Churners", definition={"kind": "all", "of": []})
    made.keep(actor="test")
    owner = signed_in(member(workspace, email="owner@x.org"))
    assert owner.get(f"/lists/{made.pk}/name").status_code == 404
    assert owner.get(f"/segments/{friends.pk}/editing").url == f"/lists/{friends.pk}/name"
    assert owner.get(f"/segments/{friends.pk}/conditions").url == f"/lists/{friends.pk}/name"
