"""Conditions and ways through a survey come out the same on a device without a network as on the server."""

import json
import random
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from regard.listening.inapp.shapes import definition_shape
from regard.listening.surveys.definition import Condition, read
from regard.listening.surveys.flow import Respondent, holds, kept, next_page, on_the_way, said, thanks
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.testing import browser

CASES = json.loads((Path(__file__).parent / "cases.json").read_text())
FLOW = (Path(__file__).parent.parent / "flow.js").read_text()
WINDING = read({
    "languages": ["en"], "title": {"en": "Winding"},
    "pages": [
        {"questions": [
            {"id": "a", "kind": "nps", "text": {"en": "A"}},
            {"id": "b", "kind": "choice", "how": "many", "other": True, "text": {"en": "B"}, "show": {"question": "a", "op": "<=", "value": 6},
             "options": [{"id": "x", "text": {"en": "Ex"}}, {"id": "y", "text": {"en": "Why"}}]},
        ]},
        {"show": {"question": "b", "op": "includes", "value": "x"},
         "questions": [{"id": "c", "kind": "csat", "text": {"en": "C of {{ answer.b }}"}}]},
        {"questions": [
            {"id": "d", "kind": "text", "text": {"en": "D"}, "show": {"join": "any", "of": [
                {"question": "c", "op": ">=", "value": 4}, {"question": "a", "op": "is", "value": 10}]}},
            {"id": "e", "kind": "consent", "purpose": "p", "text": {"en": "E"}, "show": {"trait": "plan", "op": "unknown"}},
        ]},
        {"show": {"question": "e", "op": "is", "value": "true"}, "questions": [{"id": "f", "kind": "contact", "text": {"en": "F"}}]},
    ],
    "thanks": [{"text": {"en": "{{ answer.b }} {{answer.d}} {{ answer.e }} {{trait.x}} {{ answer.a }}!"},
                "show": {"question": "a", "op": "answered"}}],
})  # fmt: skip
CHOICES = {
    "a": range(11), "b": [["x"], ["y", "x"], ["x", {"other": "z"}], ["other"], [{"other": "z"}]], "c": range(1, 6), "d": ["word", "{{ answer.a }}"],
    "e": [True, False], "f": [{"reach": "me", "when": ""}], "effort": range(1, 8), "why": ["so"], "call_back": [{"reach": "me", "when": ""}],
    "recommend": range(11), "expected": [-1, 0, 1], "satisfied": range(1, 6), "went_wrong": [["late"]], "more": ["x"],
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_on_the_server(case):
    condition = TypeAdapter(Condition).validate_python(case["show"]) if case["show"] else None
    assert holds(condition, case["answers"], Respondent("en")) is case["holds"]


@pytest.mark.browser
def test_on_the_device():
    with browser.page() as page:
        page.add_script_tag(content=FLOW)
        found = page.evaluate("(cases) => cases.map((one) => holds(one.show, one.answers))", CASES)
    assert [case for case, told in zip(CASES, found, strict=True) if told is not case["holds"]] == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_whole_surveys_on_both(workspace):
    rng, told, asked = random.Random(7), [], []
    for number, content in enumerate([WINDING, *(content for _name, content in starts().values())]):
        survey = Survey(workspace=workspace, name=str(number))
        survey.keep(content, by="x")
        definition = definition_shape(survey.publish(by="x"))["in"]["en"]
        for _ in range(150):
            ids = [one.id for one in content.questions() if one.id in CHOICES and rng.random() < 0.6]
            answers = {id: rng.choice(list(CHOICES[id])) for id in ids}
            respondent = Respondent("en")
            counted = kept(content, answers, respondent)
            found = thanks(content, counted, respondent)
            told.append({
                "way": on_the_way(content, answers, respondent), "kept": counted,
                "next": [next_page(content, after, answers, respondent) for after in range(-1, len(content.pages))],
                "thanks": said(found.text, content, respondent, counted) if found else "",
                "texts": [said(one.text, content, respondent, answers) for one in content.questions()],
            })  # fmt: skip
            asked.append({"survey": definition, "answers": answers})
    script = """(asked) => asked.map(({ survey, answers }) => {
        const kept = keptOf(survey.pages, answers), found = thanksFor(survey, kept);
        const next = [-1, ...survey.pages.keys()].map((after) => nextPage(survey.pages, after, answers));
        return { way: wayThrough(survey.pages, answers), kept, next,
                 thanks: found ? piped(found.text, survey.pages, kept) : "",
                 texts: survey.pages.flatMap((page) => page.questions).map((one) => piped(one.text, survey.pages, answers)) };
    })"""
    with browser.page() as page:
        page.add_script_tag(content=FLOW)
        found = page.evaluate(script, json.loads(json.dumps(asked, default=str)))
    assert found == json.loads(json.dumps(told))
