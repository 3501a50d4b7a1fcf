"""A rule says what an event means; it is saved as it was tested, and can be applied to what came in before."""

import re

import pytest

from regard.ledger.mapping.models import Mapping
from regard.ledger.models import Touchpoint
from regard.ledger.record.project import project_all
from regard.testing.events import send, track
from regard.testing.people import member, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(workspace, ledger):
    return signed_in(member(workspace, "analyst"))


@pytest.fixture
def chat(workspace):
    return Touchpoint.objects.create(workspace=workspace, name="Chat")


def given(chat, **more):
    return {
        "event": "Chat Closed",
        "touchpoint": chat.pk,
        "duration_unit": "seconds",
        "duration_property": "wait",
        **more,
    }


def seal(page):
    return re.search(r'name="seal" value="([^"]*)"', page)[1]


def test_testing_shows_what_the_rule_makes_of_recent_events_and_changes_nothing(client, workspace, chat):
    send(
        workspace,
        *[
            track(f"c{n}", event="Chat Closed", properties={"wait": 90, "queue": "tech" if n else "sales"})
            for n in range(3)
        ],
    )
    project_all()
    page = client.post(
        "/sources/mapping/rule",
        {**given(chat), "property_0": "queue", "test_0": "is", "value_0": "tech", "test": ""},
    ).content.decode()
    assert "Fits 2 of the last 3" in page and "1 min 30 s" in page
    assert not Mapping.objects.exists()


def test_what_was_tested_is_saved_and_what_was_not_is_tested_first(client, workspace, chat):
    page = client.post("/sources/mapping/rule", {**given(chat), "test": ""}).content.decode()
    changed = client.post("/sources/mapping/rule", {**given(chat, outcome="solved"), "seal": seal(page), "save": ""})
    assert changed.status_code == 200 and not Mapping.objects.exists()
    saved = client.post("/sources/mapping/rule", {**given(chat), "seal": seal(page), "save": ""})
    assert saved.status_code == 302
    assert [rule["event"] for rule in Mapping.current(workspace.pk)] == ["Chat Closed"]


def test_past_events_get_their_touchpoint_when_they_are_read_again(client, workspace, chat):
    from regard.ledger.sources.models import Source, SourceKind

    send(workspace, track("c1", event="Chat Closed", properties={"wait": 90}))
    project_all()
    assert Source.objects.get().kind == SourceKind.KEY
    assert "Chat Closed" in client.get("/sources/mapping").content.decode().split("Not placed yet")[1]
    page = client.post("/sources/mapping/rule", {**given(chat), "test": ""}).content.decode()
    client.post("/sources/mapping/rule", {**given(chat), "seal": seal(page), "save": ""})
    client.post("/sources/mapping/replay")
    project_all()
    assert "Every event has its touchpoint" in client.get("/sources/mapping").content.decode()


def test_refused_events_are_shown_with_their_reason_and_as_they_came(client, workspace):
    send(workspace, {"type": "track", "messageId": "x", "properties": {"step": "<b>waltz</b>"}}, track("ok"))
    project_all()
    page = client.get("/sources/refused").content.decode()
    assert "1 event or row could not be used" in page and "&lt;b&gt;waltz" in page
    assert client.post("/sources/refused/replay").status_code == 302


def test_viewers_do_not_see_sources(workspace, ledger):
    assert signed_in(member(workspace, "viewer")).get("/sources/").status_code == 403


def test_no_touchpoint_is_chosen_by_itself(client, chat):
    assert '<option value="" selected>choose …</option>' in client.get("/sources/mapping/rule").content.decode()
    page = client.post("/sources/mapping/rule", {**given(chat), "touchpoint": "", "test": ""}).content.decode()
    assert "This field is required." in page
