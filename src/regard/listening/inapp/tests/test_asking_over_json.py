"""The same survey, the same rules and the same answers as on the page, over JSON."""

import json

import pytest

from regard.ledger.record.project import project_all
from regard.listening.inapp.tests.conftest import published
from regard.listening.inapp.trial import trial_pass
from regard.listening.links.models import Link
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import read
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.listening.widgets.models import Widget
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope

pytestmark = pytest.mark.django_db
KEY = "k" * 32
ALL = {
    "languages": ["en", "ar"], "title": {"en": "Everything", "ar": "كل شيء"},
    "pages": [{"questions": [
        {"id": "n", "kind": "nps", "text": {"en": "?"}, "low": {"en": "no"}, "high": {"en": "yes"}},
        {"id": "s", "kind": "csat", "look": "smileys", "text": {"en": "?"}},
        {"id": "e", "kind": "ces", "text": {"en": "?"}},
        {"id": "x", "kind": "expectation", "text": {"en": "?"}},
        {"id": "f", "kind": "emotion", "text": {"en": "?"}},
        {"id": "m", "kind": "matrix", "text": {"en": "?"}, "rows": [{"id": "a", "text": {"en": "A"}}, {"id": "b", "text": {"en": "B"}}]},
        {"id": "one", "kind": "choice", "text": {"en": "?"}, "options": [{"id": "a", "text": {"en": "A"}}, {"id": "b", "text": {"en": "B"}}]},
        {"id": "many", "kind": "choice", "how": "many", "other": True, "most": 2, "text": {"en": "?"},
         "options": [{"id": "a", "text": {"en": "A"}}, {"id": "b", "text": {"en": "B"}}]},
        {"id": "rank", "kind": "choice", "how": "ranked", "text": {"en": "?"},
         "options": [{"id": "a", "text": {"en": "A"}}, {"id": "b", "text": {"en": "B"}}]},
        {"id": "t", "kind": "text", "most": 10, "text": {"en": "?"}},
        {"id": "num", "kind": "number", "low": 1, "high": 9, "whole": True, "text": {"en": "?"}},
        {"id": "d", "kind": "date", "text": {"en": "?"}},
        {"id": "c", "kind": "consent", "purpose": "research", "text": {"en": "?"}},
        {"id": "reach", "kind": "contact", "text": {"en": "?"}},
        {"id": "read", "kind": "statement", "text": {"en": "Read this."}},
    ]}],
}  # fmt: skip
GIVEN = {
    "n": 9, "s": 5, "e": 1, "x": -1, "f": 2, "m": {"a": 1, "b": 5}, "one": "b", "many": ["a", {"other": "else"}], "rank": ["b", "a"],
    "t": "Hello", "num": 7, "d": "2026-11-22", "c": False, "reach": {"reach": "+33 6 12", "when": "evenings"},
}  # fmt: skip


def post(client, path, **sent):
    return client.post(f"/inapp/v1/{path}", json.dumps(sent), content_type="text/plain")


def rows(workspace):
    sql = "select metric, score, text, channel from ledger where $scope and kind = 'answer' order by metric desc, text"
    return warehouse().select(Scope(workspace.pk), sql)


def test_the_first_page_says_all_that_an_app_needs_and_records_nothing(client, widget):
    answer = client.get(f"/inapp/v1/surveys/{widget.key}?language=fr")
    told = answer.json()
    assert (told["language"], told["direction"], told["colour"], told["on_colour"]) == ("fr", "ltr", "#7a1f5c", "#fff")
    assert told["say"]["send"] == "Envoyer" and told["languages"]["fr"] == "français" and told["version"] == 1
    effort, why = told["page"]["questions"]
    assert (effort["id"], effort["kind"], effort["required"]) == ("effort", "ces", True)
    assert effort["picks"][0] == {"value": 1, "text": "1", "face": ""} and len(effort["picks"]) == 7 and effort["low"]
    assert why["kind"] == "text" and why["long"] is True
    assert client.get(f"/inapp/v1/surveys/{widget.key}?language=ar").json()["direction"] == "rtl"
    assert not Response.objects.exists() and not answer.cookies
    assert (answer["Cache-Control"], answer["Access-Control-Allow-Origin"]) == ("no-store", "*")


def test_answers_of_two_pages_are_one_response_and_stand_in_the_ledger(client, workspace, widget):
    first = post(client, f"surveys/{widget.key}", key=KEY, answers={"effort": 2, "why": "Slow"}).json()
    assert first["thanks"] is None and first["page"]["questions"][0]["kind"] == "contact" and first["page"]["back"] == 0
    assert first["identified"] is False
    back = client.get(f"/inapp/v1/responses/{first['response']}?page=0").json()
    assert back["page"]["questions"][0]["answer"] == 2
    last = post(
        client, f"responses/{first['response']}", page=first["page"]["number"], answers={"call_back": None}
    ).json()
    assert last["page"] is None and "sorry that it was hard" in last["thanks"]["text"]
    response = Response.objects.get()
    assert response.completed and (response.channel, response.unit, response.widget) == ("web", workspace.root, widget)
    project_all()
    assert rows(workspace) == [("ces", 2.0, "Slow", "web")]
    assert post(client, f"responses/{first['response']}", page=0, answers={"effort": 7}).json()["thanks"]
    assert Response.objects.get().answers["effort"] == 2  # what is complete stays


def test_every_kind_of_question_is_answered_as_it_is_kept(client, workspace, ledger):
    widget = Widget.objects.create(survey=published(workspace, read(ALL)), name="x")
    asked = {one["id"]: one for one in client.get(f"/inapp/v1/surveys/{widget.key}").json()["page"]["questions"]}
    assert [one["value"] for one in asked["c"]["picks"]] == [True, False]
    assert [one["value"] for one in asked["f"]["picks"]] == [-2, -1, 0, 1, 2] and asked["f"]["picks"][0]["face"] == "😞"
    assert asked["m"]["rows"] == [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}] and len(asked["m"]["picks"]) == 5
    assert [one["id"] for one in asked["rank"]["options"]] == ["a", "b"]
    assert post(client, f"surveys/{widget.key}", key=KEY, answers=GIVEN).json()["thanks"]
    assert Response.objects.get().answers == GIVEN


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("n", 11, "one of the answers"), ("n", [1], "one of the answers"), ("n", {"a": 1}, "one of the answers"), ("n", True, "one of the"),
        ("m", 3, "one of the answers"), ("m", {"a": 9}, "one of the answers"), ("m", {"a": [1]}, "one of the answers"),
        ("one", "z", "one of the answers"), ("one", 5, "one of the answers"), ("one", {"other": "x"}, "one of the answers"),
        ("many", ["a", "b", "other"], "at most 2"), ("many", [["a"]], "one of the answers"), ("rank", ["a", "a"], "each number once"),
        ("rank", "a", "one of the answers"), ("rank", ["z"], "one of the answers"), ("t", "x" * 11, "longer than 10"), ("t", ["x"], "answer this"),
        ("num", 1.5, "whole number"), ("num", 10, "at most 9"), ("num", "many", "whole number"), ("d", "tomorrow", "Please give a day"),
        ("d", 3, "Please give a day"), ("reach", {"when": "now"}, "how we can reach you"), ("reach", "me", "how we can reach you"),
    ],
)  # fmt: skip
def test_a_wrong_answer_comes_back_as_a_sentence_and_nothing_begins(client, workspace, ledger, question, answer, said):
    widget = Widget.objects.create(survey=published(workspace, read(ALL)), name="x")
    told = post(client, f"surveys/{widget.key}", key=KEY, language="en", answers={question: answer})
    assert (
        told.status_code == 422
        and list(told.json()["errors"]) == [question]
        and said in told.json()["errors"][question]
    )
    assert not Response.objects.exists()


def test_what_must_be_answered_and_was_not_is_said_in_their_language(client, widget):
    told = post(client, f"surveys/{widget.key}", key=KEY, language="fr", answers={"why": "x"})
    assert told.status_code == 422 and told.json()["errors"] == {"effort": "Merci de répondre à cette question."}


def test_on_a_later_page_what_can_be_taken_is_not_lost(client, workspace, ledger):
    page = {"questions": [{"id": "first", "kind": "nps", "text": {"en": "?"}}]}
    widget = Widget.objects.create(survey=published(workspace, read(ALL | {"pages": [page, *ALL["pages"]]})), name="x")
    token = post(client, f"surveys/{widget.key}", key=KEY, answers={"first": 1}).json()["response"]
    told = post(client, f"responses/{token}", page=1, answers={"n": 3, "one": 7, "num": 99})
    assert told.status_code == 422 and told.json()["errors"].keys() == {"one", "num"}
    assert Response.objects.get().answers == {"first": 1, "n": 3} and not Response.objects.get().completed


def test_the_same_page_sent_many_times_here_and_on_the_survey_page_is_one_response(client, workspace, ledger):
    link = Link.objects.create(survey=published(workspace, starts()["after_contact"][1]), name="x")
    for _ in range(3):
        post(client, f"surveys/{link.token}", key=KEY, answers={"effort": 7})
    client.post(f"/s/{link.token}", {"key": KEY, "asked": ["effort", "why"], "effort": "7"})
    assert Response.objects.get().completed


def test_a_question_that_comes_up_on_the_same_page_is_asked_before_the_next(client, workspace, ledger):
    widget = Widget.objects.create(survey=published(workspace, starts()["delivery"][1]), name="x")
    first = post(client, f"surveys/{widget.key}", key=KEY, answers={"satisfied": 2}).json()
    assert first["page"]["number"] == 0
    assert [one["id"] for one in first["page"]["questions"]] == ["satisfied", "went_wrong", "more"]
    assert first["page"]["questions"][0]["answer"] == 2
    last = post(
        client, f"responses/{first['response']}", page=0, answers={"satisfied": 2, "went_wrong": ["late"]}
    ).json()
    assert last["thanks"]["text"].startswith("Thank you")


def test_unknown_closed_retired_and_unpublished_keys_say_the_same(client, workspace, widget):
    draft = Survey(workspace=workspace, name="Draft")
    draft.keep(starts()["relationship"][1], by="x")
    unpublished = Widget.objects.create(survey=draft, name="x")
    retired = Widget.objects.create(survey=published(workspace, starts()["delivery"][1], name="Old"), name="x")
    retired.survey.retire(by="x")
    widget.close(by="x")
    told = set()
    for key in ("A" * 32, widget.key, unpublished.key, retired.key):
        path = f"/inapp/v1/surveys/{key}"
        for answer in (
            client.get(path),
            post(client, f"surveys/{key}", key=KEY, answers={}),
            client.get(f"{path}/definition"),
        ):
            told.add((answer.status_code, answer.content))
            assert answer["Access-Control-Allow-Origin"] == "*"
    told.add((client.get("/inapp/v1/responses/none").status_code, client.get("/inapp/v1/responses/none").content))
    assert len(told) == 1 and next(iter(told))[0] == 404


def test_who_has_begun_may_finish_after_the_widget_is_closed(client, widget):
    token = post(client, f"surveys/{widget.key}", key=KEY, answers={"effort": 2}).json()["response"]
    widget.close(by="x")
    assert post(client, f"responses/{token}", page=1, answers={}).json()["thanks"]


def test_who_was_shown_an_older_version_is_read_by_it(client, workspace, widget):
    widget.survey.keep(starts()["relationship"][1], by="x")
    widget.survey.publish(by="x")
    told = post(client, f"surveys/{widget.key}", key=KEY, version=1, answers={"effort": 7})
    assert told.json()["thanks"] and Response.objects.get().version.number == 1
    other = post(client, f"surveys/{widget.key}", key="o" * 32, version=99, answers={"effort": 7})
    assert other.status_code == 422 and "recommend" in other.json()["errors"]


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "{", '{"answers": 3}', '{"key": "short"}', '{"key": "\\u0000aaaaaaaaaaaaaaaaaaaaaaa"}', '{"customer": {}}', "\u00ff\u00fe",
        '{"answers": {"why": ' + "[" * 100_000 + "]" * 100_000 + "}}",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(client, widget, body):
    told = client.post(f"/inapp/v1/surveys/{widget.key}", body, content_type="application/json")
    assert told.status_code == 400 and told.json()["detail"] and not Response.objects.exists()


def test_characters_that_no_database_keeps_are_left_out(client, workspace, ledger):
    widget = Widget.objects.create(survey=published(workspace, read(ALL)), name="x")
    body = '{"key": "%s", "answers": {"t": "a\\u0000b", "reach": {"reach": "x\\u0000"}, "\\u0000": 3}}'.replace(
        "%s", KEY
    )
    assert client.post(f"/inapp/v1/surveys/{widget.key}", body, content_type="application/json").status_code == 200
    assert Response.objects.get().answers == {"t": "ab", "reach": {"reach": "x", "when": ""}}


def test_a_body_that_is_too_large_is_not_read(client, widget):
    told = client.post(f"/inapp/v1/surveys/{widget.key}", "x" * 300_001, content_type="application/json")
    assert told.status_code == 413


def test_a_browser_on_any_site_may_ask_before_it_sends(client, widget):
    told = client.options(f"/inapp/v1/surveys/{widget.key}")
    assert told.status_code == 204 and "POST" in told["Access-Control-Allow-Methods"]
    assert told["Access-Control-Allow-Headers"] == "content-type" and "Access-Control-Allow-Credentials" not in told
    assert client.delete(f"/inapp/v1/surveys/{widget.key}").status_code == 405


def test_the_whole_survey_can_be_fetched_ahead(client, workspace, widget):
    told = client.get(f"/inapp/v1/surveys/{widget.key}/definition").json()
    assert told["version"] == 1 and told["in"].keys() == {"en", "fr", "ar"} == told["languages"].keys()
    first, second = told["in"]["en"]["pages"]
    assert first["show"] is None and [one["id"] for one in first["questions"]] == ["effort", "why"]
    assert second["show"] == {"question": "effort", "op": "<=", "value": 3}
    assert [one["show"] is None for one in told["in"]["en"]["thanks"]] == [False, True]


def test_somebody_of_ours_trying_it_out_never_counts(client, workspace, widget):
    post(client, f"surveys/{widget.key}", key=KEY, answers={"effort": 7}, trial=trial_pass(widget.survey_id))
    assert Response.objects.get().test
    for number, wrong in enumerate(("1", trial_pass(widget.survey_id + 1), trial_pass(widget.survey_id) + "x")):
        post(client, f"surveys/{widget.key}", key=f"{number}" * 32, answers={"effort": 7}, trial=wrong)
    assert Response.objects.filter(test=False).count() == 3
