"""The agenda of a team's week fills itself, and what is decided stays on it until it is done."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from regard.care.cases.tests.made import case
from regard.dashboards.huddle.models import Decision
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.ledger.sources.product import product_source
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(workspace: Workspace, ledger: object) -> Unit:
    """A shop with a good and a bad word in the last week, and one elsewhere."""
    made = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Shop")
    other = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Other")
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 7)
    at = datetime.combine(monday, datetime.min.time(), workspace.zone) + timedelta(hours=30)
    said = [(10, "Amelie found it at once <3", made), (1, "I waited an hour", made), (10, "Great elsewhere", other)]
    put_rows(
        workspace=workspace.pk, source=product_source(workspace.pk, "Survey"),
        rows=[{"kind": "answer", "message_id": f"a{n}", "at": at.isoformat(), "metric": "nps", "scale_low": 0, "scale_high": 10, "score": score,
               "text": text, "unit": unit.name} for n, (score, text, unit) in enumerate(said)],
    )  # fmt: skip
    project_all()
    return made


def week() -> str:
    return (timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 7)).isoformat()


def test_it_tells_what_is_worth_hearing_and_who_was_praised(workspace: Workspace, shop: Unit) -> None:
    agent = member(workspace, Role.AGENT, at=shop, email="amelie@halcyon.example")
    agent.user.name = "Amelie Martin"
    agent.user.save()
    late = case(workspace, unit=shop.pk, title="Late one", now=timezone.now() - timedelta(days=9))
    page = signed_in(agent).get("/huddle/", {"week": week()}).content.decode()
    assert "A good week" not in page and "1 case is late" in page and f"#{late.number} Late one" in page
    assert "<b>Amelie Martin</b>" in page and "found it at once &lt;3" in page and "I waited an hour" in page and "Great elsewhere" not in page
    assert signed_in(agent).get("/huddle/", {"unit": workspace.root.pk}).status_code == 404


def test_a_decision_stays_until_it_is_done_and_can_be_handed_up(workspace: Workspace, shop: Unit) -> None:
    agent = signed_in(member(workspace, Role.AGENT, at=shop))
    agent.post("/huddle/act", {"act": "add", "unit": shop.pk, "week": week(), "text": "A second till on Saturdays"})
    made = Decision.objects.get()
    later = (timezone.localdate()).isoformat()
    assert "A second till" in agent.get("/huddle/", {"week": later}).content.decode()
    agent.post("/huddle/act", {"act": f"up:{made.pk}", "unit": shop.pk, "week": later})
    assert "A second till" not in agent.get("/huddle/", {"week": later}).content.decode()
    boss = signed_in(member(workspace, Role.OWNER))
    page = boss.get("/huddle/", {"week": later}).content.decode()
    assert "A second till" in page and "from Shop" in page
    assert agent.post("/huddle/act", {"act": f"done:{made.pk}", "unit": workspace.root.pk, "week": later}).status_code == 404
    boss.post("/huddle/act", {"act": f"done:{made.pk}", "unit": workspace.root.pk, "week": later})
    made.refresh_from_db()
    assert made.done is not None
    assert boss.post("/huddle/act", {"act": "add", "unit": shop.pk, "week": later, "text": " "}, follow=True).status_code == 200
    assert Decision.objects.count() == 1


def test_a_day_that_has_passed_is_refused_and_what_was_typed_stays(workspace: Workspace, shop: Unit) -> None:
    agent, today = signed_in(member(workspace, Role.AGENT, at=shop)), timezone.localdate()
    given = {"act": "add", "unit": shop.pk, "week": week(), "text": "A second till"}
    refused = agent.post("/huddle/act", given | {"due": (today - timedelta(days=1)).isoformat()}).content.decode()
    assert "This day has passed" in refused and 'value="A second till"' in refused and not Decision.objects.exists()
    assert f'href="/huddle/?unit={shop.pk}&amp;week=' in refused  # its links lead to the page, not to where forms are sent
    assert agent.post("/huddle/act", given | {"due": today.isoformat()}).status_code == 302
    late = '<span class="tag bad">late</span>'
    assert late not in agent.get("/huddle/", {"week": week()}).content.decode()
    Decision.objects.update(due=today - timedelta(days=2))
    assert late in agent.get("/huddle/", {"week": week()}).content.decode()
    Decision.objects.update(done=timezone.now())
    assert late not in agent.get("/huddle/", {"week": week()}).content.decode()
