"""Surveys of SurveyJS become ours."""

import json

from regard.listening.surveys.definition import written
from regard.listening.surveys.imports.take import take_file
from regard.listening.surveys.imports.tests.made import SURVEYJS, left, shown


def test_surveyjs():
    taken = take_file(json.dumps(SURVEYJS).encode())
    survey = taken.survey
    assert (taken.tool, taken.name, survey.languages) == ("SurveyJS", "Your order", ("en", "fr"))
    kinds = {one.id: one.kind for one in survey.questions()}
    assert kinds == {
        "nps_score": "nps",
        "stars": "csat",
        "odd": "choice",
        "how": "choice",
        "pages": "choice",
        "why": "text",
        "mail": "text",
        "age": "number",
        "day": "date",
        "again": "choice",
        "rank": "choice",
        "parts": "matrix",
        "four_one": "choice",
        "note": "statement",
        "photo": "file",
        "odd2": "text",
    }
    nps = survey.question("nps_score")
    assert (
        nps.text == {"en": "Recommend us?", "fr": "Nous recommander ?"} and nps.required and nps.high == {"en": "Yes"}
    )
    assert (
        survey.question("stars").look == "stars"
        and survey.question("how").other
        and survey.question("rank").how == "ranked"
    )
    assert survey.question("note").text["en"] == "Read\nthis" and survey.question("how").options[0].text["fr"] == "Site"
    assert shown(survey, "pages") == {
        "join": "all",
        "of": [{"question": "how", "value": "web"}, {"question": "nps_score", "op": "<=", "value": 6}],
    }
    assert written(survey)["pages"][1]["show"] == {
        "join": "any", "of": [{"question": "pages", "op": "includes", "value": "a"}, {"question": "nps_score", "op": ">=", "value": 9}],
    }  # fmt: skip
    assert shown(survey, "why") == {"question": "how", "op": "answered"}
    assert survey.thanks[0].text == {"en": "Thank you"}
    told = left(taken)
    assert "Your photo: photos and PDF documents are taken, one of them; other files are not" in told
    assert any(one.startswith("?: its condition is not taken over") and "age({x}) > 3" in one for one in told)
    assert any("Of four: its scale is none of ours" in one for one in told) and any(
        "“email” is not checked" in one for one in told
    )


def test_a_condition_of_more_comparisons_than_we_join_is_left_out_whole():
    names = [f"q{number}" for number in range(21)]
    asked = [{"type": "rating", "name": name, "title": name} for name in names]
    condition = " and ".join(f"{{{name}}} > 3" for name in names)
    last = {"type": "comment", "name": "why", "title": "Why?", "visibleIf": condition}
    taken = take_file(json.dumps({"pages": [{"elements": asked}, {"elements": [last]}]}).encode())
    assert shown(taken.survey, "why") is None and any("its condition is not taken over" in one for one in left(taken))
