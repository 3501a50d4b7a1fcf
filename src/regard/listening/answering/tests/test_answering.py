"""A respondent's way through a survey, without a script, a session or a cookie."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from regard.ledger.record.project import project_all
from regard.listening.links.models import Link
from regard.listening.responses.answer import finalise
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import read
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.testing.people import member, signed_in
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Role
from regard.workspace.models import Workspace

pytestmark = pytest.mark.django_db
KEY = "k" * 32


def published(workspace, content, name="After a call"):
    survey = Survey(workspace=workspace, name=name)
    survey.keep(content, by="ana@x.example")
    survey.publish(by="ana@x.example")
    return survey


@pytest.fixture
def contact(workspace, ledger):
    link = Link(survey=published(workspace, starts()["after_contact"][1]), name="Receipt", unit=workspace.root)
    link.keep(by="ana@x.example")
    return f"/s/{link.token}"


def rows(workspace):
    sql = "select metric, score, text, language, event from ledger where $scope and kind = 'answer' order by metric desc, text"
    return warehouse().select(Scope(workspace.pk), sql)


def test_looking_records_nothing_and_sets_no_cookie(client, contact):
    for method in ("get", "head"):
        answer = getattr(client, method)(contact)
        assert answer.status_code == 200 and not answer.cookies
        assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert not Response.objects.exists()
    assert b"It was easy to get what I needed." in client.get(contact).content


def test_two_questions_answered_are_one_complete_response_and_a_number(client, workspace, contact):
    first = client.post(contact, {"key": KEY, "lang": "en", "asked": ["effort", "why"], "effort": "6", "why": "Quick"})
    assert first.status_code == 302
    response = Response.objects.get()
    assert response.completed and response.answers == {"effort": 6, "why": "Quick"}
    assert "The team will read it" in client.get(first["Location"]).content.decode()
    project_all()
    assert rows(workspace) == [("ces", 6.0, "Quick", "en", "After a call")]


def test_whoever_found_it_hard_is_asked_more_and_thanked_otherwise(client, workspace, contact):
    first = client.post(contact, {"key": KEY, "asked": ["effort", "why"], "effort": "2"})
    page = client.get(first["Location"]).content.decode()
    assert "May we call you back?" in page and not Response.objects.get().completed
    last = client.post(
        first["Location"], {"asked": "call_back", "call_back.reach": "+33 6 12", "call_back.when": "evenings"}
    )
    assert "sorry that it was hard" in client.get(last["Location"]).content.decode()
    assert Response.objects.get().answers["call_back"] == {"reach": "+33 6 12", "when": "evenings"}
    project_all()
    assert [row[:2] for row in rows(workspace)] == [("ces", 2.0)]  # how to reach them is no answer to be counted


def test_the_same_page_sent_many_times_is_one_response(client, contact):
    for _ in range(5):
        client.post(contact, {"key": KEY, "asked": ["effort", "why"], "effort": "7"})
    assert Response.objects.count() == 1


def test_going_back_and_another_way_leaves_the_first_behind(client, workspace, contact):
    first = client.post(contact, {"key": KEY, "asked": ["effort", "why"], "effort": "1"})
    address = first["Location"].partition("?")[0]
    page = client.get(first["Location"]).content.decode()
    assert f'href="{address}?page=0"' in page
    assert 'value="1" checked' in client.get(f"{address}?page=0").content.decode()
    client.post(f"{address}?page=0", {"asked": ["effort", "why"], "effort": "7"})
    assert Response.objects.get().completed
    project_all()
    assert [row[1] for row in rows(workspace)] == [7.0]
    client.post(f"{address}?page=0", {"asked": ["effort", "why"], "effort": "1"})  # what is complete stays
    assert Response.objects.get().answers["effort"] == 7


def test_what_is_missing_is_said_and_nothing_typed_is_lost(client, contact):
    answer = client.post(contact, {"key": KEY, "asked": ["effort", "why"], "why": "<script>alert(1)</script> & more"})
    page = answer.content.decode()
    assert answer.status_code == 200 and "Please answer this one." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page and "<script>" not in page
    assert f'value="{KEY}"' in page and not Response.objects.exists()


@pytest.mark.parametrize("effort", ["0", "8", "x", "1.5", "９", "-1", "7" * 50])
def test_a_score_off_its_scale_is_asked_for_again(client, contact, effort):
    page = client.post(contact, {"key": KEY, "asked": ["effort"], "effort": effort}).content.decode()
    assert "Please choose one of the answers." in page and not Response.objects.exists()


def test_it_speaks_the_respondents_language_and_its_direction(client, workspace, contact):
    arabic = client.get(contact, headers={"Accept-Language": "ar-EG,en;q=0.5"}).content.decode()
    assert 'lang="ar" dir="rtl"' in arabic and "إرسال" in arabic and "Send" not in arabic
    assert "J’ai obtenu facilement" in client.get(f"{contact}?lang=fr").content.decode()
    assert 'lang="en"' in client.get(contact, headers={"Accept-Language": "xx"}).content.decode()
    client.post(contact, {"key": KEY, "lang": "fr", "asked": ["effort", "why"], "effort": "5"})
    project_all()
    assert rows(workspace)[0][3] == "fr"


def test_unknown_closed_and_unpublished_links_say_the_same(client, workspace, contact):
    survey = Survey(workspace=workspace, name="Draft")
    survey.keep(starts()["relationship"][1], by="x")
    draft = Link.objects.create(survey=survey, name="x")
    unknown = client.get("/s/" + "A" * 32)
    link = Link.objects.get(name="Receipt")
    link.close(by="x")
    for address in (contact, f"/s/{draft.token}", "/r/" + "B" * 32):
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            assert (answer.status_code, answer.content) == (404, unknown.content)


def test_a_question_that_comes_up_on_the_same_page_is_asked_before_the_next(client, workspace, ledger):
    link = Link.objects.create(survey=published(workspace, starts()["delivery"][1]), name="x")
    first = client.post(f"/s/{link.token}", {"key": KEY, "asked": ["satisfied", "more"], "satisfied": "2"})
    assert "page=0" in first["Location"]
    page = client.get(first["Location"]).content.decode()
    assert "What went wrong?" in page and 'value="2" checked' in page
    answers = {
        "asked": ["satisfied", "went_wrong", "more"],
        "satisfied": "2",
        "went_wrong": ["late"],
        "went_wrong.other": "the bell",
    }
    last = client.post(first["Location"], answers)
    assert (
        Response.objects.get().answers["went_wrong"] == ["late", {"other": "the bell"}]
        and Response.objects.get().completed
    )
    assert client.get(last["Location"]).status_code == 200
    project_all()
    assert [(row[0], row[2]) for row in rows(workspace)] == [("csat", ""), ("", ""), ("", "the bell")]


def test_what_was_left_in_the_middle_counts_after_an_hour_and_once_when_it_is_finished(client, workspace, contact):
    first = client.post(contact, {"key": KEY, "asked": ["effort", "why"], "effort": "3"})
    response, now = Response.objects.get(), timezone.now()
    assert not finalise(response, now=now)
    assert finalise(response, now=now + timedelta(minutes=61)) and not finalise(response, now=now + timedelta(hours=2))
    project_all()
    assert [row[1] for row in rows(workspace)] == [3.0]
    address = first["Location"].partition("?")[0]
    client.post(
        f"{address}?page=0", {"asked": ["effort", "why"], "effort": "2"}
    )  # they come back after all, and leave again
    later = timezone.now() + timedelta(minutes=61)
    assert finalise(Response.objects.get(), now=later) and not finalise(Response.objects.get(), now=later)
    project_all()
    assert [row[1] for row in rows(workspace)] == [2.0]
    client.post(first["Location"], {"asked": ["call_back"]})
    assert Response.objects.get().completed
    project_all()
    assert [row[1] for row in rows(workspace)] == [2.0]


def test_somebody_of_ours_trying_it_out_never_counts(client, workspace, contact):
    given = {"key": KEY, "trial": "1", "asked": ["effort", "why"], "effort": "7"}
    ours = signed_in(member(workspace, Role.AGENT))
    assert "Trial: what you answer is not counted" in ours.get(f"{contact}?trial=1").content.decode()
    ours.post(contact, given)
    assert Response.objects.get().test and Response.objects.get().completed
    for stranger in (client, signed_in(member(Workspace.found(name="Other"), Role.OWNER, email="o@x.example"))):
        assert "Trial" not in stranger.get(f"{contact}?trial=1").content.decode()
        stranger.post(contact, given | {"key": str(id(stranger)).rjust(30, "k")})
    project_all()
    assert len(rows(workspace)) == 2  # whoever is nobody of ours counts, whatever they say


def test_who_has_begun_goes_on_with_what_they_began(client, workspace, contact):
    first = client.post(contact, {"key": KEY, "asked": ["effort", "why"], "effort": "2"})
    survey = Survey.objects.get()
    survey.keep(starts()["relationship"][1], by="x")
    assert survey.publish(by="x").number == 2 and survey.publish(by="x").number == 2
    assert "May we call you back?" in client.get(first["Location"]).content.decode()
    assert "recommend us" in client.get(contact).content.decode()


def test_the_whole_page_is_small_and_comes_from_here_alone(client, contact):
    from django.contrib.staticfiles import finders

    page = client.get(contact).content
    sheets = [Path(finders.find(f"listening/{name}.css")).read_bytes() for name in ("survey", "page")]
    assert len(page) + sum(map(len, sheets)) < 30_000
    assert b"http" not in page and b"<script" not in page


def test_piped_answers_are_plain_text(client, workspace, ledger):
    content = read({
        "languages": ["en"], "title": {"en": "Hello"},
        "pages": [{"questions": [{"id": "who", "kind": "text", "text": {"en": "Your name?"}}]},
                  {"questions": [{"id": "ok", "kind": "csat", "text": {"en": "Well then, {{ answer.who }}?"}}]}],
    })  # fmt: skip
    link = Link.objects.create(survey=published(workspace, content), name="x")
    first = client.post(f"/s/{link.token}", {"key": KEY, "asked": "who", "who": "<b>{{ answer.who }}</b>"})
    assert "Well then, &lt;b&gt;{{ answer.who }}&lt;/b&gt;?" in client.get(first["Location"]).content.decode()
