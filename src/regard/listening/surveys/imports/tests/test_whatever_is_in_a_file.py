"""Whatever somebody uploads becomes a survey, or a sentence that says what is wrong."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.listening.surveys.definition import read, written
from regard.listening.surveys.imports.take import take_file
from regard.listening.surveys.imports.taking import BadImport
from regard.listening.surveys.imports.tests.made import lss, rows

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
