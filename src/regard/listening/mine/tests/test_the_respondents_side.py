"""The respondent's own page: theirs alone, and what they do there counts."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from regard.customers.contact.consent.models import Consent
from regard.customers.contact.purposes.seed import fill
from regard.customers.people.models import Profile
from regard.ledger.record.project import project_all
from regard.listening.inbox import handle
from regard.listening.inbox.tests.test_handling import answered
from regard.listening.programmes.tests.made import survey
from regard.listening.responses.models import Response
from regard.listening.surveys.models import Survey
from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.testing.people import member, signed_in
from regard.warehouse.scope import Scope
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


@pytest.fixture
def one(workspace: Workspace) -> Response:
    (made,) = answered(workspace)
    return made


def path(of: Response, what: str = "") -> str:
    return f"/r/{of.token}/mine{what}"


def effort(workspace: Workspace) -> list[tuple[int, float | None]]:
    project_all()
    total = run(read_query(metric="ces", today=timezone.now().date()), Scope(workspace.pk), workspace).total
    return [(total.n, total.value)]


def test_they_read_what_they_said_and_what_became_of_it(workspace: Workspace, one: Response, client: Client) -> None:
    page = client.get(path(one)).content.decode()
    assert "Because of 0" in page and "Nothing yet" in page and "noindex" in page
    assert "what became of them" in client.get(f"/r/{one.token}").content.decode()  # the thanks lead there
    handle.reply(one, "We are <sorry>.", by="t@x.example")
    handle.note(one, "an angry one", by="t@x.example")
    owner = signed_in(member(workspace))
    owner.post(f"/surveys/{one.version.survey_id}/heard", {"said": "We wait too long", "did": "Six more people answer the phone."})
    page = client.get(path(one)).content.decode()
    assert "We are &lt;sorry&gt;." in page and "Six more people" in page and "angry" not in page and "t@x.example" not in page
    assert "Six more people" in owner.get(f"/surveys/{one.version.survey_id}/heard").content.decode()


def test_a_change_of_mind_replaces_what_counted(workspace: Workspace, one: Response, client: Client) -> None:
    assert effort(workspace) == [(1, 1.0)]
    answer = client.post(path(one, "/change"))
    assert answer.status_code == 302 and effort(workspace) == [(1, 1.0)]  # until it is said anew
    sent = client.post(answer["Location"], {"asked": ["effort", "why"], "effort": "7", "why": "It was mended"})
    assert sent.status_code == 302 and effort(workspace) == [(1, 7.0)]
    assert Response.objects.get().recorded == 2
    Response.objects.update(completed=timezone.now() - timedelta(days=8))
    assert client.post(path(one, "/change")).status_code == 404 and "Change my answers" not in client.get(path(one)).content.decode()


def test_what_is_taken_back_is_gone_once_it_is_said_twice(workspace: Workspace, one: Response, client: Client) -> None:
    assert effort(workspace)[0][0] == 1
    assert "cannot be undone" in client.get(path(one, "/removal")).content.decode() and Response.objects.exists()
    assert "deleted" in client.post(path(one, "/removal")).content.decode()
    assert not Response.objects.exists() and effort(workspace)[0][0] == 0
    assert client.get(path(one)).status_code == 404 and client.post(path(one, "/removal")).status_code == 404


def test_their_data_is_a_file_and_the_rest_is_asked_for(workspace: Workspace, client: Client) -> None:
    fill(workspace.pk, actor="t")
    ana = Profile.objects.create(workspace=workspace, name="Ana")
    (one,) = answered(workspace, profile=ana.pk)
    answer = client.get(path(one, "/data"))
    assert json.loads(answer.content)["answers"] == {"effort": 1, "why": "Because of 0"} and "attachment" in answer["Content-Disposition"]
    handle.move(one, "done", by="t")
    for _ in range(3):
        client.post(path(one, "/request"))
    one.refresh_from_db()
    assert [step.what for step in one.handlings.all()] == ["done", "asked"] and one.state == "new"
    page = client.get(path(one)).content.decode()
    assert "You have asked for your data" in page and "Ana" not in page
    leave = page.split("No more such questions")[0].rsplit('href="', 1)[1].split('"')[0]
    client.get(leave)
    assert not Consent.objects.exists()  # looking at it is not saying so


@pytest.mark.parametrize("what", ["", "/change", "/removal", "/data", "/request"])
def test_an_address_of_nobody_says_nothing(what: str, client: Client) -> None:
    method = client.post if what in ("/change", "/request") else client.get
    answer = method(f"/r/{'x' * 32}/mine{what}")
    assert answer.status_code == 404 and b"nothing to answer here" in answer.content


def test_looking_changes_nothing(workspace: Workspace, one: Response, client: Client) -> None:
    before = Response.objects.values().get()
    for what in ("", "/removal", "/data"):
        client.get(path(one, what))
    assert client.get(path(one, "/change")).status_code == 405 and client.get(path(one, "/request")).status_code == 405
    assert Response.objects.values().get() == before and not one.handlings.exists()


def test_what_is_not_finished_has_no_page_yet(workspace: Workspace, one: Response, client: Client) -> None:
    Response.objects.update(completed=None)
    assert client.get(path(one)).status_code == 404


def test_what_is_told_to_respondents_belongs_to_its_workspace(workspace: Workspace) -> None:
    made = survey(workspace)
    theirs = signed_in(member(Workspace.found(name="Other"), email="o@x.example"))
    assert theirs.get(f"/surveys/{made.pk}/heard").status_code == 404
    assert Survey.objects.get(pk=made.pk).name == "after_contact"
