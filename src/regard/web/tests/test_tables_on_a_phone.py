"""On a phone a table is a list of lines: the words of a cell stay together, and no name makes the page wider than it is."""

from __future__ import annotations

from typing import Any

import pytest

from regard.care.queues.models import Cause
from regard.outreach.campaigns.tests.made import WORDS, campaign, people, template
from regard.testing.browser import page
from regard.testing.people import PASSWORD, member
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_words_of_a_cell_stay_together_and_long_names_break(workspace: Workspace, ledger: object, live_server: Any) -> None:
    boss = member(workspace, Role.OWNER)
    campaign(workspace, people(workspace, 1), template(workspace, "News", languages={"en": WORDS, "fr": WORDS}), started=False)
    Cause.objects.create(workspace=workspace, name="W" * 80)
    with page(width=390, dark=True) as phone:
        phone.goto(f"{live_server.url}/account/login/")
        phone.fill("input[name=login]", boss.user.email)
        phone.fill("input[name=password]", PASSWORD)
        phone.click("button[type=submit]")
        phone.goto(f"{live_server.url}/campaigns/")
        name, purpose = (phone.locator(f"table.fold td:first-child {part}").bounding_box() for part in ("a", "small"))
        assert purpose["x"] == name["x"] and purpose["y"] >= name["y"] + name["height"] - 2  # below it, not in a column beside it
        phone.goto(f"{live_server.url}/campaigns/messages/")
        first, second = (phone.locator("table.fold .tag").nth(n).bounding_box() for n in (0, 1))
        assert second["y"] == first["y"] and second["x"] - (first["x"] + first["width"]) < 10
        phone.goto(f"{live_server.url}/settings/cases/")
        assert phone.evaluate("document.documentElement.scrollWidth") == 390 and phone.complaints == []
