"""Programs see playbooks and switch them on and off; initiatives are read with what came of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regard.governance.initiatives.models import Initiative
from regard.playbooks.rules.models import Playbook
from regard.playbooks.runs.tests.made import playbook
from regard.workspace.models import ApiKey, Unit, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def call(workspace: Workspace, method: str, path: str, *, scope: str = "write", at: Unit | None = None) -> Any:
    key = ApiKey.create(workspace_id=workspace.pk, name="k", scope=scope, unit_id=(at or workspace.root).pk, actor="x")[1]
    return getattr(Client(), method)(f"/api{path}", headers={"Authorization": f"Bearer {key}"})


def test_a_playbook_is_switched_off_and_on(workspace: Workspace, ledger: object) -> None:
    made = playbook(workspace)
    off = call(workspace, "delete", f"/playbooks/{made.pk}/running").json()
    assert (off["on"], off["rules"][0]["when"]["metric"], Playbook.objects.get().running) == (False, "ces", False)
    assert call(workspace, "put", f"/playbooks/{made.pk}/running").json()["on"] and Playbook.objects.get().running
    assert call(workspace, "delete", f"/playbooks/{made.pk}/running", scope="read").status_code == 401
    shop = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Shop")
    assert call(workspace, "get", "/playbooks", at=shop).status_code == 404
    empty = Playbook(workspace=workspace, name="Empty")
    empty.keep([], by="t")
    assert "rule first" in call(workspace, "put", f"/playbooks/{empty.pk}/running").json()["detail"]


def test_an_initiative_is_read_with_its_results(workspace: Workspace, ledger: object) -> None:
    made = Initiative(workspace=workspace, title="Call back", metric="ces", expected=0.5, worth=1_000)
    made.keep(by="t", units={workspace.root.pk: timezone.localdate()})
    made.measurements.create(at=timezone.now(), result={
        "held_out": {"name": "x", "effect": {"value": 1.0, "low": 0.4, "high": 1.6, "n": 90}, "run": 60, "alone": 30, "days": 60},
        "effect": None, "trusted": False, "method": "difference",
    })  # fmt: skip
    told = call(workspace, "get", f"/initiatives/{made.pk}", scope="read").json()
    assert told["results"] == [
        {"method": "hold-out", "value": 1.0, "low": 0.4, "high": 1.6, "trusted": True},
        {"method": "difference", "value": None, "low": None, "high": None, "trusted": False},
    ]
    assert told["units"][0]["unit"] == workspace.root.name and told["worth"] == "1000.00"
    assert [one["title"] for one in call(workspace, "get", "/initiatives").json()] == ["Call back"]
    other = Workspace.found(name="Other", industry="telecom", time_zone="UTC", currency="EUR")
    assert call(other, "get", f"/initiatives/{made.pk}").status_code == 404
