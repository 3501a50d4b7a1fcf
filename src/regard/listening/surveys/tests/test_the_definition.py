"""What a survey may say, and that it stays the same through text and back."""

import copy

import pytest

from regard.listening.surveys.definition import BadSurvey, read, written
from regard.listening.surveys.starts import starts
from regard.listening.surveys.text import from_text, to_text

TWO = {
    "languages": ["en", "fr"], "title": {"en": "You and us"},
    "pages": [
        {"questions": [{"id": "nps", "kind": "nps", "text": {"en": "Recommend?"}}]},
        {"questions": [{"id": "why", "kind": "text", "text": {"en": "Why?"}, "comments": "nps",
                        "show": {"question": "nps", "op": "<=", "value": 6}}]},
    ],
}  # fmt: skip


def changed(**at):
    """TWO with something else at a place such as pages__0__questions__0__id."""
    given = copy.deepcopy(TWO)
    for path, value in at.items():
        *way, last = path.split("__")
        place = given
        for step in way:
            place = place[int(step)] if step.isdecimal() else place[step]
        place[int(last) if last.isdecimal() else last] = value
    return given


@pytest.mark.parametrize("key", starts())
def test_every_survey_to_begin_with_is_whole_in_all_its_languages(key):
    _name, survey = starts()[key]
    for words, place in survey.texts():
        assert set(words) >= set(survey.languages), place
    assert from_text(to_text(survey)) == survey


def test_text_keeps_the_order_in_which_people_write():
    survey = starts()["after_contact"][1]
    shuffled = dict(sorted(written(survey).items(), key=lambda item: len(item[0])))  # as a database gives it back
    text = to_text(read(shuffled))
    assert text.startswith("languages:\n- en\n- fr\n- ar\ntitle:\n  en: ") and "- id: effort\n    kind: ces\n" in text
    assert text.index("\npages:") < text.index("\nthanks:")


def test_what_is_written_is_read_back_the_same():
    survey = read(TWO)
    assert read(written(survey)) == survey and from_text(to_text(survey)) == survey


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (changed(pages__1__questions__0__id="nps"), "called “nps”"),
        (changed(pages__0__questions__0__id="NPS 1"), "id"),
        (changed(pages__0__questions__0__text={"fr": "x"}), "no text in en"),
        (changed(pages__0__questions__0__kind="colour"), "kind"),
        (changed(pages__1__questions__0__comments="other"), "no question with a score"),
        (changed(pages__0__questions__0__show={"question": "why", "op": "answered"}), "not asked before"),
        (changed(pages__1__show={"question": "nobody", "op": "answered"}), "not asked before"),
        (changed(pages=[]), "pages"),
        (changed(languages=[]), "languages"),
        (changed(title={"en": " "}), "no text in en"),
        (changed(pages__0__questions__0__extra=1), "extra"),
        ({}, "languages"), ([], ""), (None, ""), ("x", ""),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_sentence(given, told):
    with pytest.raises(BadSurvey) as refused:
        read(given)
    assert told.lower() in str(refused.value).lower()


def test_conditions_nested_without_end_are_refused():
    inner = {"question": "nps", "op": "answered"}
    for _ in range(300):
        inner = {"join": "all", "of": [inner]}
    with pytest.raises(BadSurvey):
        read(changed(pages__1__show=inner))


@pytest.mark.parametrize(
    "text", ["", "a: [", "- 1", "x: 2026-02-31", "a: &b [1]\nc: *b", "{" * 5000, "\0", "!!python/object:os.system {}", "a: " + "x" * 500_000]
)  # fmt: skip
def test_text_that_is_no_survey_is_refused_with_a_sentence(text):
    with pytest.raises(BadSurvey) as refused:
        from_text(text)
    assert len(str(refused.value)) < 400
