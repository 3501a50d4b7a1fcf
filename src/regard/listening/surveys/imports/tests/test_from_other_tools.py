"""Surveys of other tools become ours, and what could not be taken is said in words."""

import html
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.listening.surveys.definition import read, written
from regard.listening.surveys.imports.plain import plain
from regard.listening.surveys.imports.take import take_file
from regard.listening.surveys.imports.taking import BadImport
from regard.listening.surveys.models import Survey
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role


def shown(survey, id):
    """The condition of a question, written out."""
    return next(one.get("show") for page in written(survey)["pages"] for one in page["questions"] if one["id"] == id)


def left(taken):
    return [f"{one.place}: {one.text}" for one in taken.left]


SURVEYJS = {
    "title": {"default": "Your order", "fr": "Votre commande"},
    "description": "Two minutes",
    "completedHtml": "<h3>Thank you</h3>",
    "pages": [
        {
            "name": "p1",
            "elements": [
                {
                    "type": "rating",
                    "name": "nps_score",
                    "title": {"default": "Recommend <b>us</b>?", "fr": "Nous recommander ?"},
                    "isRequired": True,
                    "rateMin": 0,
                    "rateMax": 10,
                    "minRateDescription": "No",
                    "maxRateDescription": "Yes",
                },
                {"type": "rating", "name": "stars", "title": "Stars", "rateType": "stars"},
                {"type": "rating", "name": "odd", "title": "Of four", "rateMax": 4},
                {
                    "type": "radiogroup",
                    "name": "how",
                    "title": "How did you order?",
                    "hasOther": True,
                    "choices": [{"value": "web", "text": {"default": "Web", "fr": "Site"}}, "phone"],
                },
                {
                    "type": "panel",
                    "name": "inner",
                    "visibleIf": "{how} = 'web'",
                    "elements": [
                        {
                            "type": "checkbox",
                            "name": "pages",
                            "title": "Which pages?",
                            "choices": ["a", "b"],
                            "visibleIf": "{nps_score} < 7",
                        }
                    ],
                },
            ],
        },
        {
            "name": "p2",
            "visibleIf": "{pages} contains 'a' or {nps_score} >= 9",
            "elements": [
                {"type": "comment", "name": "why", "title": "Why?", "visibleIf": "{how} notempty"},
                {"type": "text", "name": "mail", "title": "Mail", "inputType": "email"},
                {"type": "text", "name": "age", "title": "Age", "inputType": "number", "min": 1},
                {"type": "text", "name": "day", "title": "Day", "inputType": "date"},
                {"type": "boolean", "name": "again", "title": "Again?"},
                {"type": "ranking", "name": "rank", "title": "Rank", "choices": ["x", "y"]},
                {
                    "type": "matrix",
                    "name": "parts",
                    "title": "Rate",
                    "columns": ["bad", "so", "good"],
                    "rows": [{"value": "r1", "text": "Speed"}, "Price"],
                },
                {"type": "matrix", "name": "four", "title": "Rate", "columns": [1, 2, 3, 4], "rows": ["One"]},
                {"type": "html", "name": "note", "html": "<p>Read<br>this</p><script>alert(1)</script>"},
                {"type": "file", "name": "photo", "title": "Your photo"},
                {"type": "text", "name": "odd2", "title": "?", "visibleIf": "age({x}) > 3"},
            ],
        },
    ],
}


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
    assert "Your photo: is of the kind “file”, which is not known here" in told
    assert any(one.startswith("?: its condition is not taken over") and "age({x}) > 3" in one for one in told)
    assert any("Of four: its scale is none of ours" in one for one in told) and any(
        "“email” is not checked" in one for one in told
    )


def qsf(*questions, flow=None, blocks=None, language="EN"):
    ids = [one["QuestionID"] for one in questions]
    blocks = blocks or [
        {"Type": "Default", "ID": "BL_1", "BlockElements": [{"Type": "Question", "QuestionID": id} for id in ids]}
    ]
    elements = [
        {"Element": "BL", "Payload": blocks},
        {"Element": "FL", "Payload": {"Type": "Root", "Flow": flow or [{"Type": "Block", "ID": "BL_1"}]}},
        *({"Element": "SQ", "PrimaryAttribute": one["QuestionID"], "Payload": one} for one in questions),
    ]
    return json.dumps(
        {"SurveyEntry": {"SurveyName": "Care", "SurveyLanguage": language}, "SurveyElements": elements}
    ).encode()


def q(id, kind, selector, text="Text?", **more):
    return {
        "QuestionID": id,
        "QuestionType": kind,
        "Selector": selector,
        "QuestionText": text,
        "DataExportTag": id,
        "Language": [],
        **more,
    }


def displays(*texts):
    return {str(n): {"Display": text} for n, text in enumerate(texts, 1)}


def logic(qid, operator, locator="", right=""):
    one = {"LogicType": "Question", "QuestionID": qid, "Operator": operator, "Type": "Expression"}
    return {
        "0": {
            "0": one | ({"ChoiceLocator": locator} if locator else {}) | ({"RightOperand": right} if right else {}),
            "Type": "If",
        },
        "Type": "BooleanExpression",
    }


def test_qualtrics():
    forced = {"Settings": {"ForceResponse": "ON", "ForceResponseType": "ON"}}
    taken = take_file(
        qsf(
            q(
                "QID1",
                "MC",
                "NPS",
                "How likely&nbsp;are you to <em>recommend</em> us?",
                Validation=forced,
                ColumnLabels=[{"Display": "Not"}, {"Display": "Very"}],
            ),
            q(
                "QID2",
                "MC",
                "SAVR",
                "Which way?",
                Choices={**displays("Phone", "Chat"), "4": {"Display": "Other", "TextEntry": "true"}},
                ChoiceOrder=["2", 1, "4"],
                Language={
                    "FR": {
                        "QuestionText": "Par quel moyen ?",
                        "Choices": {"1": {"Display": "Téléphone"}, "2": {"Display": "Chat"}},
                    }
                },
            ),
            q(
                "QID3",
                "MC",
                "MAVR",
                "What was good?",
                Choices=displays("Speed", "Tone"),
                DisplayLogic=logic("QID2", "Selected", "q://QID2/SelectableChoice/1"),
            ),
            q("QID4", "TE", "ML", "Why?", DisplayLogic=logic("QID1", "LessThan", "q://QID1/ChoiceValue", "7")),
            q(
                "QID5",
                "Matrix",
                "Likert",
                "Rate",
                SubSelector="SingleAnswer",
                Choices=displays("A", "B"),
                Answers=displays("Bad", "2", "3", "4", "Good"),
                QuestionJS="x()",
            ),
            q("QID6", "RO", "DND", "Rank", Choices=displays("X", "Y")),
            q("QID7", "TE", "SL", "How many?", Validation={"Settings": {"ContentType": "ValidNumber"}}),
            q("QID8", "DB", "TB", "<div>Hello</div><style>p{}</style>"),
            q("QID9", "FileUpload", "FileUpload", "Photo"),
            q("QID10", "TE", "FORM", "You", Choices=displays("Street", "Town")),
            q(
                "QID11",
                "Slider",
                "HSLIDER",
                "Slide",
                Choices=displays("S"),
                Configuration={"CSSliderMin": 0, "CSSliderMax": 50},
            ),
            q(
                "QID12",
                "TE",
                "ML",
                "Hi ${e://Field/Name}",
                DisplayLogic={"0": {"0": {"LogicType": "EmbeddedField", "Operator": "EqualTo"}, "Type": "If"}},
            ),
            q("QID13", "MC", "SAVR", "In the bin", Choices=displays("A")),
            blocks={
                "1": {
                    "Type": "Default",
                    "ID": "BL_1",
                    "BlockElements": [
                        {"Type": "Question", "QuestionID": "QID1"},
                        {"Type": "Page Break"},
                        *({"Type": "Question", "QuestionID": f"QID{n}"} for n in range(2, 10)),
                    ],
                },
                "2": {
                    "Type": "Standard",
                    "ID": "BL_2",
                    "Description": "Second",
                    "BlockElements": [{"Type": "Question", "QuestionID": f"QID{n}"} for n in (10, 11, 12)],
                },
                "3": {"Type": "Trash", "ID": "BL_3", "BlockElements": [{"Type": "Question", "QuestionID": "QID13"}]},
            },
            flow=[
                {"Type": "Standard", "ID": "BL_1"},
                {"Type": "Branch", "Flow": [{"Type": "Block", "ID": "BL_2"}]},
                {"Type": "EndSurvey"},
            ],
        )
    )
    survey = taken.survey
    assert (taken.tool, taken.name, survey.languages, len(survey.pages)) == ("Qualtrics", "Care", ("en", "fr"), 3)
    listed = [(one.kind, one.text["en"]) for one in survey.questions()]
    assert listed == [
        ("nps", "How likely are you to recommend us?"),
        ("choice", "Which way?"),
        ("choice", "What was good?"),
        ("text", "Why?"),
        ("matrix", "Rate"),
        ("choice", "Rank"),
        ("number", "How many?"),
        ("statement", "Hello"),
        ("text", "Street"),
        ("text", "Town"),
        ("number", "Slide"),
        ("text", "Hi ${e://Field/Name}"),
    ]
    ids = [one.id for one in survey.questions()]
    assert ids[:4] == ["likely_recommend", "which_way", "good", "why"]
    way = survey.question("which_way")
    assert (
        [one.text["en"] for one in way.options] == ["Chat", "Phone"]
        and way.other
        and way.options[1].text["fr"] == "Téléphone"
    )
    assert (
        survey.question("likely_recommend").required
        and survey.question("likely_recommend").high == {"en": "Very"}
        and not way.required
    )
    assert shown(survey, "good") == {"question": "which_way", "value": "phone"} and shown(survey, "why") == {
        "question": "likely_recommend",
        "op": "<=",
        "value": 6,
    }
    assert survey.question("rate").points == 5 and survey.question("rate").high == {"en": "Good"}
    told = left(taken)
    for expected in (
        "Photo: is of the kind “a file”",
        "Rate: its script",
        "Second: stands in a branch",
        "“EndSurvey” is not taken over",
        "a slider became a number from 0 to 50",
        "Hi ${e://Field/Name}: its condition is not taken over",
        "must be written anew",
        "Rate: became a scale from 1 (Bad) to 5 (Good)",
    ):
        assert any(expected in one for one in told), (expected, told)


def test_what_exports_of_qualtrics_do_in_practice():
    scores = [{"Display": str(n)} for n in range(11)]  # a list where keys count up from 0, an object elsewhere
    many = {"Settings": {"ForceResponse": "OFF", "ForceResponseType": "ON", "Type": "ChoiceRange", "MaxChoices": "2"}}
    two = logic("QID1", "Selected", "q://QID1/SelectableChoice/9")
    two["0"]["1"] = two["0"]["0"] | {"ChoiceLocator": "q://QID1/SelectableChoice/10", "Conjuction": "Or"}
    elements = [
        {"Type": "Question", "QuestionID": "QID1", "SkipLogic": [{"Condition": "Selected"}]},
        {"Type": "Question", "QuestionID": "QID2"},
    ]
    taken = take_file(
        qsf(
            q("QID1", "MC", "NPS", "Recommend?", Choices=scores, ChoiceOrder=[str(n) for n in range(11)]),
            q("QID2", "MC", "MAVR", "Which?", Choices=displays("A", "B", "C"), Validation=many, DisplayLogic=two),
            blocks=[{"Type": "Default", "ID": "BL_1", "BlockElements": elements}],
        )
    )
    which = taken.survey.question("which")
    assert (which.most, which.required) == (2, False)
    says = [{"question": "recommend", "value": score} for score in (9, 10)]
    assert shown(taken.survey, "which") == {"join": "any", "of": says}
    assert left(taken) == ["Recommend?: who is skipped or sent away is not taken over"]


def rows(table, *listed):
    cells = ("".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in one.items()) for one in listed)
    return f"<{table}><fields/><rows>{''.join(f'<row>{one}</row>' for one in cells)}</rows></{table}>"


def lss(*tables, languages=("en", "de")):
    spoken = "".join(f"<language>{one}</language>" for one in languages)
    head = '<?xml version="1.0" encoding="UTF-8"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType>'
    return f"{head}<languages>{spoken}</languages>{''.join(tables)}</document>".encode()


def lq(qid, kind, title, order, **more):
    return {
        "qid": qid,
        "parent_qid": 0,
        "gid": 1,
        "type": kind,
        "title": title,
        "mandatory": "N",
        "other": "N",
        "question_order": order,
        "relevance": "1",
        **more,
    }


def test_limesurvey():
    questions = [
        lq(1, "L", "way", 1, mandatory="Y", other="Y"),
        lq(2, "M", "good", 2, relevance='((way.NAOK == "A2"))'),
        lq(3, "T", "Q3", 3, relevance='(good_SQ1.NAOK == "Y")'),
        lq(4, "F", "rates", 4),
        lq(5, "N", "wait", 5),
        lq(6, "D", "day", 6),
        lq(7, "X", "note", 7),
        lq(8, "R", "rank", 8),
        lq(9, "Y", "again", 9),
        lq(10, "5", "five", 10, relevance="wait.NAOK > 5 and !is_empty(day.NAOK)"),
        lq(11, "|", "photo", 11),
        lq(12, "S", "short", 12, relevance='regexMatch("/x/", way)'),
        lq(13, "B", "ten", 13),
        lq(14, "Q", "texts", 14, relevance='(12X1X1.NAOK != "A1")'),
    ]
    texts = {
        1: "Which <b>way</b>?",
        2: "What was good?",
        3: "Why?",
        4: "Rate",
        5: "Minutes?",
        6: "When?",
        7: "Hello",
        8: "Rank",
        9: "Again?",
        10: "Five",
        11: "Photo",
        12: "Short",
        13: "Ten",
        14: "Texts",
    }
    l10n = [{"qid": qid, "question": text, "help": "", "language": "en"} for qid, text in texts.items()] + [
        {"qid": 1, "question": "Welcher Weg?", "language": "de"}
    ]
    below = [
        (2, 21, "SQ1", "Speed"),
        (2, 22, "SQ2", "Tone"),
        (4, 41, "R1", "One"),
        (13, 131, "T1", "Line"),
        (14, 141, "S1", "Street"),
    ]
    answers = [
        (1, 1, "A1", "Phone"),
        (1, 2, "A2", "Chat"),
        (4, 3, "1", "bad"),
        (4, 4, "2", "so"),
        (4, 5, "3", "good"),
        (8, 6, "X", "Xx"),
        (8, 7, "Y", "Yy"),
    ]
    taken = take_file(
        lss(
            rows("surveys", {"sid": 12, "language": "en"}),
            rows("groups", {"gid": 1, "group_order": 0, "grelevance": ""}),
            rows("group_l10ns", {"gid": 1, "group_name": "First", "description": "<p>Welcome</p>", "language": "en"}),
            rows("questions", *questions),
            rows(
                "question_l10ns",
                *l10n,
                *({"qid": id, "question": text, "language": "en"} for _q, id, _c, text in below),
            ),
            rows(
                "subquestions",
                *(
                    {"qid": id, "parent_qid": qid, "title": code, "question_order": n, "scale_id": 0}
                    for n, (qid, id, code, _t) in enumerate(below)
                ),
            ),
            rows(
                "answers",
                *(
                    {"aid": aid, "qid": qid, "code": code, "sortorder": n, "scale_id": 0}
                    for n, (qid, aid, code, _t) in enumerate(answers)
                ),
            ),
            rows(
                "answer_l10ns",
                *({"aid": aid, "answer": text, "language": "en"} for _q, aid, _c, text in answers),
                {"aid": 1, "answer": "Telefon", "language": "de"},
            ),
            rows("question_attributes", {"qid": 5, "attribute": "max_num_value_n", "value": "90"}),
            rows(
                "surveys_languagesettings",
                {
                    "surveyls_language": "en",
                    "surveyls_title": "Care",
                    "surveyls_welcometext": "Hi",
                    "surveyls_endtext": "Bye",
                },
                {"surveyls_language": "de", "surveyls_title": "Betreuung"},
            ),
            rows("quota", {"id": 1}),
        )
    )
    survey = taken.survey
    assert (taken.tool, taken.name, survey.languages, survey.title) == (
        "LimeSurvey",
        "Care",
        ("en", "de"),
        {"en": "Care", "de": "Betreuung"},
    )
    assert {one.id: one.kind for one in survey.questions()} == {
        "group1": "statement",
        "way": "choice",
        "good": "choice",
        "why": "text",
        "rates": "matrix",
        "wait": "number",
        "day": "date",
        "note": "statement",
        "rank": "choice",
        "again": "choice",
        "five": "csat",
        "short": "text",
        "ten": "matrix",
        "texts_s1": "text",
    }
    way = survey.question("way")
    assert (
        way.text == {"en": "Which way?", "de": "Welcher Weg?"}
        and way.required
        and way.other
        and way.options[0].text == {"en": "Phone", "de": "Telefon"}
    )
    assert shown(survey, "good") == {"question": "way", "value": "chat"} and shown(survey, "why") == {
        "question": "good",
        "op": "includes",
        "value": "speed",
    }
    assert shown(survey, "five") == {
        "join": "all",
        "of": [{"question": "wait", "op": ">=", "value": 6}, {"question": "day", "op": "answered"}],
    }
    assert shown(survey, "texts_s1") == {"question": "way", "op": "is not", "value": "phone"}
    assert (
        survey.question("wait").high == 90
        and survey.question("ten").points == 10
        and survey.thanks[0].text == {"en": "Bye"}
    )
    told = left(taken)
    assert "Photo: is of the kind “a file”, which is not known here" in told and any(
        "Short: its condition is not taken over" in one for one in told
    )
    assert any("quotas" in one for one in told)


def test_older_limesurvey_files_have_texts_and_languages_in_the_rows_themselves():
    both = [
        {**lq(5, "O", "way", 1), "question": text, "language": lang} for lang, text in (("en", "Way?"), ("de", "Weg?"))
    ]
    answers = [
        {"qid": 5, "code": "A1", "answer": text, "language": lang, "sortorder": 1}
        for lang, text in (("en", "Phone"), ("de", "Telefon"))
    ]
    groups = [{"gid": 1, "group_name": "G", "group_order": 0, "language": lang} for lang in ("en", "de")]
    survey = take_file(lss(rows("groups", *groups), rows("questions", *both), rows("answers", *answers))).survey
    way = survey.question("way")
    assert way.text == {"en": "Way?", "de": "Weg?"} and [one.text for one in way.options] == [
        {"en": "Phone", "de": "Telefon"}
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa">]><document><LimeSurveyDocType>&a;</LimeSurveyDocType></document>'


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"\x00",
        b"PK\x03\x04",
        b"<",
        b"<html/>",
        BOMB.encode(),
        b"{",
        b"[]",
        b"{}",
        b'"x"',
        b"null",
        b'{"pages": []}',
        b'{"SurveyElements": []}',
        b'{"SurveyElements": [null, 1, {"Element": "SQ"}], "SurveyEntry": 5}',
        b'{"pages": [null, {"elements": [null, 7, {"type": 3}]}]}',
        b"[" * 100_000,
        b'{"elements": ' * 3000 + b"1" + b"}" * 3000,
        lss(),
        b"\xff\xfe{}",
        b'{"elements": [{"type": "rating", "name": "x", "rateMax": 1e400, "rateStep": -1}]}',
    ],
)
def test_what_is_no_survey_is_refused_with_a_sentence(file):
    with pytest.raises(BadImport) as refused:
        take_file(file)
    assert 10 < len(str(refused.value)) < 250


def test_a_huge_file_and_a_huge_survey_are_told():
    with pytest.raises(BadImport, match="10 MB"):
        take_file(b"x" * 10_000_001)
    many = {"elements": [{"type": "comment", "name": f"c{n}", "title": f"Number {n}"} for n in range(130)]}
    taken = take_file(json.dumps(many).encode())
    assert len(list(taken.survey.questions())) == 100 and len(taken.left) == 30


_LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-5, 20)
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(
        ["{a} = 1", "rating", "matrix", "A1", "Y", "MC", "NPS", "Likert", "Matrix", "html", "Question", "QID1", "BL_1"]
    )
)
_KEYS = st.sampled_from(
    [
        "type",
        "name",
        "title",
        "choices",
        "rows",
        "columns",
        "visibleIf",
        "elements",
        "rateMin",
        "rateMax",
        "rateValues",
        "items",
        "default",
        "value",
        "text",
        "isRequired",
        "locale",
        "Element",
        "PrimaryAttribute",
        "Payload",
        "QuestionType",
        "Selector",
        "SubSelector",
        "QuestionText",
        "Choices",
        "Answers",
        "ChoiceOrder",
        "Language",
        "DisplayLogic",
        "0",
        "1",
        "Display",
        "TextEntry",
        "BlockElements",
        "Flow",
        "ID",
        "Type",
        "QuestionID",
        "Validation",
        "Settings",
        "Configuration",
        "Randomization",
        "ColumnLabels",
        "EN",
        "FR",
        "LogicType",
        "Operator",
        "ChoiceLocator",
    ]
)
_TREES = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=8), max_leaves=40
)
_THINGS = st.lists(st.dictionaries(_KEYS, _TREES, max_size=10), max_size=6)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["pages", "elements", "SurveyElements"]),
    _THINGS,
    st.dictionaries(
        st.sampled_from(["title", "locale", "SurveyEntry", "completedHtml", "completedHtmlOnCondition", "description"]),
        _TREES,
    ),
)
def test_whatever_is_in_it_becomes_a_survey_or_a_sentence(name, things, more):
    try:
        taken = take_file(json.dumps({**more, name: things}).encode())
    except BadImport as problem:
        assert str(problem)
    else:
        assert read(written(taken.survey)) == taken.survey


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "qid": st.integers(1, 3),
                "type": st.sampled_from("L!OMPRT5YGNDXQKABFHCE1:;|*IUS"),
                "title": st.sampled_from(["a", "b", "Q1"]),
                "gid": st.integers(1, 2),
                "parent_qid": st.integers(0, 3),
            },
            optional={
                "relevance": st.sampled_from(["1", "0", "(a == 'x')", "a_b.NAOK > 3 or", '12X1X1 == ""', "((("]),
                "question": st.sampled_from(["Text", "<p>", ""]),
                "mandatory": st.just("Y"),
                "question_order": st.sampled_from(["", "-1", "x", "2"]),
            },
        ),
        max_size=8,
    ),
    st.lists(
        st.fixed_dictionaries(
            {"qid": st.integers(1, 3), "code": st.sampled_from(["A1", "", "é"])},
            optional={"answer": st.just("Ja"), "scale_id": st.sampled_from(["0", "1"])},
        ),
        max_size=8,
    ),
)
def test_whatever_is_in_an_lss_becomes_a_survey_or_a_sentence(questions, answers):
    try:
        taken = take_file(
            lss(
                rows("groups", {"gid": 1}, {"gid": 2, "group_order": "x"}),
                rows("questions", *questions),
                rows("subquestions", *questions),
                rows("answers", *answers),
            )
        )
    except BadImport as problem:
        assert str(problem)
    else:
        assert read(written(taken.survey)) == taken.survey


@pytest.mark.parametrize(
    ("given_html", "text"),
    [
        ("a<br/>b", "a\nb"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("x &lt;b&gt; &amp; y", "x <b> & y"),
        ("<script>bad()</script>ok", "ok"),
        ("1 < 2", "1 < 2"),
        ("<img src=x onerror=y>", ""),
        (None, ""),
        (5, "5"),
        ("a\0b", "ab"),
        ("<style>x", ""),
    ],
)
def test_html_becomes_plain_text(given_html, text):
    assert plain(given_html) == text


@pytest.mark.django_db
def test_on_the_page_it_is_looked_at_before_it_is_saved(workspace):
    analyst = signed_in(member(workspace, Role.ANALYST))
    page = analyst.post(
        "/surveys/import", {"file": SimpleUploadedFile("x.json", json.dumps(SURVEYJS).encode())}
    ).content.decode()
    assert (
        "15 questions from SurveyJS can be taken over" in page and "Your photo" in page and not Survey.objects.exists()
    )
    text = page.split('name="text"')[1].split(">", 1)[1].split("</textarea>")[0]
    analyst.post("/surveys/new", {"name": "Your order", "text": html.unescape(text)})
    assert Survey.objects.get().content == take_file(json.dumps(SURVEYJS).encode()).survey
    page = analyst.post(
        "/surveys/import", {"file": SimpleUploadedFile("x.qsf", b"nothing")}, follow=True
    ).content.decode()
    assert "neither JSON nor XML" in page
    assert "Choose a file" in analyst.post("/surveys/import", {}, follow=True).content.decode()
    agent = signed_in(member(workspace, Role.AGENT))
    assert agent.post("/surveys/import", {"file": SimpleUploadedFile("x.json", b"{}")}).status_code == 403
