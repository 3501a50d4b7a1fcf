"""What is done with cases: who may do it, what it changes, what clocks make of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from regard.care.cases import work
from regard.care.cases.clocks import watch_clocks
from regard.care.cases.close import close, reopen
from regard.care.cases.models import Breach, Case, State, What
from regard.care.cases.queries import times_of
from regard.care.cases.tests.made import case, customer
from regard.care.closures.models import Closure
from regard.care.hours.models import Calendar
from regard.care.queues.models import Cause, Priority
from regard.outreach.notices.models import Notice
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fresh(made: Case) -> Case:
    return Case.objects.get(pk=made.pk)


def test_an_agent_sees_and_works_on_the_cases_of_their_units_alone(workspace: Workspace) -> None:
    north, south = (Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("North", "South"))
    agent = signed_in(member(workspace, Role.AGENT, at=north))
    mine, other = case(workspace, unit=north.pk, title="Mine"), case(workspace, unit=south.pk, title="Theirs")
    listed = agent.get("/cases/").content.decode()
    assert "Mine" in listed and "Theirs" not in listed
    assert agent.get(f"/cases/{other.number}").status_code == 404
    assert agent.post(f"/cases/{other.number}/act", {"act": "take"}).status_code == 404
    agent.post("/cases/act", {"act": "take", "chosen": [mine.number, other.number]})
    assert fresh(mine).owner is not None and fresh(other).owner is None
    assert fresh(mine).state == State.OPEN  # who takes one begins with it


def test_a_viewer_sees_no_case(workspace: Workspace) -> None:
    viewer = signed_in(member(workspace, Role.VIEWER))
    assert viewer.get("/cases/").status_code == 403 and viewer.get("/cases/1").status_code == 403


def test_each_step_is_written_down_and_the_page_shows_it(workspace: Workspace) -> None:
    me = member(workspace, Role.ADMIN, email="ada@halcyon.example")
    client, opened = signed_in(me), case(workspace, words="<b>It</b> is dead", score="NPS 2", tone="bad")
    where = f"/cases/{opened.number}/act"
    note, spoke, tag = {"act": "note", "text": "Call <her>"}, {"act": "call", "text": "Spoke"}, {"act": "tag", "tag": "router"}
    for sent in (note, spoke, tag, {"act": "priority", "priority": "1"}):
        assert client.post(where, sent).status_code == 302
    page = client.get(f"/cases/{opened.number}").content.decode()
    assert "Call &lt;her&gt;" in page and "&lt;b&gt;It" in page and "<b>It" not in page
    steps = list(fresh(opened).steps.values_list("what", flat=True))
    assert steps == [What.OPENED, What.NOTE, What.CALLED, What.TAGGED, What.RAISED]
    assert fresh(opened).responded is not None and fresh(opened).priority == Priority.URGENT


def test_what_was_typed_stays_when_it_cannot_be_done(workspace: Workspace) -> None:
    client, opened = signed_in(member(workspace, Role.ADMIN)), case(workspace)
    answer = client.post(f"/cases/{opened.number}/act", {"act": "write", "text": "Dear nobody"})
    assert answer.status_code == 422 and "Dear nobody" in answer.content.decode() and "Nobody knows who the customer is" in answer.content.decode()
    queue = opened.queue
    queue.needs_cause = True
    queue.save()
    answer = client.post(f"/cases/{opened.number}/act", {"act": "close", "outcome": "Sent a new one", "asked": "1"})
    assert answer.status_code == 422 and "Sent a new one" in answer.content.decode() and fresh(opened).open


def test_nobody_is_asked_about_what_nobody_said_was_done(workspace: Workspace) -> None:
    client, opened = signed_in(member(workspace, Role.ADMIN)), case(workspace)
    refused = client.post(f"/cases/{opened.number}/act", {"act": "close", "outcome": " ", "asked": "1", "ask": "on"}, follow=True)
    assert "Say what was done" in refused.content.decode() and fresh(opened).open
    assert client.post(f"/cases/{opened.number}/act", {"act": "close", "outcome": "", "asked": "1"}).status_code == 302
    page = client.get(f"/cases/{opened.number}").content.decode()
    assert not fresh(opened).open and "The customer was not asked." in page


def test_a_closed_case_takes_notes_and_no_letters(workspace: Workspace) -> None:
    me = member(workspace, Role.ADMIN)
    client, opened = signed_in(me), case(workspace)
    close(opened, by=me.user.email, now=timezone.now(), ask=False)
    assert client.post(f"/cases/{opened.number}/act", {"act": "note", "text": "Called again"}).status_code == 302
    page = client.get(f"/cases/{opened.number}").content.decode()
    assert "Called again" in page and 'value="note"' in page and 'value="write"' not in page and str(me.user) in page
    assert not fresh(opened).open


def test_two_who_close_one_case_at_once_close_it_once(workspace: Workspace) -> None:
    opened = case(workspace)

    def attempt(name: str) -> bool:
        try:
            return close(opened, by=name, now=timezone.now(), ask=False) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, ["a", "b", "c", "d"])) == [False, False, False, True]
    assert Closure.objects.count() == 1 and fresh(opened).steps.filter(what=What.CLOSED).count() == 1


def test_clocks_run_while_the_unit_works_and_stand_while_it_is_the_customers_turn(workspace: Workspace) -> None:
    workspace.time_zone = "UTC"
    workspace.save()
    Calendar.objects.create(workspace=workspace, unit=workspace.root)  # Monday to Friday, nine to five
    opened = case(workspace, now=at("2026-11-26 16:00"))  # a Thursday; normal: 8 hours to respond, 16 to close
    assert (opened.first_due, opened.due) == (at("2026-11-27 16:00"), at("2026-11-30 16:00"))
    work.move(opened, State.WAITING, by="t", now=at("2026-11-27 10:00"))
    work.move(opened, State.OPEN, by="t", now=at("2026-11-30 11:00"))
    assert fresh(opened).due == at("2026-12-01 17:00")
    waited = [one for one in times_of(list(opened.stays.all()), at("2026-11-30 11:00")) if "customer" in one.state]
    assert waited[0].seconds == timedelta(days=3, hours=1).total_seconds()
    work.prioritise(opened, Priority.URGENT, by="t", now=at("2026-11-30 11:00"))  # 8 hours from the opening, and the 9 that were theirs
    assert fresh(opened).due == at("2026-11-30 17:00")


def test_what_is_late_is_logged_once_and_told_up_the_units(workspace: Workspace) -> None:
    region = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Region")
    shop = Unit.objects.create(workspace=workspace, parent=region, name="Shop")
    agent, manager, above, _owner = (
        member(workspace, role, at=unit, email=f"{n}@halcyon.example")
        for n, (role, unit) in enumerate([(Role.AGENT, shop), (Role.MANAGER, shop), (Role.MANAGER, region), (Role.OWNER, workspace.root)])
    )
    begun = timezone.now()
    opened = case(workspace, unit=shop.pk, owner=agent.pk, now=begun)
    Notice.objects.all().delete()
    watch_clocks(now=begun + timedelta(hours=8, minutes=1))
    watch_clocks(now=begun + timedelta(hours=8, minutes=2))
    assert list(Breach.objects.values_list("clock", flat=True)) == ["first"]
    assert set(Notice.objects.values_list("member", "kind")) == {(agent.pk, "case.late"), (manager.pk, "case.late")}
    watch_clocks(now=begun + timedelta(hours=12, minutes=3))  # four hours more: the unit above, and a warning that closing is near
    assert (above.pk, "case.late") in set(Notice.objects.values_list("member", "kind"))
    work.called(opened, "Spoke", by=agent, now=begun + timedelta(hours=13))
    watch_clocks(now=begun + timedelta(hours=20))
    assert sorted(Breach.objects.values_list("clock", flat=True)) == ["close", "first"]


def test_cases_of_somebody_who_left_are_nobodys_and_said_to_be_so(workspace: Workspace) -> None:
    boss, agent = member(workspace, Role.OWNER), member(workspace, Role.AGENT)
    opened = case(workspace, owner=agent.pk)
    agent.leave(by=boss)
    watch_clocks(now=timezone.now())
    assert fresh(opened).owner is None and Notice.objects.filter(member=boss, kind="case.new").exists()


def test_a_merged_case_goes_on_in_the_other_and_not_with_another_customers(workspace: Workspace) -> None:
    first, second = customer(workspace), customer(workspace, "omar@mail.example")
    one, same, other = case(workspace, profile=first), case(workspace, profile=first), case(workspace, profile=second)
    now = timezone.now()
    with pytest.raises(work.NotPossible):
        work.merge(one, other, by="t", now=now)
    work.merge(same, one, by="t", now=now)
    assert fresh(same).merged_into == one and not fresh(same).open and fresh(one).open
    with pytest.raises(work.NotPossible):
        work.note(same, "late", by="t", now=now)


def test_closing_a_greater_matter_closes_its_parts(workspace: Workspace) -> None:
    outage, *parts = (case(workspace, title=f"Outage {n}") for n in range(4))
    for one in parts:
        work.join(one, outage, by="t", now=timezone.now())
    close(outage, by="t", now=timezone.now(), ask=False, outcome="Power is back")
    assert not any(fresh(one).open for one in parts) and Closure.objects.count() == 4


def test_opened_again_its_clocks_begin_anew(workspace: Workspace) -> None:
    begun = timezone.now()
    opened = case(workspace, now=begun)
    close(opened, by="t", now=begun + timedelta(hours=1), ask=False)
    assert not reopen(case(workspace), by="t", now=begun)
    assert reopen(opened, by="t", now=begun + timedelta(days=2), why="Not yet")
    assert fresh(opened).due == begun + timedelta(days=2, hours=16) and fresh(opened).reopenings == 1


def test_a_root_cause_is_kept_with_the_case(workspace: Workspace) -> None:
    opened, cause = case(workspace), Cause.objects.create(workspace=workspace, name="Bill unclear")
    close(opened, by="t", now=timezone.now(), cause=cause, ask=False)
    assert fresh(opened).cause == cause


def test_who_else_has_it_open_is_said(workspace: Workspace) -> None:
    opened = case(workspace)
    ann, ben = (signed_in(member(workspace, Role.ADMIN, email=f"{name}@halcyon.example")) for name in ("ann", "ben"))
    ann.get(f"/cases/{opened.number}")
    assert "has this case open, too" in ben.get(f"/cases/{opened.number}").content.decode()
    opened.refresh_from_db()
    where = f"/cases/{opened.number}/others"
    assert "meanwhile" not in ann.get(where, {"changed": opened.changed.isoformat()}).content.decode()
    ben.post(f"/cases/{opened.number}/act", {"act": "note", "text": "On it"})
    assert "meanwhile" in ann.get(where, {"changed": opened.changed.isoformat()}).content.decode()


def test_a_template_is_put_in_with_what_is_known(workspace: Workspace) -> None:
    from regard.care.queues.models import ReplyTemplate
    from regard.customers.people.models import Profile

    boss = signed_in(member(workspace, Role.OWNER))
    refused = boss.post("/settings/cases/templates/new", {"name": "Sorry", "text": "Dear {{ nobody }}"})
    assert "Nothing can stand for" in refused.content.decode()
    boss.post("/settings/cases/templates/new", {"name": "Sorry", "text": "Dear {{ name }}, about {{ number }}: {{ trait:plan }}."})
    who = customer(workspace)
    Profile.objects.filter(pk=who).update(name="Inès <i> {{ agent }}", traits={"plan": "Pro"})
    made = case(workspace, profile=who)
    page = boss.get(f"/cases/{made.number}", {"template": ReplyTemplate.objects.get().pk}).content.decode()
    assert "Dear Inès &lt;i&gt; {{ agent }}, about #1: Pro." in page


def test_a_case_is_called_something_else_and_says_who_did(workspace: Workspace) -> None:
    made, who = case(workspace), member(workspace, "agent")
    signed_in(who).post(f"/cases/{made.number}/act", {"act": "rename", "title": " The  bad\tbatch\0 "})
    made.refresh_from_db()
    assert made.title == "The bad batch" and made.steps.get(what="renamed").by == who.user.email
    signed_in(who).post(f"/cases/{made.number}/act", {"act": "rename", "title": " "})
    signed_in(who).post(f"/cases/{made.number}/act", {"act": "rename", "title": "The bad batch"})
    made.refresh_from_db()
    assert made.title == "The bad batch" and made.steps.filter(what="renamed").count() == 1
