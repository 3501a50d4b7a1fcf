import json

from django.test import Client

from regard.customers.duplicates.tests.conftest import whose
from regard.customers.models import Link
from regard.workspace.models import ApiKey, Unit


def call(workspace, method, path, body=None, *, scope="write", unit=None):
    key = ApiKey.create(
        workspace_id=workspace.pk, name="k", scope=scope, unit_id=(unit or workspace.root).pk, actor="x"
    )[1]
    given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return getattr(Client(), method)(path, headers={"Authorization": f"Bearer {key}"}, **given)


def test_pairs_are_listed_and_decided_with_a_key_that_may_write(made, workspace):
    one, other, third = made.customer(), made.customer(), made.customer()
    pair, unlikely = made.pair(one, other, 0.99), made.pair(one, third, 0.6)
    (item,) = call(workspace, "get", "/api/duplicates?at_least=0.9").json()["items"]
    assert item["customers"] == [one.pk, other.pk]
    assert item["fields"][0] == {"field": "$family", "state": "agree", "weight": 6.1}
    path = f"/api/duplicates/{pair.pk}/decision"
    assert call(workspace, "post", path, {"decision": "same"}, scope="read").status_code == 401
    assert call(workspace, "post", path, {"decision": "perhaps"}).status_code == 422
    assert call(workspace, "post", path, {"decision": "same"}).json() == {"customers": [one.pk]}
    assert whose(other) == one.pk
    assert call(workspace, "post", path, {"decision": "same"}).status_code == 404
    call(workspace, "post", f"/api/duplicates/{unlikely.pk}/decision", {"decision": "apart"})
    assert Link.objects.get().decision == "apart"
    assert call(workspace, "get", "/api/duplicates").json() == {"items": [], "next": None}


def test_a_key_of_a_unit_sees_only_pairs_of_its_own_customers(made, workspace):
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    pair = made.pair(made.customer(home=north), made.customer())
    assert call(workspace, "get", "/api/duplicates", unit=north).json()["items"] == []
    assert (
        call(workspace, "post", f"/api/duplicates/{pair.pk}/decision", {"decision": "same"}, unit=north).status_code
        == 404
    )
