"""Surveys on a host of their own: respondents find them there, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from regard.listening.invitations.links import link_of
from regard.listening.links.models import Link
from regard.listening.programmes.tests.made import survey
from regard.testing.people import member, signed_in
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def theirs(settings: Any) -> str:
    settings.PUBLIC_URL, settings.SURVEY_URL = "https://regard.example", "https://feedback.example"
    settings.ALLOWED_HOSTS = ["regard.example", "feedback.example"]
    return "feedback.example"


def test_respondents_find_surveys_there_and_members_nothing(
    workspace: Workspace, theirs: str, client: Client, ledger: object
) -> None:
    link = Link.objects.create(survey=survey(workspace), name="Poster")
    assert client.get(link.path, headers={"host": theirs}).status_code == 200
    assert client.get("/r/none/mine", headers={"host": theirs}).status_code == 404
    owner = signed_in(member(workspace))
    for path in ("/", "/customers/", "/account/login/", "/responses/", "/api/metrics", "/settings/", f"/surveys/{link.survey_id}"):
        assert owner.get(path, headers={"host": theirs}).status_code == 404, path
        assert owner.get(path, headers={"host": "regard.example"}).status_code != 404 or path == "/api/metrics", path
    assert client.get(link.path, headers={"host": "evil.example"}).status_code == 400


def test_links_lead_there(workspace: Workspace, theirs: str) -> None:
    link = Link.objects.create(survey=survey(workspace), name="Poster")
    page = signed_in(member(workspace)).get(f"/surveys/{link.survey_id}", headers={"host": "regard.example"}).content.decode()
    assert f"https://feedback.example{link.path}" in page and link_of(1).startswith("https://feedback.example/i/")


def test_without_one_all_is_at_one_host(workspace: Workspace, client: Client) -> None:
    link = Link.objects.create(survey=survey(workspace), name="Poster")
    assert client.get(link.path).status_code == 200 and signed_in(member(workspace)).get("/customers/").status_code == 200
