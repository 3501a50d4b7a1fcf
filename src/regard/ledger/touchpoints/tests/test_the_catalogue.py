"""The catalogue: filled from an industry, edited, and never at the cost of what happened."""

import pytest

from regard.jobs.consume import consume
from regard.ledger.models import Touchpoint
from regard.ledger.touchpoints.industries import TEMPLATES, fill, template
from regard.ledger.touchpoints.models import Channel, Stage
from regard.site.wiring import subscriptions
from regard.testing.people import member, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("industry", TEMPLATES)
def test_a_template_uses_known_stages_and_channels_and_each_name_once(industry):
    touchpoints = template(industry)
    assert len(touchpoints) >= 10
    assert {touchpoint.stage for touchpoint in touchpoints} <= set(Stage.values)
    assert {channel for touchpoint in touchpoints for channel in touchpoint.channels} <= set(Channel.values)
    assert len({touchpoint.name for touchpoint in touchpoints}) == len(touchpoints)


def test_a_template_adds_what_is_missing_and_touches_nothing_else(workspace):
    Touchpoint.objects.create(workspace=workspace, name="BILL", description="ours")
    added = fill(workspace.pk, "telecom", actor="test")
    assert added == len(template("telecom")) - 1
    assert Touchpoint.objects.get(name="BILL").description == "ours"
    assert fill(workspace.pk, "telecom", actor="test") == 0


@pytest.mark.django_db(transaction=True)
def test_a_new_workspace_begins_with_the_touchpoints_of_its_industry():
    from regard.workspace.welcome.found import found

    found(
        name="Claire",
        email="c@halcyon.example",
        password="a long pass phrase",
        industry="bank",
        time_zone="UTC",
    )
    (catalogue,) = [one for one in subscriptions() if one.name == "ledger.catalogue"]
    consume(catalogue)
    assert Touchpoint.objects.filter(name="Cash machine").exists()


@pytest.fixture
def client(workspace, ledger):
    return signed_in(member(workspace))


def test_a_touchpoint_is_added_changed_and_retired(client, workspace):
    given = {
        "name": "Bill",
        "stage": "use",
        "function": "billing",
        "channels": ["e-mail", "post"],
        "owner": workspace.root.pk,
    }
    client.post("/touchpoints/new", given)
    bill = Touchpoint.objects.get()
    assert (bill.workspace, bill.channels, bill.owner) == (workspace, ["e-mail", "post"], workspace.root)
    client.post(f"/touchpoints/{bill.pk}", {**given, "name": "Invoice"})
    assert "Invoice" in client.get("/touchpoints/").content.decode()
    client.post(f"/touchpoints/{bill.pk}/retirement")
    bill.refresh_from_db()
    assert bill.retired
    client.post(f"/touchpoints/{bill.pk}/return")
    bill.refresh_from_db()
    assert bill.retired is None


def test_a_name_is_used_once(client, workspace):
    Touchpoint.objects.create(workspace=workspace, name="Bill")
    page = client.post("/touchpoints/new", {"name": "bill", "stage": "use"}).content.decode()
    assert "already a touchpoint of this name" in page and Touchpoint.objects.count() == 1


def test_viewers_read_the_catalogue_and_do_not_edit_it(client, workspace):
    viewer = signed_in(member(workspace, "viewer"))
    assert viewer.get("/touchpoints/").status_code == 200
    assert viewer.get("/touchpoints/new").status_code == 403
