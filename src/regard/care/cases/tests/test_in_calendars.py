"""The calendar of what is due: whose it is, what it says, and that it ends with the membership."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from regard.care.cases import work
from regard.care.cases.models import Case
from regard.care.cases.tests.made import case, customer
from regard.dashboards.huddle.models import Decision
from regard.governance.initiatives.models import Initiative, InitiativeTask
from regard.outreach.calendar.entries import Entry
from regard.outreach.calendar.ics import calendar
from regard.outreach.calendar.models import Feed
from regard.testing.people import member, signed_in
from regard.workspace.members.models import Member
from regard.workspace.models import Unit, Workspace

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def unfolded(body: bytes) -> list[str]:
    return body.decode().replace("\r\n ", "").split("\r\n")


def summaries(secret: str) -> list[str]:
    answer = Client().get(f"/calendar/{secret}.ics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    return [line.partition(":")[2] for line in unfolded(answer.content) if line.startswith("SUMMARY")]


def test_it_holds_what_is_mine_at_the_moment_of_its_next_clock_and_names_nobody(workspace: Workspace) -> None:
    me = member(workspace, "agent")
    made = case(workspace, owner=me.pk, profile=customer(workspace), title="Bill; wrong, again\nBEGIN:VEVENT")
    case(workspace, title="Of somebody else")
    secret = Feed.renew(me, of="mine")
    body = Client().get(f"/calendar/{secret}.ics").content
    lines = unfolded(body)
    assert made.first_due is not None and made.due is not None
    assert f"DTEND:{made.first_due.astimezone(UTC):%Y%m%dT%H%M%SZ}" in lines and lines.count("BEGIN:VEVENT") == 1
    assert "ines@mail.example" not in body.decode() and summaries(secret) == ["Case 1: first response. Bill\\; wrong\\, again BEGIN:VEVENT"]
    work.called(made, "spoke", by=me, now=timezone.now())
    assert summaries(secret) == ["Case 1 is due: Bill\\; wrong\\, again BEGIN:VEVENT"]
    work.move(made, "waiting", by="t", now=timezone.now())  # no clock runs
    assert summaries(secret) == []


def test_who_answers_for_a_unit_may_have_its_cases_and_nobody_else_may(workspace: Workspace) -> None:
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    case(workspace, unit=store.pk, title="In the store")
    case(workspace, title="Elsewhere")
    away = Workspace.found(name="Other")
    case(away, title="Another company")
    manager, agent = member(workspace, "manager", at=store), member(workspace, "agent", at=store)
    assert summaries(Feed.renew(manager, of="units")) == ["Case 1: first response. In the store"]
    assert summaries(Feed.renew(manager, of="mine")) == []
    assert summaries(Feed.renew(agent, of="units")) == []


def test_tasks_and_decisions_stand_on_their_day(workspace: Workspace) -> None:
    me = member(workspace)
    made = Initiative(workspace=workspace, title="Call back")
    made.keep(by="t", units={})
    InitiativeTask.objects.create(initiative=made, text="Write the script", owner=me, due=date(2026, 12, 1))
    InitiativeTask.objects.create(initiative=made, text="Done already", owner=me, due=date(2026, 12, 1), done=timezone.now())
    Decision.objects.create(unit=workspace.root, week=date(2026, 11, 23), text="Ask the store", owner=me, due=date(2026, 12, 2), by="t")
    secret = Feed.renew(me, of="mine")
    assert summaries(secret) == ["Call back: Write the script", "Ask the store"]
    lines = unfolded(Client().get(f"/calendar/{secret}.ics").content)
    assert "DTSTART;VALUE=DATE:20261201" in lines and "DTEND;VALUE=DATE:20261202" in lines


def test_an_address_is_shown_once_and_works_until_it_is_renewed_or_ended(workspace: Workspace) -> None:
    me = member(workspace, "agent")
    client = signed_in(me)
    assert "Make an address" in client.get("/notices/calendar").content.decode()
    page = client.post("/notices/calendar", {"act": "renew", "of": "mine"}).content.decode()
    first = page.partition("/calendar/rgc_")[2].partition(".ics")[0]
    assert first and first not in client.get("/notices/calendar").content.decode() and first not in Feed.objects.get().key_hash
    assert Client().get(f"/calendar/rgc_{first}.ics").status_code == 200
    page = client.post("/notices/calendar", {"act": "renew", "of": "units"}).content.decode()
    second = page.partition("/calendar/rgc_")[2].partition(".ics")[0]
    assert Client().get(f"/calendar/rgc_{first}.ics").status_code == 404
    assert Client().get(f"/calendar/rgc_{second}.ics").status_code == 200 and Feed.objects.get().read
    client.post("/notices/calendar", {"act": "end"})
    assert Client().get(f"/calendar/rgc_{second}.ics").status_code == 404


@pytest.mark.parametrize("end", ["left", "inactive", "role"])
def test_it_ends_with_the_membership(workspace: Workspace, end: str) -> None:
    me = member(workspace, "agent")
    case(workspace, owner=me.pk)
    secret = Feed.renew(me, of="mine")
    match end:
        case "left":
            Member.objects.filter(pk=me.pk).update(left=timezone.now())
        case "inactive":
            me.user.is_active = False
            me.user.save()
        case "role":
            Member.objects.filter(pk=me.pk).update(role="viewer")
    assert Client().get(f"/calendar/{secret}.ics").status_code == (404 if end != "role" or not _viewer_sees() else 200)


def _viewer_sees() -> bool:
    from regard.workspace.members.rights import RIGHTS, Right, Role

    return Right.CUSTOMERS in RIGHTS[Role.VIEWER]


def test_lines_are_folded_between_characters_and_say_the_same_again() -> None:
    title = "Überweisung – “Rückläufer”, " * 9
    body = calendar([Entry("case 7", title, NOW, "/cases/7")], name="Care", host="regard.example", base="https://regard.example", now=NOW)
    assert all(len(line) <= 75 for line in body.split(b"\r\n")) and body.endswith(b"END:VCALENDAR\r\n")
    assert "UID:case-7@regard.example" in unfolded(body) and "DTSTART:20261127T083000Z" in unfolded(body)
    assert f"SUMMARY:{title.strip().replace(',', chr(92) + ',')}" in unfolded(body)


def test_a_case_that_is_closed_leaves_the_calendar(workspace: Workspace) -> None:
    me = member(workspace, "agent")
    case(workspace, owner=me.pk)
    secret = Feed.renew(me, of="mine")
    Case.objects.update(state="closed", closed=timezone.now() - timedelta(hours=1))
    assert summaries(secret) == []
