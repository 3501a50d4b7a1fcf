"""What robots and a careful colleague find before customers do."""

import pytest

from regard.listening.surveys.definition import read
from regard.listening.surveys.lint import lint
from regard.listening.surveys.starts import starts
from regard.listening.surveys.walk import MOST_WALKS, walk


def survey(*pages, thanks=(), languages=("en",)):
    return read(
        {
            "languages": list(languages),
            "title": {"en": "T"},
            "pages": [{"questions": list(page)} for page in pages],
            "thanks": list(thanks),
        }
    )


def q(id, kind="nps", text="Recommend us?", **more):
    return {"id": id, "kind": kind, "text": {"en": text}, **more}


@pytest.mark.parametrize("key", starts())
def test_the_surveys_to_begin_with_have_no_dead_ends_and_no_faults(key):
    content = starts()[key][1]
    walked = walk(content)
    assert walked.whole and not walked.never and not walked.unthanked and not walked.empty
    assert lint(content) == []


def test_robots_take_every_way_and_name_what_nobody_comes_to():
    content = survey(
        [q("a", required=True)],
        [
            q("low", show={"question": "a", "op": "<=", "value": 6}),
            q("high", show={"question": "a", "op": ">=", "value": 9}),
        ],
        [
            q(
                "both",
                show={
                    "join": "all",
                    "of": [{"question": "low", "op": "answered"}, {"question": "high", "op": "answered"}],
                },
            )
        ],
        thanks=[{"text": {"en": "x"}, "show": {"question": "a", "op": ">=", "value": 7}}],
    )
    walked = walk(content)
    assert walked.never == ("both",) and walked.longest == 2
    assert 0 < walked.unthanked < walked.walks


def test_a_survey_that_asks_somebody_nothing_says_so():
    content = survey([q("a", show={"trait": "plan", "op": "is", "value": "fibre"})])
    walked = walk(content)
    assert walked.empty and not walked.never  # who has the plan is asked


def test_ways_without_end_are_cut_off():
    many = [q(f"q{n}", "choice", options=[{"id": x, "text": {"en": x}} for x in "abc"]) for n in range(20)]
    gates = [q(f"g{n}", "text", show={"question": f"q{n}", "op": "is", "value": "b"}) for n in range(20)]
    walked = walk(survey(many, gates))
    assert walked.walks >= MOST_WALKS and not walked.whole and not walked.never  # chance takes the robots to the rest


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (q("a", text="Don't you agree that it was good?"), "hope for"),
        (q("a", text="How great was our service?"), "hope for"),
        (q("a", "csat", text="Were we quick and friendly?"), "two things"),
        (q("a", text="x" * 150), "is long"),
        (q("a", text=" ".join(["word"] * 27)), "hard to read"),
        (q("a", "choice", options=[{"id": f"o{n}", "text": {"en": "x"}} for n in range(13)]), "13 options"),
        (q("a", "text"), "No question has a score"),
    ],
)
def test_wording_that_spoils_answers_is_pointed_out(question, told):
    assert any(told in one.text for one in lint(survey([question])))


def test_what_is_well_said_is_left_alone():
    assert lint(survey([q("a", text="How likely are you to recommend us?")], [q("why", "text", text="Why?")])) == []


def test_many_questions_a_missing_language_and_a_pale_colour():
    told = [one.text for one in lint(survey([q(f"q{n}") for n in range(9)], languages=("en", "fr")), colour="#777777")]
    assert any("9 questions" in one for one in told) and any("not there in fr" in one for one in told)
    assert not lint(survey([q("a")]), colour="#0d5c63")
