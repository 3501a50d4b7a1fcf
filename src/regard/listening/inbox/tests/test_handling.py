"""The inbox of responses: who sees what, what is done with it, and that a test never counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from regard.ledger.record.project import project_all
from regard.listening.inbox import handle
from regard.listening.inbox.queries import PER_PAGE, filtered, neighbours, page_of, place, seen
from regard.listening.links.models import Link
from regard.listening.programmes.tests.made import programme, survey
from regard.listening.responses.answer import Origin, begin, complete
from regard.listening.responses.models import Response
from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.testing.people import member, signed_in
from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def answered(workspace: Workspace, number: int = 1, **more: Any) -> list[Response]:
    """Complete responses to the survey after contacts, the newest last; their effort is 1, 2, … 7, 1, …"""
    asked = more.pop("survey", None) or survey(workspace)
    link = Link.objects.create(survey=asked, name="Poster")
    made = []
    for place_ in range(number):
        given = {"effort": 1 + place_ % 7, "why": f"Because of {place_}"}
        origin = more.get("origin") or Origin.of_link(link, profile=more.get("profile"))
        one = begin(origin, asked.published, key=f"{asked.pk}-{place_}".ljust(30, "k"), language="en", now=timezone.now(), answers=given)
        made.append(complete(one, now=timezone.now() + timedelta(seconds=place_)))
    return made


def test_opening_a_response_reads_it_and_each_step_is_written_down(workspace: Workspace) -> None:
    (one,) = answered(workspace)
    client = signed_in(member(workspace, Role.ADMIN))
    assert "1 response is new" in client.get("/responses/").content.decode()
    client.get(f"/responses/{one.pk}")
    client.get(f"/responses/{one.pk}")
    where = f"/responses/{one.pk}/act"
    note, give, tag = {"act": "note", "text": "Call <her>"}, {"act": "assign", "to": "me"}, {"act": "tag", "tag": " price "}
    for sent in (note, give, tag, {"act": "done"}, {"act": "done"}):
        assert client.post(where, sent).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.tags, one.assignee.user.email) == ("done", ["price"], one.handlings.first().by)
    assert [step.what for step in one.handlings.all()] == ["read", "note", "assigned", "tagged", "done"]
    page = client.get(f"/responses/{one.pk}?state=done").content.decode()
    assert "Call &lt;her&gt;" in page and "Open it again" in page
    client.post(where, {"act": "untag:price"})
    client.post(where, {"act": "new"})
    one.refresh_from_db()
    assert one.tags == [] and one.state == "new"


def effort(workspace: Workspace) -> int:
    project_all()
    return run(read_query(metric="ces", today=timezone.now().date()), Scope(workspace.pk), workspace).total.n


def test_a_test_leaves_the_numbers_and_comes_back_when_it_is_none(workspace: Workspace) -> None:
    one, _other = answered(workspace, 2)
    assert effort(workspace) == 2
    handle.try_out(one, test=True, by="t")
    assert effort(workspace) == 1
    assert page_of(filtered(seen(Scope(workspace.pk), workspace), {}, workspace=workspace.pk, me=0), None).lines[0].response != one
    handle.try_out(one, test=False, by="t")
    handle.try_out(one, test=False, by="t")
    assert effort(workspace) == 2 and [step.what for step in one.handlings.all()] == ["test", "real"]


def test_whoever_may_not_change_what_counts_cannot_call_it_a_test(workspace: Workspace) -> None:
    (one,) = answered(workspace)
    agent = signed_in(member(workspace, Role.AGENT))
    assert agent.post(f"/responses/{one.pk}/act", {"act": "test"}).status_code == 404
    assert "It is a test" not in agent.get(f"/responses/{one.pk}").content.decode()
    one.refresh_from_db()
    assert one.test is False


ALL = {1, 2, 3, 4, 5, 6, 7}


@pytest.mark.parametrize(
    ("given", "efforts"),
    [
        ({"tone": "bad"}, {1, 2, 3}),
        ({"q": "nowhere"}, set()),
        ({"state": "done"}, {4}),
        ({"tag": "late"}, {1}),
        ({"whose": "nobody", "q": "because"}, ALL),
        ({"whose": "x", "unit": "zz", "survey": "9" * 30}, set()),
        ({"state": "nonsense"}, ALL),
    ],
)
def test_the_address_says_which_are_listed(workspace: Workspace, given: dict[str, str], efforts: set[int]) -> None:
    made = answered(workspace, 7)
    handle.move(made[3], "done", by="t")
    handle.tag(made[0], "late", by="t")
    found = filtered(seen(Scope(workspace.pk), workspace), given, workspace=workspace.pk, me=0)
    assert {one.answers["effort"] for one in found} == efforts


def test_pages_follow_one_another_and_neighbours_are_those_of_the_list(workspace: Workspace) -> None:
    made = answered(workspace, PER_PAGE + 3)
    mine = seen(Scope(workspace.pk), workspace)
    first = page_of(mine, None)
    second = page_of(mine, place(first.next))
    assert [one.response.pk for one in first.lines + second.lines] == [one.pk for one in reversed(made)] and second.next == ""
    assert neighbours(mine, made[5]) == (made[6].pk, made[4].pk) and neighbours(mine, made[-1])[0] is None
    assert place("nonsense") is None and place("2026-01-01T00:00:00~x") is None


def test_many_are_handled_at_once(workspace: Workspace) -> None:
    made = answered(workspace, 3)
    client = signed_in(member(workspace))
    page = client.post("/responses/act?tone=bad", {"act": "done", "chosen": [str(one.pk) for one in made[:2]] + ["x"]}, follow=True)
    assert "Done for 2 responses" in page.content.decode() and page.redirect_chain[-1][0] == "/responses/?tone=bad"
    assert Response.objects.filter(state="done").count() == 2


def test_few_anonymous_answers_are_withheld_and_many_name_nobody(workspace: Workspace) -> None:
    unsaid = programme(workspace, anonymous=True)
    of = Origin(programme=unsaid.pk, profile=None)
    client = signed_in(member(workspace))
    answered(workspace, 4, survey=unsaid.survey, origin=of)
    page = client.get("/responses/").content.decode()
    assert "4 anonymous answers are withheld" in page and "Because of" not in page
    one = Response.objects.first()
    assert client.get(f"/responses/{one.pk}").status_code == 404
    more = begin(of, unsaid.survey.published, key="z" * 30, language="en", now=timezone.now(), answers={"effort": 5})
    complete(more, now=timezone.now())
    page = client.get(f"/responses/{one.pk}").content.decode()
    assert "anonymous: nobody can tell" in page and ":" not in page.split("Answered</dt><dd>")[1].split("<")[0]
