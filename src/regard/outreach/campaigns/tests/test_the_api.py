"""Programs read how campaigns go and what they did, and stop them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from regard.outreach.campaigns.draw import draw_some
from regard.outreach.campaigns.measure import measure_due
from regard.outreach.campaigns.models import Aim, Campaign, Recipient
from regard.outreach.campaigns.tests.made import campaign, people
from regard.outreach.campaigns.tests.test_what_it_did import spending, tell
from regard.workspace.models import ApiKey, Unit, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def call(workspace: Workspace, method: str, path: str, *, scope: str = "write", at: Unit | None = None) -> Any:
    key = ApiKey.create(workspace_id=workspace.pk, name="k", scope=scope, unit_id=(at or workspace.root).pk, actor="x")[1]
    return getattr(Client(), method)(f"/api/campaigns{path}", headers={"Authorization": f"Bearer {key}"})


def test_what_it_did_is_told_with_intervals(workspace: Workspace, ledger: object) -> None:
    one = campaign(workspace, people(workspace, 200), control_percent=50, aim=Aim.SPEND, days=8)
    draw_some(one, now=timezone.now() - timedelta(days=10))
    Recipient.objects.update(turn=F("drawn"), due=None)
    tell(workspace, [spending(pk, 50.0 + pk % 3) for pk in Recipient.objects.exclude(arm=None).values_list("profile", flat=True)])
    assert call(workspace, "get", f"/{one.pk}", scope="read").json()["effect"] is None  # not worked out yet
    measure_due(now=timezone.now())
    told = call(workspace, "get", f"/{one.pk}", scope="read").json()
    (compared,) = told["effect"]["compared"]
    assert told["state"] == "going" and told["effect"]["told"] and compared["significant"] and compared["low"] < 51 < compared["high"]
    assert sum(arm["drawn"] for arm in told["arms"]) == 200
    assert [row["name"] for row in call(workspace, "get", "", scope="read").json()] == ["Autumn"]


def test_it_is_stopped_by_a_key_of_the_whole_workspace_that_may_write(workspace: Workspace, ledger: object) -> None:
    one, waiting = campaign(workspace, people(workspace, 3)), campaign(workspace, [], name="Later", started=False)
    shop = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Shop")
    assert call(workspace, "put", f"/{one.pk}/pause", scope="read").status_code == 401
    assert [call(workspace, "get", path, at=shop).status_code for path in ("", f"/{one.pk}")] == [404, 404]
    assert call(workspace, "put", f"/{one.pk}/pause", at=shop).status_code == 404 and not Campaign.objects.exclude(paused=None).exists()
    assert call(workspace, "put", f"/{one.pk}/pause").json()["state"] == "paused"
    assert call(workspace, "delete", f"/{one.pk}/pause").json()["state"] == "going"
    assert call(workspace, "put", f"/{waiting.pk}/pause").status_code == 409
    other = Workspace.found(name="Other", industry="telecom", time_zone="UTC", currency="EUR")
    assert call(other, "get", f"/{one.pk}").status_code == 404 and call(workspace, "get", "/99999999999").status_code == 404
