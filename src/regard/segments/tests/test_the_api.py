import json

import pytest
from django.test import Client

from regard.segments.models import Segment
from regard.workspace.keys.models import ApiKey, KeyScope
from regard.workspace.models import Unit

PLAN = {"kind": "all", "of": [{"kind": "trait", "name": "plan", "op": "known", "values": []}]}


def key(workspace, scope=KeyScope.WRITE, unit=None):
    at = (unit or workspace.root).pk
    _row, token = ApiKey.create(workspace_id=workspace.pk, name=f"{scope} {at}", scope=scope, unit_id=at, actor="me@x")
    return {"headers": {"Authorization": f"Bearer {token}"}}


def post(path, body, **more):
    return Client().post(path, json.dumps(body), content_type="application/json", **more)


@pytest.mark.django_db
def test_a_segment_is_counted_made_and_read_through_the_api(ledger, workspace):
    writes = key(workspace)
    assert post("/api/segments/count", {"definition": PLAN}, **writes).json() == {"count": 0, "total": 0}
    made = post("/api/segments", {"name": "With a plan", "definition": PLAN}, **writes)
    assert made.status_code == 201, made.content
    assert [one["name"] for one in Client().get("/api/segments", **writes).json()] == ["With a plan"]
    assert Client().get(f"/api/segments/{made.json()['id']}/members", **writes).json() == {"items": [], "next": None}
    again = post("/api/segments", {"name": "with a PLAN", "definition": PLAN}, **writes)
    assert again.status_code == 400 and "already" in again.json()["detail"]
    wrong = post("/api/segments", {"name": "x", "definition": {"kind": "all", "of": [{"kind": "sql"}]}}, **writes)
    assert wrong.status_code == 400 and "not right" in wrong.json()["detail"]


@pytest.mark.django_db
def test_a_reading_key_and_a_key_of_one_unit_make_none(ledger, workspace):
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    given = {"name": "With a plan", "definition": PLAN}
    assert post("/api/segments", given, **key(workspace, KeyScope.READ)).status_code == 401
    assert post("/api/segments", given, **key(workspace, unit=north)).status_code == 403
    assert not Segment.objects.exists()


@pytest.mark.django_db
def test_the_suppression_list_and_restraints_are_conditions_and_other_words_are_refused(ledger, workspace):
    writes = key(workspace)

    def ask(**leaf):
        return post("/api/segments/count", {"definition": {"kind": "all", "of": [leaf]}}, **writes)

    assert ask(kind="suppressed", channel="SMS", says="no").json() == {"count": 0, "total": 0}
    assert ask(kind="restrained", reason="legal hold", channel="e-mail", purpose="service").json()["count"] == 0
    for wrong in ({"kind": "suppressed", "channel": "post"}, {"kind": "restrained", "reason": "boredom"}):
        assert ask(**wrong).status_code == 400
