"""Responses as a file and over the API: every question a column, nothing that runs, nobody's that may not be seen."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from regard.customers.people.models import Profile
from regard.listening.inapp.tests.conftest import published
from regard.listening.inbox.tests.test_handling import answered
from regard.listening.links.models import Link
from regard.listening.programmes.tests.made import programme
from regard.listening.responses.answer import Origin, begin, complete
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import read
from regard.listening.surveys.models import Survey
from regard.testing.people import member, signed_in
from regard.workspace.audit.models import AuditEntry
from regard.workspace.keys.models import ApiKey
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 20, 22, 30, 5, tzinfo=UTC)
SURVEY = {
    "languages": ["en"], "title": {"en": "Your call"}, "pages": [{"questions": [
        {"id": "effort", "kind": "ces", "text": {"en": "It was easy"}},
        {"id": "parts", "kind": "matrix", "text": {"en": "Rate"},
         "rows": [{"id": "wait", "text": {"en": "The wait"}}, {"id": "tone", "text": {"en": "The tone"}}]},
        {"id": "what", "kind": "choice", "how": "many", "other": True, "text": {"en": "What about?"},
         "options": [{"id": "bill", "text": {"en": "A bill"}}, {"id": "line", "text": {"en": "The line"}}]},
        {"id": "why", "kind": "text", "text": {"en": "Why?"}},
        {"id": "back", "kind": "contact", "text": {"en": "May we call?"}},
        {"id": "news", "kind": "consent", "purpose": "news", "text": {"en": "News?"}},
    ]}],
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "effort": 2, "parts": {"wait": 1, "tone": 5}, "what": ["bill", {"other": "=1+1"}], "why": "=HYPERLINK(\"http://x\")",
    "back": {"reach": "+33 6 12 34 56 78", "when": "noon"}, "news": False,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


@pytest.fixture
def one(workspace: Workspace) -> Response:
    survey = published(workspace, read(SURVEY))
    link = Link.objects.create(survey=survey, name="Poster", channel="store")
    who = Profile.objects.create(workspace=workspace, name="Inès Moreau")
    begun = begin(Origin.of_link(link, profile=who.pk), survey.published, key="k" * 30, language="en", now=NOW, answers=ANSWERS)
    return complete(begun, now=NOW)


def taken(client: Client, survey: int, **more: str) -> Any:
    return client.get("/responses/export", {"survey": str(survey), **more})


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode().removeprefix("\ufeff"))))


def test_each_question_is_a_column_and_no_cell_is_a_formula(workspace: Workspace, one: Response) -> None:
    owner, survey = signed_in(member(workspace)), one.version.survey_id
    (row,) = rows(taken(owner, survey))
    assert (row["It was easy"], row["Rate: The wait"], row["Rate: The tone"], row["News?"]) == ("2", "1", "5", "no")
    assert row["What about?"] == "A bill; =1+1" and row["Why?"].startswith("'=HYPERLINK")
    assert row["Answered"] == "2026-11-20 23:30" and row["Channel"] == "store" and row["May we call?"].startswith("'+33")
    assert row["Customer"] == str(one.profile.customer_id) and "Moreau" not in str(row)
    Survey.objects.update(name="Calls: [all] of *them* / everybody who was served by the contact centre?")  # no sheet may be called so
    sheet = load_workbook(io.BytesIO(b"".join(taken(owner, survey, format="xlsx").streaming_content))).active
    head, line = ([cell.value for cell in row] for row in sheet.iter_rows())
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s", "n"}  # no formula
    assert line[head.index("It was easy")] == 2 and line[head.index("Why?")] == '=HYPERLINK("http://x")'
    assert AuditEntry.objects.filter(action="responses.exported").count() == 2
    page = owner.get(f"/responses/?survey={survey}").content.decode()
    assert "/responses/export?" in page and "/responses/export" not in owner.get("/responses/").content.decode()
    assert "Choose a survey first" in owner.get("/responses/export", follow=True).content.decode()


def test_what_an_older_version_asked_stays_a_column(workspace: Workspace, one: Response) -> None:
    survey = one.version.survey
    changed = dict(SURVEY, pages=[{"questions": [{"id": "effort", "kind": "ces", "text": {"en": "It was easy now"}}]}])
    survey.keep(read(changed), by="x")
    survey.publish(by="x")
    (row,) = rows(taken(signed_in(member(workspace)), survey.pk))
    assert row["It was easy now"] == "2" and row["Rate: The wait"] == "1"


def test_who_may_take_them_and_what_a_mask_leaves(workspace: Workspace, one: Response) -> None:
    survey = one.version.survey_id
    assert taken(signed_in(member(workspace, Role.AGENT)), survey).status_code == 403
    other = signed_in(member(Workspace.found(name="Other"), email="o@other.example"))
    assert taken(other, survey).status_code == 302 and other.get(f"/responses/{one.pk}").status_code == 404
    workspace.masked_roles = [Role.ANALYST]
    workspace.save()
    analyst = signed_in(member(workspace, Role.ANALYST))
    (row,) = rows(taken(analyst, survey))
    assert row["May we call?"] == "…" and row["It was easy"] == "2"
    page = analyst.get(f"/responses/{one.pk}").content.decode()
    assert "I. M." in page and "Moreau" not in page and "+33 6" not in page
    assert analyst.get(f"/responses/{one.pk}/files/back").status_code == 404


def test_over_the_api(workspace: Workspace, client: Client, one: Response) -> None:
    _key, secret = ApiKey.create(workspace_id=workspace.pk, name="r", scope="read", unit_id=workspace.root.pk, actor="x")
    known = {"Authorization": f"Bearer {secret}"}
    (survey,) = client.get("/api/surveys", headers=known).json()
    assert survey["version"] == 1 and survey["questions"][2]["options"] == {"bill": {"en": "A bill"}, "line": {"en": "The line"}}
    (item,) = client.get(f"/api/responses?survey={survey['id']}", headers=known).json()["items"]
    assert item["answers"] == ANSWERS and item["customer"] == one.profile.customer_id and item["complete"]
    assert client.get(f"/api/responses/{one.pk}", headers=known).json() == item
    assert client.get("/api/responses?since=2026-11-20T22:30:06Z", headers=known).json()["items"] == []
    answered(workspace, 5)
    first = client.get("/api/responses?limit=4", headers=known).json()
    rest = client.get("/api/responses", {"limit": "4", "after": first["next"]}, headers=known).json()
    assert len({one["id"] for one in first["items"] + rest["items"]}) == 6 and rest["next"] is None
    assert client.get(f"/api/responses/{'0' * 8}-0000-4000-8000-{'0' * 12}", headers=known).status_code == 404
    assert client.get("/api/responses?after=x", headers=known).status_code == 400
    # a displacement that PostgreSQL does not know, and moments that UTC does not
    far = client.get("/api/responses", {"since": "2000-01-01T00:00:00+16:00"}, headers=known)
    assert len(far.json()["items"]) == len(first["items"]) + len(rest["items"])
    assert client.get("/api/responses", {"since": "0001-01-01T00:00:00+23:00"}, headers=known).status_code == 422
    after = f"9999-12-31T23:00:00-20:00~{one.pk}"
    assert client.get("/api/responses", {"after": after}, headers=known).status_code == 400
    assert client.get("/api/responses").status_code == 401


def test_of_an_anonymous_answer_only_the_day_is_kept(workspace: Workspace) -> None:
    asked = programme(workspace, anonymous=True)
    made = answered(workspace, 6, survey=asked.survey, origin=Origin(programme=asked.pk))
    for one in made:
        one.refresh_from_db()
        for moment in (one.begun, one.saved, one.completed):
            local = moment.astimezone(workspace.zone)
            assert (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
        assert abs(one.saved - datetime.now(UTC)) < timedelta(days=2)
