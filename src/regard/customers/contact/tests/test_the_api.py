import json

import pytest
from django.test import Client
from django.utils import timezone

from regard.customers.contact.models import Consent, ConsentText, Suppression
from regard.customers.contact.tests.made import customer, says
from regard.workspace.models import ApiKey, AuditEntry, Unit, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(purposes):
    store = Unit.objects.create(workspace=purposes, parent=purposes.root, name="Store")
    keys = {
        (scope, place): ApiKey.create(workspace_id=purposes.pk, name="k", scope=scope, unit_id=unit.pk, actor="x")[1]
        for scope in ("read", "write", "collect") for place, unit in (("root", purposes.root), ("store", store))
    }  # fmt: skip

    def ask(method, path, body=None, *, scope="write", at="root"):
        given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return getattr(Client(), method)(path, headers={"Authorization": f"Bearer {keys[scope, at]}"}, **given)

    return ask


def test_consent_is_recorded_with_its_evidence_and_read_back(call, purposes):
    who = customer(purposes)
    body = {
        "purpose": "marketing",
        "channel": "post",
        "decision": "given",
        "language": "en",
        "text_version": 1,
        "at": "2026-01-02T03:04:05+01:00",
    }
    answer = call("post", f"/api/customers/{who.pk}/consents", body)
    assert answer.status_code == 201, answer.content
    (made,) = answer.json()
    assert (
        made["text"].startswith("I would like")
        and made["at"] == "2026-01-02T02:04:05+00:00"
        and made["by"].startswith("key-")
    )
    call(
        "post",
        f"/api/customers/{who.pk}/consents",
        {"purpose": "marketing", "channel": "post", "decision": "withdrawn"},
    )
    read = call("get", f"/api/customers/{who.pk}/consents", scope="read").json()
    assert [row["decision"] for row in read["history"]] == ["withdrawn", "given"]
    assert [(row["purpose"], row["channel"], row["decision"]) for row in read["current"]] == [
        ("marketing", "post", "withdrawn")
    ]
    assert AuditEntry.objects.filter(action="consent.recorded").count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "astrology"},
        {"purpose": "a\u0000b"},
        {"channel": "pigeon"},
        {"decision": "pending"},
        {"text_version": 9, "language": "en"},
        {"at": "2099-01-01T00:00:00Z"},
        {"at": "0001-01-01T00:00:00Z"},
        {"at": "0001-01-01T00:00:00+16:00"},
        {"at": "2026-01-01T00:00:00"},
        {"note": "\u0000"},
        {"address": "x" * 600},
    ],
)
def test_what_cannot_be_recorded_is_refused_with_a_reason(call, purposes, change):
    who = customer(purposes)
    answer = call(
        "post",
        f"/api/customers/{who.pk}/consents",
        {"purpose": "feedback", "channel": "all", "decision": "given", **change},
    )
    assert answer.status_code == 422 and answer.json()["detail"]
    assert not Consent.objects.exists()


def test_a_key_that_reads_writes_nothing_and_one_of_a_unit_sees_its_customers_alone(call, purposes):
    who = customer(purposes)
    body = {"purpose": "feedback", "channel": "all", "decision": "given"}
    assert call("post", f"/api/customers/{who.pk}/consents", body, scope="read").status_code == 401
    assert call("get", f"/api/customers/{who.pk}/consents", scope="collect").status_code == 401
    theirs = customer(Workspace.found(name="Rival"))
    asked = "purpose=feedback&channel=e-mail"
    for path, place in ((f"{who.pk}", "store"), (f"{theirs.pk}", "root"), (f"{2**70}", "root")):
        assert call("get", f"/api/customers/{path}/consents", at=place).status_code == 404
        assert call("post", f"/api/customers/{path}/consents", body, at=place).status_code == 404
    for id, place in ((who.pk, "store"), (theirs.pk, "root")):
        assert call("get", f"/api/contact-policy/verdict?customer={id}&{asked}", at=place).status_code == 404
    assert not Consent.objects.exists()


def test_a_verdict_says_why_and_writes_nothing(call, purposes):
    who = customer(purposes)
    here = f"/api/contact-policy/verdict?customer={who.pk}"
    found = call("get", f"{here}&purpose=feedback&channel=e-mail", scope="read").json()
    assert (found["outcome"], found["because"], found["address"]) == ("allowed", "fine", "ines@example.org")
    says(who, "feedback", "refused", timezone.now())
    found = call("get", f"{here}&purpose=feedback&channel=e-mail", scope="read").json()
    assert (found["outcome"], found["because"], found["address"]) == ("refused", "withdrawn", "")
    for wrong in ("purpose=astrology&channel=e-mail", "purpose=feedback&channel=pigeon", "channel=e-mail"):
        assert call("get", f"{here}&{wrong}", scope="read").status_code == 422


def test_the_suppression_list_is_added_to_read_in_pages_and_shortened(call, purposes):
    many = {
        "addresses": ["a@example.org", "+33 6 12 34 56 78", "nobody", "A@example.org"],
        "reason": "bounce",
        "note": "hard",
    }
    found = call("post", "/api/contact-policy/suppressions", many).json()
    assert (found["added"], found["known"], found["refused"]) == (2, 1, 1) and found["faults"][0]["place"] == 3
    first = call("get", "/api/contact-policy/suppressions?limit=1", scope="read").json()
    second = call("get", f"/api/contact-policy/suppressions?limit=1&after={first['next']}", scope="read").json()
    assert second["next"] is None and {one["items"][0]["address"] for one in (first, second)} == {
        "a@example.org",
        "+33612345678",
    }
    gone = first["items"][0]["id"]
    assert call("delete", f"/api/contact-policy/suppressions/{gone}", scope="read").status_code == 401
    assert call("delete", f"/api/contact-policy/suppressions/{gone}").status_code == 204
    assert call("delete", f"/api/contact-policy/suppressions/{gone}").status_code == 404
    assert Suppression.objects.count() == 1


def test_the_list_is_the_workspaces_not_a_units(call, purposes):
    row = Suppression.objects.create(
        workspace=purposes, kind="email", address="a@example.org", why="asked", added_by="x"
    )
    theirs = Suppression.objects.create(
        workspace=Workspace.found(name="Rival"), kind="email", address="b@example.org", why="asked", added_by="x"
    )
    assert call("get", "/api/contact-policy/suppressions", at="store").status_code == 404
    assert (
        call("post", "/api/contact-policy/suppressions", {"addresses": ["c@example.org"]}, at="store").status_code
        == 404
    )
    assert call("delete", f"/api/contact-policy/suppressions/{row.pk}", at="store").status_code == 404
    assert call("delete", f"/api/contact-policy/suppressions/{theirs.pk}").status_code == 404
    assert "b@example.org" not in call("get", "/api/contact-policy/suppressions").content.decode()
    assert Suppression.objects.count() == 2 and ConsentText.objects.count() == 1
