import pytest

from regard.customers.models import Profile
from regard.customers.traits.models import Refold, Trait, TrustOrder
from regard.ledger.record.project import project_all
from regard.testing.events import send, source
from regard.workspace.models import ApiKey, Unit, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(ledger, workspace):
    for n, plan in enumerate(("copper", "fibre")):
        said = {
            "type": "identify",
            "messageId": f"i{n}",
            "userId": "ines",
            "timestamp": f"2026-03-0{n + 1}T10:00:00Z",
            "traits": {"plan": plan},
        }
        send(workspace, said)
    project_all()
    return Profile.objects.get().pk


@pytest.fixture
def api(workspace, client):
    return calling(client, workspace)


def calling(client, workspace, unit=None):
    secret = ApiKey.create(
        workspace_id=workspace.pk, name="k", scope="write", unit_id=(unit or workspace.root).pk, actor="x"
    )[1]

    def call(method, path, **given):
        more = {"data": given, "content_type": "application/json"} if given else {}
        return getattr(client, method)(f"/api{path}", HTTP_AUTHORIZATION=f"Bearer {secret}", **more)

    return call


def test_a_kind_is_put_read_and_taken_away(api, workspace, ledger):
    given = {"name": "plan", "title": "Tariff", "kind": "choice", "options": ["Fibre", "Copper", "fibre"]}
    made = api("put", "/traits", **given).json()
    assert made["options"] == ["Fibre", "Copper"] and Refold.objects.exists()
    api("put", "/traits", name="plan", kind="money")
    assert api("get", "/traits").json() == [
        {
            "name": "plan",
            "title": "",
            "kind": "money",
            "options": [],
            "currency": workspace.currency,
            "personal": None,
            "trust": [],
        }
    ]
    assert api("delete", "/traits?name=plan").status_code == 204
    assert api("delete", "/traits?name=plan").status_code == 404 and not Trait.objects.exists()


@pytest.mark.parametrize(
    ("given", "status"),
    [({"kind": "choice"}, 400), ({"kind": "colour"}, 422), ({"name": "$name"}, 422), ({"name": "a\0"}, 422), ({"trust": [99]}, 400),
     ({"kind": "money", "currency": "euro"}, 422)],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(api, ledger, given, status):
    assert api("put", "/traits", **{"name": "plan", **given}).status_code == status
    assert not Trait.objects.exists()


def test_whom_to_believe(api, workspace, ledger):
    crm = source(workspace, "CRM").pk
    theirs = source(Workspace.found(name="Other"), "Theirs").pk
    assert {"id": crm, "name": "CRM"} in api("get", "/traits/sources").json()
    assert api("put", "/traits/trust", sources=[crm, 0]).json() == {"sources": [crm, 0]}
    assert api("put", "/traits/trust", sources=[theirs]).status_code == 400
    assert api("get", "/traits/trust").json() == {"sources": TrustOrder.of(workspace.pk)}


def test_a_customers_traits_and_a_word_of_ones_own(api, ines):
    (told,) = api("get", f"/customers/{ines}/traits").json()
    assert [(word["value"], word["believed"], word["until"] is None) for word in told["words"]] == [
        ("fibre", True, True),
        ("copper", False, False),
    ]
    (told,) = api("put", f"/customers/{ines}/traits", name="plan", value="none").json()
    assert (
        told["words"][0]["value"] == "none"
        and told["words"][0]["believed"]
        and Profile.objects.get().traits == {"plan": "none"}
    )
    assert api("put", f"/customers/{ines}/traits", name="ages", value=[1, {}]).status_code == 422


def test_a_key_of_a_unit_sees_its_own_customers_and_changes_no_catalogue(client, workspace, ines):
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    api = calling(client, workspace, unit=north)
    assert api("get", f"/customers/{ines}/traits").status_code == 404
    assert api("put", f"/customers/{ines}/traits", name="plan", value="x").status_code == 404
    assert api("put", "/traits", name="plan").status_code == 403
    assert api("put", "/traits/trust", sources=[0]).status_code == 403
