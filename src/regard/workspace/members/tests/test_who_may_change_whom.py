"""Roles are handed out downwards, and a workspace never loses its last owner."""

import pytest
from django.test import Client

from regard.testing.people import PASSWORD, member, signed_in
from regard.workspace.models import AuditEntry, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(workspace):
    return member(workspace)


def change(by, whom, role):
    root = by.workspace.root
    signed_in(by).post(f"/settings/members/{whom.pk}", {"role": role, "units": [root.pk]})
    whom.refresh_from_db()
    return whom.role


def test_an_owner_gives_any_role_and_the_log_says_so(owner):
    agent = member(owner.workspace, "agent")
    assert change(owner, agent, "owner") == "owner"
    assert AuditEntry.objects.first().action == "member.changed"


def test_nobody_gives_a_role_above_their_own(owner):
    admin, agent = member(owner.workspace, "admin"), member(owner.workspace, "agent")
    assert change(admin, agent, "owner") == "agent"
    assert change(admin, agent, "admin") == "admin"


def test_an_admin_cannot_touch_an_owner(owner):
    second = member(owner.workspace, "owner", email="second@halcyon.example")
    admin = member(owner.workspace, "admin")
    assert change(admin, second, "viewer") == "owner"
    signed_in(admin).post(f"/settings/members/{second.pk}/departure")
    second.refresh_from_db()
    assert second.left is None


def test_the_last_owner_stays_owner(owner):
    assert change(owner, owner, "admin") == "owner"
    signed_in(owner).post(f"/settings/members/{owner.pk}/departure")
    owner.refresh_from_db()
    assert owner.left is None


def test_whoever_is_deactivated_is_out_at_once(owner):
    agent = member(owner.workspace, "agent")
    theirs = Client()
    theirs.post("/account/login/", {"login": agent.user.email, "password": PASSWORD})
    assert theirs.get("/settings/").status_code == 200
    signed_in(owner).post(f"/settings/members/{agent.pk}/departure")
    assert theirs.get("/settings/").headers["Location"].startswith("/account/login/")


def test_an_admin_of_a_region_does_not_see_the_members(owner):
    nord = Unit.objects.create(workspace=owner.workspace, parent=owner.workspace.root, name="Nord")
    assert signed_in(member(owner.workspace, "admin", at=nord)).get("/settings/members/").status_code == 403


def test_members_of_another_workspace_are_not_there(owner):
    from regard.workspace.models import Workspace

    stranger = member(Workspace.found(name="Other"), "agent")
    assert signed_in(owner).get(f"/settings/members/{stranger.pk}").status_code == 404
