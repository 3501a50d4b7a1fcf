"""Programs give offers and say by their code that they were taken up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from regard.care.cases.tests.made import customer
from regard.customers.people.models import Profile
from regard.loyalty.offers.models import Grant
from regard.loyalty.offers.tests.made import offer
from regard.workspace.models import ApiKey, Unit, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def call(workspace: Workspace, method: str, path: str, body: object = None, *, scope: str = "write", at: Unit | None = None) -> Any:
    key = ApiKey.create(workspace_id=workspace.pk, name="k", scope=scope, unit_id=(at or workspace.root).pk, actor="x")[1]
    given: dict[str, Any] = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return getattr(Client(), method)(f"/api/offers{path}", headers={"Authorization": f"Bearer {key}"}, **given)


def test_given_once_and_accepted_by_its_code(workspace: Workspace, ledger: object) -> None:
    ines, made = customer(workspace), offer(workspace, "A1", "B2")
    first = call(workspace, "post", f"/{made.pk}/grants", {"customer": ines, "why": "late"})
    again = call(workspace, "post", f"/{made.pk}/grants", {"customer": ines})
    assert (first.status_code, first.json()["code"], again.status_code) == (201, "A1", 409) and "already" in again.json()["detail"]
    assert call(workspace, "post", f"/{made.pk}/acceptances", {"code": "B2"}).status_code == 404  # nobody has it
    taken = [call(workspace, "post", f"/{made.pk}/acceptances", {"code": " A1 "}) for _again in range(2)]
    assert [one.status_code for one in taken] == [200, 200] and taken[0].json() == taken[1].json()
    assert taken[0].json()["accepted"] and Grant.objects.get().accepted_by
    (listed,) = call(workspace, "get", "", scope="read").json()
    assert (listed["given"], listed["accepted"], listed["accepted_share"], listed["spent"]) == (1, 1, 100, "20.00")
    assert call(workspace, "post", f"/{made.pk}/acceptances", {"code": "A1"}, scope="read").status_code == 401


def test_where_all_have_one_code_it_needs_the_customer(workspace: Workspace, ledger: object) -> None:
    people, made = [customer(workspace, f"p{n}@mail.example") for n in range(2)], offer(workspace)
    for who in people:
        call(workspace, "post", f"/{made.pk}/grants", {"customer": who})
    assert call(workspace, "post", f"/{made.pk}/acceptances", {"code": "MONTH"}).status_code == 422
    assert call(workspace, "post", f"/{made.pk}/acceptances", {"code": "MONTH", "customer": people[1]}).json()["customer"] == people[1]


def test_a_key_of_a_unit_reaches_customers_of_the_unit_alone(workspace: Workspace, ledger: object) -> None:
    shop, other = (Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("Shop", "Other"))
    ines, made = customer(workspace), offer(workspace, "A1")
    Profile.objects.filter(pk=ines).update(home_unit=other)
    assert call(workspace, "post", f"/{made.pk}/grants", {"customer": ines}, at=shop).status_code == 404
    assert call(workspace, "post", f"/{made.pk}/grants", {"customer": ines}, at=other).status_code == 201
    assert call(workspace, "post", f"/{made.pk}/acceptances", {"code": "A1"}, at=shop).status_code == 404
    (seen,) = call(workspace, "get", "", scope="read", at=shop).json()
    assert seen["given"] == 0 and seen["accepted_share"] is None
