"""Units are added, renamed, moved and dissolved, and the tree stays a tree."""

import pytest

from regard.testing.people import member, signed_in
from regard.workspace.models import ApiKey, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(workspace):
    return member(workspace)


def add(owner, name, parent):
    signed_in(owner).post("/settings/units/new", {"name": name, "parent": parent.pk})
    return Unit.objects.get(name=name)


def test_a_unit_is_added_below_another(owner):
    nord = add(owner, "Nord", owner.workspace.root)
    assert add(owner, "Lille", nord).parent == nord


def test_a_name_is_used_once(owner):
    add(owner, "Nord", owner.workspace.root)
    answer = signed_in(owner).post("/settings/units/new", {"name": "nord", "parent": owner.workspace.root.pk})
    assert "already a unit of this name" in answer.content.decode()


def test_a_unit_cannot_be_moved_below_itself(owner):
    nord = add(owner, "Nord", owner.workspace.root)
    lille = add(owner, "Lille", nord)
    signed_in(owner).post(f"/settings/units/{nord.pk}", {"name": "Nord", "parent": lille.pk})
    nord.refresh_from_db()
    assert nord.parent == owner.workspace.root


def test_what_belongs_to_a_dissolved_unit_moves_up(owner):
    root = owner.workspace.root
    nord = add(owner, "Nord", root)
    lille = add(owner, "Lille", nord)
    agent = member(owner.workspace, "agent", at=nord)
    _key, secret = ApiKey.create(
        workspace_id=owner.workspace.pk, name="Till", scope="collect", unit_id=nord.pk, actor="x"
    )
    page = signed_in(owner).get(f"/settings/units/{nord.pk}/deletion").content.decode()
    assert "1 unit below it moves up" in page and "1 key stops working" in page
    signed_in(owner).post(f"/settings/units/{nord.pk}/deletion")
    lille.refresh_from_db()
    assert lille.parent == root and list(agent.units.all()) == [root]
    assert ApiKey.find(secret) is None


def test_the_root_stays(owner):
    assert signed_in(owner).post(f"/settings/units/{owner.workspace.root.pk}/deletion").status_code == 404


def test_units_of_another_workspace_are_not_there(owner):
    from regard.workspace.models import Workspace

    other = Workspace.found(name="Other").root
    assert signed_in(owner).get(f"/settings/units/{other.pk}").status_code == 404
    answer = signed_in(owner).post("/settings/units/new", {"name": "Mine", "parent": other.pk})
    assert answer.status_code == 200 and not Unit.objects.filter(name="Mine").exists()
