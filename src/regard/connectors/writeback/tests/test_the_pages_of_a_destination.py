"""What owners do with a destination, and that nobody else can."""

import pytest

from regard.connectors.writeback.models import Delivery, Destination
from regard.connectors.writeback.tests.conftest import people
from regard.testing.people import member, recently, signed_in
from regard.workspace.models import AuditEntry, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(ledger, workspace):
    return recently(signed_in(member(workspace)))


def text(response):
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def test_a_whole_destination_from_nothing_to_its_delivery(workspace, owner, receiver, queue):
    people(workspace, 2)
    assert "Nothing is sent back yet" in text(owner.get("/writeback/"))
    filled = {
        "name": "CRM", "kind": "webhook", "url": receiver.url, "identifiers": ["email"], "more_identifiers": "hubspot_id",
        "scores": ["nps"], "every": "manual",
    }  # fmt: skip
    page = text(owner.get("/writeback/new"))
    assert all(f'value="{value}"' in page for value in ("email", "phone", "user", "nps", "csat", "ces"))
    page = text(owner.post("/writeback/new", filled))
    found = Destination.objects.get()
    assert found.secret in page and found.secret.startswith("whsec_") and not found.on
    assert found.identifiers == ["email", "hubspot_id"] and found.secret not in found.settings_sealed
    receiver.secret = found.secret
    page = text(owner.get(f"/writeback/{found.pk}"))
    assert "is this what should be sent?" in page and "p0@x.org" in page
    assert found.secret not in page and "very-secret" not in page
    assert "switch it on" in text(owner.post(f"/writeback/{found.pk}/delivery", follow=True)) and not receiver.came
    owner.post(f"/writeback/{found.pk}/switch", {"on": "1"})
    owner.post(f"/writeback/{found.pk}/delivery")
    queue()
    assert "CRM was sent 2 customers who had changed" in text(owner.get(f"/writeback/{found.pk}"))
    assert "done" in text(owner.get("/writeback/"))
    assert "This goes" in text(owner.get(f"/writeback/{found.pk}/removal"))
    owner.post(f"/writeback/{found.pk}/removal")
    assert not Destination.objects.exists()
    said = list(AuditEntry.objects.filter(action__startswith="writeback").order_by("id").values_list("action", flat=True))  # fmt: skip
    assert said == ["writeback.made", "writeback.on", "writeback.sent", "writeback.removed"]
    assert "very-secret" not in str(list(AuditEntry.objects.values_list("details", flat=True)))


BAD = [
    "", "http://example.com/hook", "https://127.0.0.1/", "https://10.0.0.8/", "https://a:b@example.com/", "ftp://example.com/",
]  # fmt: skip


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_must_not_be_sent_to_makes_no_destination(owner, url):
    text(owner.post("/writeback/new", {"name": "CRM", "kind": "webhook", "url": url, "every": "manual"}))
    assert not Destination.objects.exists()


def test_a_failed_delivery_is_told_sent_again_or_stopped(workspace, owner, destination, receiver, queue):
    people(workspace, 1)
    receiver.answers = [500]
    owner.post(f"/writeback/{destination.pk}/delivery")
    queue()
    page = text(owner.get(f"/writeback/{destination.pk}"))
    assert "It answered 500." in page and "tried once" in page and "hunter2" not in page
    delivery = Delivery.objects.get()
    delivery.ask_for_help("It answered 500.")
    assert "Send again" in text(owner.get(f"/writeback/{destination.pk}"))
    owner.post(f"/writeback/{destination.pk}/deliveries/{delivery.pk}/again")
    queue()
    delivery.refresh_from_db()
    assert delivery.outcome == "done" and len(receiver.came) == 1
    receiver.answers = [500]
    people(workspace, 1, 1)
    owner.post(f"/writeback/{destination.pk}/delivery")
    queue()
    owner.post(f"/writeback/{destination.pk}/deliveries/{delivery.pk + 1}/end", follow=True)
    assert "was stopped" in text(owner.get(f"/writeback/{destination.pk}"))


def test_settings_are_changed_and_the_address_kept_when_it_is_left_empty(owner, destination):
    was = destination.url
    owner.post(f"/writeback/{destination.pk}/settings", {"name": "Other", "url": "", "identifiers": ["phone"], "every": "daily"})  # fmt: skip
    destination = Destination.objects.get()
    assert (destination.name, destination.identifiers, destination.every, destination.url) == ("Other", ["phone"], "daily", was)  # fmt: skip
    before = destination.secret
    assert "New secret" in text(owner.get(f"/writeback/{destination.pk}/secret"))
    page = text(owner.post(f"/writeback/{destination.pk}/secret"))
    destination = Destination.objects.get()
    assert destination.secret in page and destination.secret != before and destination.url == was


@pytest.mark.parametrize("role", ["admin", "analyst", "viewer"])
def test_only_owners_decide_what_leaves(workspace, destination, receiver, role):
    client = recently(signed_in(member(workspace, role)))
    pk = destination.pk
    for way in (
        "new",
        f"{pk}",
        f"{pk}/settings",
        f"{pk}/secret",
        f"{pk}/old-secret",
        f"{pk}/switch",
        f"{pk}/delivery",
        f"{pk}/removal",
    ):
        assert client.post(f"/writeback/{way}", {"on": "1"}).status_code == 403, way
        assert client.get(f"/writeback/{way}").status_code == 403, way


def test_who_has_not_given_their_password_lately_is_asked_for_it(workspace, destination):
    client, pk = signed_in(member(workspace)), destination.pk
    for way in ("new", f"{pk}/settings", f"{pk}/secret", f"{pk}/old-secret", f"{pk}/switch", f"{pk}/removal"):
        assert "reauthenticate" in client.post(f"/writeback/{way}", {"on": "1"}).url, way


def test_what_belongs_to_another_workspace_is_not_found(destination):
    client = recently(signed_in(member(Workspace.found(name="Rival"), email="rival@x.org")))
    pk = destination.pk
    for way in (f"{pk}", f"{pk}/settings", f"{pk}/secret", f"{pk}/switch", f"{pk}/removal"):
        assert client.get(f"/writeback/{way}").status_code == 404, way
    for way in (f"{pk}/delivery", f"{pk}/deliveries/1/again", f"{pk}/deliveries/1/end"):
        assert client.post(f"/writeback/{way}").status_code == 404, way


def test_files_need_no_address(workspace, owner, queue):
    people(workspace, 1)
    filled = {"name": "Warehouse", "kind": "csv", "identifiers": ["email"], "every": "daily", "keep_days": "30"}
    owner.post("/writeback/new", filled)
    found = Destination.objects.get()
    assert f"exports/{workspace.pk}/{found.pk}" in text(owner.get(f"/writeback/{found.pk}"))
    assert 'name="url"' not in text(owner.get(f"/writeback/{found.pk}/settings"))
    owner.post(f"/writeback/{found.pk}/switch", {"on": "1"})
    owner.post(f"/writeback/{found.pk}/delivery")
    queue()
    assert "Warehouse was sent 1 customer who had changed" in text(owner.get(f"/writeback/{found.pk}"))
