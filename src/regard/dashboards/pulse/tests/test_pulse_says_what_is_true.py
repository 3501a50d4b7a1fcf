"""Pulse: the sentence at the top follows from the numbers, and a new workspace is shown its first steps."""

from datetime import UTC, datetime, timedelta

import pytest

from regard.ledger.inbox.put import put_rows
from regard.ledger.models import Touchpoint
from regard.ledger.record.project import project_all
from regard.testing.events import source
from regard.testing.people import member, signed_in
from regard.workspace.models import Unit

pytestmark = pytest.mark.django_db


def answers(workspace, *scores, days=5, metric="nps", low=0, high=10, **more):
    at = datetime.now(UTC) - timedelta(days=days)
    rows = [
        {
            "kind": "answer",
            "message_id": f"{metric}{days}{number}{more}",
            "at": at.isoformat(),
            "metric": metric,
            "score": float(score),
            "scale_low": low,
            "scale_high": high,
            **more,
        }
        for number, score in enumerate(scores)
    ]
    put_rows(workspace=workspace.pk, source=source(workspace).pk, rows=rows)
    project_all()


def title(page):
    return page.split("<h1>")[1].split("</h1>")[0]


@pytest.fixture
def client(workspace, ledger):
    return signed_in(member(workspace))


def test_a_new_workspace_is_shown_the_first_steps(client):
    page = client.get("/").content.decode()
    assert title(page) == "Welcome, Halcyon"
    assert "/sources/connect" in page and "/touchpoints/" in page


def test_a_clear_fall_is_said(client, workspace):
    answers(workspace, *[10] * 80, *[3] * 20, days=120)
    answers(workspace, *[10] * 40, *[3] * 60)
    page = client.get("/").content.decode()
    assert title(page) == "NPS fell by 80.0 to \u221220"
    assert "significant (p &lt; 0.01)" in page


def test_chance_is_not_called_a_change(client, workspace):
    answers(workspace, *[10] * 52, *[3] * 48, days=120)
    answers(workspace, *[10] * 54, *[3] * 46)
    page = client.get("/").content.decode()
    assert title(page) == "NPS holds at +8"
    assert "within noise" in page and 'class="delta up"' not in page


def test_the_headline_is_the_relationship_not_what_was_asked_at_touchpoints(client, workspace):
    Touchpoint.objects.create(workspace=workspace, name="Support call")
    answers(workspace, *[10] * 80, *[3] * 20, days=120)
    answers(workspace, *[10] * 20, *[3] * 80, days=120, touchpoint="Support call")
    answers(workspace, *[10] * 20, *[3] * 80)
    answers(workspace, *[10] * 80, *[3] * 20, touchpoint="Support call")
    page = client.get("/").content.decode()
    assert title(page) == "NPS fell by 120.0 to \u221260"
    assert "relationship" in page


def test_without_answers_about_the_relationship_all_nps_counts(client, workspace):
    Touchpoint.objects.create(workspace=workspace, name="Support call")
    answers(workspace, *[10] * 80, *[3] * 20, touchpoint="Support call")
    page = client.get("/").content.decode()
    assert "+60" in title(page) and "relationship" not in page


def test_one_week_of_answers_is_said_and_not_drawn(client, workspace):
    answers(workspace, *[10] * 40)
    page = client.get("/").content.decode()
    assert "All answers so far are from one moment: week of" in page
    assert "None in this period" in page


def test_few_answers_are_not_compared(client, workspace):
    answers(workspace, *[10] * 12, days=120)
    answers(workspace, *[3] * 12)
    assert "too few answers to compare" in client.get("/").content.decode()


def test_the_touchpoint_below_the_rest_is_named(client, workspace):
    for name in ("Bill", "Shop", "Chat"):
        Touchpoint.objects.create(workspace=workspace, name=name)
        answers(
            workspace,
            *([1] * 40 if name == "Bill" else [5] * 40),
            metric="csat",
            low=1,
            high=5,
            touchpoint=name,
        )
    page = client.get("/").content.decode()
    assert "Bill is" in title(page)
    assert page.count("below the rest") == 1


def test_a_member_sees_their_own_units_only(client, workspace):
    nord = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Nord")
    answers(workspace, *[10] * 60, unit="Nord")
    answers(workspace, *[0] * 60, unit="Sud")
    theirs = signed_in(member(workspace, "viewer", at=nord)).get("/").content.decode()
    assert title(theirs).endswith("+100, with too few answers to compare") or "+100" in title(theirs)
    assert "n = 60" in theirs


def test_viewers_read_the_words_but_not_whose_they_are(client, workspace):
    answers(workspace, 3, text="The bill jumped", user_id="C1")
    assert "/customers/" in client.get("/feedback/").content.decode().split("The bill jumped")[1].split("</div>")[0]
    theirs = signed_in(member(workspace, "viewer")).get("/feedback/").content.decode()
    assert "The bill jumped" in theirs and "/customers/" not in theirs.split("The bill jumped")[1].split("</div>")[0]
