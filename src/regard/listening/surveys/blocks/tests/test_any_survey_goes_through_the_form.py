"""Whatever a survey says, each of its parts goes into the form and out of it the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.listening.surveys.blocks.change import called, doubled, moved, with_question, without_question
from regard.listening.surveys.blocks.form import condition, posted, question_from, question_parts
from regard.listening.surveys.definition import BadSurvey, faults, read, written
from regard.listening.surveys.text import from_text, to_text

TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(
    lambda text: text.strip() or "x"
)
WORDS = st.fixed_dictionaries({"en": TEXT}, optional={"fr": TEXT, "pt-BR": TEXT})
MAYBE = st.one_of(st.just({}), WORDS)
IDS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
OPTIONS = st.lists(
    st.fixed_dictionaries({"id": IDS.filter(lambda id: id != "other"), "text": WORDS}),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one["id"],
)
ENDS = {"low": MAYBE, "high": MAYBE}
KINDS = {
    "nps": ENDS,
    "ces": ENDS,
    "expectation": {},
    "emotion": {},
    "date": {},
    "contact": {},
    "statement": {},
    "csat": {
        **ENDS,
        "points": st.sampled_from([3, 5, 7, 10]),
        "look": st.sampled_from(["numbers", "stars", "smileys"]),
    },
    "matrix": {**ENDS, "rows": OPTIONS, "points": st.sampled_from([3, 5, 7, 10])},
    "choice": {
        "options": OPTIONS,
        "how": st.sampled_from(["one", "many", "ranked"]),
        "other": st.booleans(),
        "shuffle": st.booleans(),
        "most": st.none() | st.integers(1, 100),
    },
    "text": {"long": st.booleans(), "most": st.integers(1, 20_000)},
    "number": {
        "low": st.none() | st.integers(-99, 99),
        "high": st.none() | st.integers(-99, 99),
        "whole": st.booleans(),
    },
    "consent": {"purpose": st.just("news")},
    "file": {"takes": st.sampled_from(["photos", "documents"])},
}
QUESTION = st.sampled_from(sorted(KINDS)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {
            "id": IDS,
            "kind": st.just(kind),
            "text": WORDS,
            "help": MAYBE,
            "required": st.booleans() if kind != "statement" else st.just(False),
            **KINDS[kind],
        }
    )
)


@st.composite
def surveys(draw):
    questions = draw(st.lists(QUESTION, min_size=1, max_size=6, unique_by=lambda one: one["id"]))
    for place, question in enumerate(questions):
        asked = [one for one in questions[:place] if one["kind"] in ("nps", "csat", "ces")]
        if asked and draw(st.booleans()):
            says = [
                {"question": one["id"], "op": draw(st.sampled_from(["<=", ">=", "is", "answered"]))} for one in asked
            ]
            for one in says:
                if one["op"] != "answered":
                    one["value"] = draw(st.integers(1, 3))
            question["show"] = (
                says[0] if len(says) == 1 else {"join": draw(st.sampled_from(["all", "any", "none"])), "of": says}
            )
    cut = draw(st.integers(1, len(questions)))
    pages = [{"questions": part} for part in (questions[:cut], questions[cut:]) if part]
    return read({"languages": ["en", "fr", "pt-BR"], "title": draw(WORDS), "pages": pages})


def filled(question, survey):
    """What a browser would post of the form as it was opened."""
    post = {}
    for part in question_parts(question, survey, {}, purposes={"news": "News"}, touchpoints=[]):
        for box in part.boxes:
            post[box.name] = box.value
        for item in part.items:
            post[f"{item.at}.id"] = item.key
            post |= {box.name: box.value for box in item.boxes}
        if part.takes in ("line", "number", "pick") or (part.takes == "check" and part.value):
            post[part.name] = part.value
    rows = condition(question, survey, {}, before=list(survey.questions()))
    post["show.join"] = rows.join
    for row in rows.rows:
        post |= {f"{row.at}.what": row.what, f"{row.at}.op": row.op, f"{row.at}.value": row.value}
    return post


@settings(max_examples=150, deadline=None)
@given(surveys())
def test_form_and_back(survey):
    given = written(survey)
    assert read(given) == survey and from_text(to_text(survey)) == survey and faults(given) == []
    for page in given["pages"]:
        for question in page["questions"]:
            back = question_from(posted(filled(question, survey)), question, survey, set())
            assert read(with_question(given, back, page=0)) == survey


@settings(max_examples=100, deadline=None)
@given(surveys(), st.data())
def test_verbs_lose_no_question_and_leave_what_can_be_read(survey, data):
    given = written(survey)
    ids = [question.id for question in survey.questions()]
    id = data.draw(st.sampled_from(ids))
    for step in (-1, 1):
        assert sorted(q["id"] for page in moved(given, id, step)["pages"] for q in page["questions"]) == sorted(ids)
    made, copy = doubled(given, id, language="en")
    assert copy not in ids and read(made).question(copy).text == survey.question(id).text
    assert (
        read(called(given, id, "quite_new")).question("quite_new")
        and read(called(called(given, id, "quite_new"), "quite_new", id)) == survey
    )
    if len(ids) > 1:
        assert read(without_question(given, id)).question(id) is None


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(
            r"(text|help|options|rows|show|low|most|points|purpose|link)(\.([0-9]{1,3}|en|of|id|text|op|value|what|join|kept)){0,4}",
            fullmatch=True,
        ),
        TEXT,
        max_size=12,
    ),
    st.sampled_from(sorted(KINDS)),
)
def test_whatever_is_posted_is_a_survey_or_a_sentence(post, kind):
    survey = read(
        {
            "languages": ["en"],
            "title": {"en": "T"},
            "pages": [{"questions": [{"id": "a", "kind": "nps", "text": {"en": "?"}}]}],
        }
    )
    made = with_question(
        written(survey), question_from(posted(post), {"kind": kind, "text": {}, "id": "new"}, survey, {"a"}), page=0
    )
    found = faults(made)
    assert all(fault.text for fault in found)
    if found:
        with pytest.raises(BadSurvey):
            read(made)
    else:
        read(made)
