"""Programs open cases once, work on those of their units, and are told what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regard.care.cases.models import Case
from regard.care.cases.tests.made import case, customer
from regard.care.closures.ask import say
from regard.care.closures.models import Closure
from regard.care.queues.models import Cause
from regard.outreach.messages.models import Message
from regard.testing.people import member
from regard.workspace.members.rights import Role
from regard.workspace.models import ApiKey, Unit, Workspace

pytestmark = pytest.mark.django_db(transaction=True)
Call = Callable[..., Any]


@pytest.fixture
def call(workspace: Workspace, ledger: object) -> Call:
    shop = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Shop")
    keys = {
        (scope, place): ApiKey.create(workspace_id=workspace.pk, name="k", scope=scope, unit_id=unit.pk, actor="x")[1]
        for scope in ("read", "write", "collect") for place, unit in (("root", workspace.root), ("shop", shop))
    }  # fmt: skip

    def ask(method: str, path: str, body: object = None, *, scope: str = "write", at: str = "root") -> Any:
        given: dict[str, Any] = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return getattr(Client(), method)(f"/api/cases{path}", headers={"Authorization": f"Bearer {keys[scope, at]}"}, **given)

    return ask


def test_a_case_is_opened_once_for_each_key_and_worked_on(workspace: Workspace, call: Call) -> None:
    who, boss = customer(workspace), member(workspace, Role.OWNER)
    body = {"title": "Router", "customer": who, "unit": "shop", "priority": 2, "tags": ["router"], "key": "ticket 9"}
    first, again = call("post", "", body), call("post", "", body)
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    made = first.json()
    assert (made["customer"], made["unit"], made["priority"], made["state"], made["solved"]) == (who, "Shop", 2, "new", None)
    number = made["number"]
    assert call("post", f"/{number}/notes", {"text": "From the help desk"}).status_code == 200
    assert call("put", f"/{number}/owner", {"owner": boss.user.email.upper()}).json()["owner"] == boss.user.email
    assert call("put", f"/{number}/owner", {"owner": "nobody@x.example"}).status_code == 422
    closed = call("post", f"/{number}/closure", {"outcome": "Sent a new one", "ask": False}).json()
    assert closed["state"] == "closed"
    say(Closure.objects.get(), "solved", text="", now=timezone.now())
    assert call("get", f"/{number}", scope="read").json()["solved"] is True
    assert call("delete", f"/{number}/closure").json()["state"] == "open"
    assert [one["number"] for one in call("get", f"?customer={who}&state=open").json()["items"]] == [number]


def test_a_key_of_a_unit_sees_and_opens_cases_there_alone(workspace: Workspace, call: Call) -> None:
    elsewhere = case(workspace)
    assert call("get", "", at="shop").json()["items"] == []
    assert call("get", f"/{elsewhere.number}", at="shop").status_code == 404
    assert call("post", f"/{elsewhere.number}/closure", {}, at="shop").status_code == 404
    assert call("post", "", {"title": "X", "unit": workspace.root.name}, at="shop").status_code == 422
    assert call("post", "", {"title": "Mine"}, at="shop").json()["unit"] == "Shop"


def test_who_may_not_write_or_read_is_refused(workspace: Workspace, call: Call) -> None:
    assert call("post", "", {"title": "X"}, scope="read").status_code == 401
    assert call("get", "", scope="collect").status_code == 401
    assert not Case.objects.exists()


_WRONG = [
    {"title": " "}, {"title": "X", "priority": 9}, {"title": "X", "queue": "None"}, {"title": "X", "touchpoint": "None"}, {"title": "a\0b"},
    {"title": "X", "tags": [""]},
]  # fmt: skip


@pytest.mark.parametrize("wrong", _WRONG)
def test_what_is_wrong_is_said_and_nothing_is_opened(call: Call, wrong: dict[str, Any]) -> None:
    assert call("post", "", wrong).status_code == 422
    assert call("post", "", {"title": "X", "customer": 999_999}).status_code == 404
    assert not Case.objects.exists()


def test_pages_follow_one_another(workspace: Workspace, call: Call) -> None:
    for n in range(5):
        case(workspace, title=str(n))
    first = call("get", "?limit=3").json()
    rest = call("get", f"?limit=3&before={first['next']}").json()
    assert [one["number"] for one in first["items"] + rest["items"]] == [5, 4, 3, 2, 1] and rest["next"] is None
    assert call("get", "?since=2000-01-01T00:00:00%2B16:00").status_code == 200


def test_what_is_wrong_with_one_part_of_a_change_leaves_all_as_it_was(workspace: Workspace, call: Call) -> None:
    Cause.objects.create(workspace=workspace, name="Bill")
    number = case(workspace, tags=("a", "b")).number
    changed = call("patch", f"/{number}", {"priority": 1, "unit": "shop", "tags": ["b", "c"], "state": "waiting", "cause": "bill"}).json()
    assert [changed[name] for name in ("priority", "unit", "state", "cause")] == [1, "Shop", "waiting", "Bill"]
    assert sorted(changed["tags"]) == ["b", "c"]
    for wrong in ({"priority": 9}, {"priority": 3, "unit": "Nowhere"}, {"priority": 3, "queue": "None"}, {"priority": 3, "state": "closed"}):
        assert call("patch", f"/{number}", wrong).status_code == 422
    assert Case.objects.get().priority == 1
    assert call("patch", f"/{number}", {}).json() == changed
    assert call("patch", f"/{number}", {"cause": ""}).json()["cause"] is None
    assert call("patch", f"/{number}", {"unit": workspace.root.name}, at="shop").status_code == 200
    assert call("get", f"/{number}", at="shop").status_code == 404 and call("patch", f"/{number}", {"priority": 2}, at="shop").status_code == 404


def test_letters_go_both_ways_by_the_contact_policy_and_once_for_each_key(workspace: Workspace, call: Call) -> None:
    number, nobody = case(workspace, profile=customer(workspace)).number, case(workspace).number
    sent = call("post", f"/{number}/letters", {"text": "We look into it", "subject": "Router"})
    assert (sent.status_code, sent.json()["direction"]) == (201, "out") and Message.objects.count() == 1
    assert call("get", f"/{number}").json()["state"] == "waiting"
    refused = call("post", f"/{nobody}/letters", {"text": "Hello"})
    assert refused.status_code == 422 and "Nobody knows" in refused.json()["detail"]
    said = {"direction": "in", "channel": "chat", "text": "It is broken <again>", "key": "chat 7"}
    assert [call("post", f"/{number}/letters", said).status_code for _again in range(2)] == [201, 200]
    assert call("get", f"/{number}").json()["state"] == "open"
    assert [one["direction"] for one in call("get", f"/{number}/letters", scope="read").json()] == ["out", "in"]
    assert call("post", f"/{number}/letters", said, at="shop").status_code == 404
    assert call("post", f"/{number}/letters", said, scope="read").status_code == 401
    for wrong in ({"text": "  "}, {"text": "x", "subject": "a\r\nBcc: b@x.example"}, {"text": "x", "channel": "pigeon"}, {"text": "\0"}):
        assert call("post", f"/{number}/letters", wrong).status_code == 422
