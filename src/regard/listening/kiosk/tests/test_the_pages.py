"""From a survey to a tablet at the exit; and nobody else's."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from regard.listening.inapp.tests.conftest import published
from regard.listening.links.models import Link
from regard.listening.responses.models import Response
from regard.listening.surveys.starts import starts
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import Unit, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(workspace):
    return published(workspace, starts()["after_contact"][1])


@pytest.fixture
def kiosk(survey, workspace):
    return Link.objects.create(survey=survey, name="Exit", unit=workspace.root, channel="store", kiosk=True)


def test_from_nothing_to_an_address_for_the_tablet(client, workspace, survey):
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    analyst = signed_in(member(workspace, Role.ANALYST))
    assert "No kiosk asks it yet" in analyst.get(f"/surveys/{survey.pk}/kiosks").content.decode()
    assert f"/surveys/{survey.pk}/kiosks" in analyst.get(f"/surveys/{survey.pk}").content.decode()
    refused = analyst.post(
        f"/surveys/{survey.pk}/kiosks/new", {"name": "Tablet at the exit", "channel": "store"}
    ).content.decode()
    assert "This field is required" in refused and 'value="Tablet at the exit"' in refused and not Link.objects.exists()
    analyst.post(f"/surveys/{survey.pk}/kiosks/new", {"name": "Exit", "unit": store.pk, "channel": "store"})
    link = Link.objects.get()
    assert (link.kiosk, link.unit, link.channel) == (True, store, "store")
    page = analyst.get(f"/surveys/{survey.pk}/kiosks").content.decode()
    assert f"http://testserver/k/{link.token}" in page and "1 kiosk asks it" in page
    assert (
        "Exit" not in analyst.get(f"/surveys/{survey.pk}").content.decode()
    )  # it stands with the kiosks, not with the links
    assert analyst.get(f"/surveys/links/{link.pk}/code.svg").status_code == 200
    assert "still wait on it" in analyst.get(f"/surveys/links/{link.pk}/closing").content.decode()
    assert analyst.post(f"/surveys/links/{link.pk}/closing")["Location"] == f"/surveys/{survey.pk}/kiosks"
    assert client.get(f"/k/{link.token}").status_code == 404


def test_the_page_comes_from_here_alone_and_sets_no_cookie(client, kiosk):
    answer = client.get(f"/k/{kiosk.token}", headers={"Accept-Language": "ar"})
    page = answer.content.decode()
    assert answer.status_code == 200 and not answer.cookies and answer["Cache-Control"] == "no-store"
    assert 'lang="ar" dir="rtl"' in page and "http" not in page and "<style" not in page and " style=" not in page
    assert (
        "script-src 'self'" in answer["Content-Security-Policy"] and "unsafe" not in answer["Content-Security-Policy"]
    )
    assert client.get(f"/k/{kiosk.token}/app.webmanifest").json()["start_url"] == f"/k/{kiosk.token}"
    for path in ("/k/kiosk.js", "/k/worker.js"):
        assert client.get(path)["Content-Type"].startswith("text/javascript")


def test_a_link_that_is_no_kiosk_and_one_that_never_was_say_the_same(client, survey):
    link = Link.objects.create(survey=survey, name="Poster")
    unknown = client.get("/k/" + "A" * 32)
    plain = client.get(f"/k/{link.token}")
    assert (plain.status_code, plain.content) == (404, unknown.content)
    assert client.get(f"/k/{link.token}/app.webmanifest").status_code == 404


def test_answers_from_before_the_network_came_back_keep_their_moment(client, kiosk):
    now = datetime.now(UTC)
    cases = {"a": now - timedelta(days=2), "b": now - timedelta(days=90), "c": now + timedelta(days=9)}
    for key, at in cases.items():
        sent = {"key": key * 30, "answers": {"effort": 7}, "at": at.isoformat()}
        client.post(f"/inapp/v1/surveys/{kiosk.token}", json.dumps(sent), content_type="text/plain")
    saved = {one.key[-1]: one.saved for one in Response.objects.all()}
    assert (
        saved["a"] == cases["a"] and saved["b"] > now - timedelta(days=32) and saved["c"] < now + timedelta(minutes=1)
    )


def test_only_a_kiosk_says_when_something_was_answered(client, survey):
    link = Link.objects.create(survey=survey, name="Poster")
    sent = {"key": "k" * 30, "answers": {"effort": 7}, "at": "2020-01-01T00:00:00Z"}
    client.post(f"/inapp/v1/surveys/{link.token}", json.dumps(sent), content_type="text/plain")
    assert Response.objects.get().saved > datetime.now(UTC) - timedelta(minutes=1)


def test_nobody_sees_or_adds_kiosks_of_others(workspace, survey, kiosk):
    theirs = signed_in(member(Workspace.found(name="Other"), Role.OWNER, email="other@x.example"))
    assert theirs.get(f"/surveys/{survey.pk}/kiosks").status_code == 404
    assert theirs.post(f"/surveys/{survey.pk}/kiosks/new", {"name": "x"}).status_code == 404
    agent = signed_in(member(workspace, Role.AGENT))
    assert agent.get(f"/surveys/{survey.pk}/kiosks").status_code == 200
    assert agent.post(f"/surveys/{survey.pk}/kiosks/new", {"name": "x"}).status_code == 403
