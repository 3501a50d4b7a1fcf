"""Versions tell in words what changed, and a change that would break a line is told before it goes out."""

import copy

import pytest

from regard.listening.surveys.definition import read, written
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.listening.surveys.versions.compare import compare
from regard.listening.surveys.versions.trend import breaks
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role

DELIVERY = written(starts()["delivery"][1])


def changed(act, given=DELIVERY):
    made = copy.deepcopy(given)
    act(made, {question["id"]: question for page in made["pages"] for question in page["questions"]})
    return read(made)


def told(act):
    return [
        f"{one.place}: {one.text}: “{one.was}” → “{one.now}”".removeprefix(": ")
        for one in compare(read(DELIVERY), changed(act))
    ]


def broken(act):
    return [(one.question, one.text) for one in breaks(changed(act), [read(DELIVERY)])]


def set_at(*way, value):
    def act(given, by_id):
        part = by_id[way[0]]
        for step in way[1:-1]:
            part = part[step]
        part[way[-1]] = value

    return act


def gone(id):
    def act(given, by_id):
        for page in given["pages"]:
            page["questions"] = [one for one in page["questions"] if one["id"] != id]

    return act


def first(given, by_id):
    given["pages"][0]["questions"].insert(0, {"id": "early", "kind": "emotion", "text": {"en": "How do you feel?"}})


def test_nothing_changed_is_nothing_told():
    same = read(copy.deepcopy(DELIVERY))
    assert compare(read(DELIVERY), same) == [] and breaks(same, [read(DELIVERY)]) == []


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (first, "early: is new (Emotion): “” → “How do you feel?”"),
        (gone("more"), "more: is gone: “Anything else?” → “”"),
        (
            set_at("satisfied", "text", "fr", value="Content ?"),
            "satisfied: question (fr): “Êtes-vous satisfait de la livraison ?” → “Content ?”",
        ),
        (set_at("satisfied", "points", value=7), "satisfied: points of the scale: “5” → “7”"),
        (set_at("went_wrong", "required", value=True), "went_wrong: must be answered: “no” → “yes”"),
        (
            set_at("went_wrong", "show", "value", value=2),
            "went_wrong: who is asked: ““How satisfied are you with the delivery?” is at most 3” → “"
            "“How satisfied are you with the delivery?” is at most 2”",
        ),
        (lambda g, q: q["went_wrong"]["options"].pop(), "went_wrong: option “driver” is gone: “The driver” → “”"),
        (
            lambda g, q: q["went_wrong"]["options"].reverse(),
            "went_wrong: order of the options: “late, damaged, missing, driver” → “driver, missing, damaged, late”",
        ),
        (
            lambda g, q: g["pages"][0]["questions"].insert(1, g["pages"][0]["questions"].pop()),
            "went_wrong: stands elsewhere: “page 1, place 2” → “page 1, place 3”",
        ),
        (lambda g, q: g["languages"].append("de"), "speaks de now: “” → “”"),
        (lambda g, q: g["thanks"].append({"text": {"en": "Bye"}}), "thanks 2 is new: “” → “Bye”"),
        (
            lambda g, q: g["about"].update(en="New"),
            "what the answers are for, and who sees them (en): “A minute about how it arrived.” → “New”",
        ),
    ],
)
def test_each_change_is_told_in_words(act, expected):
    assert told(act) == [expected]


@pytest.mark.parametrize(
    ("act", "question", "text"),
    [
        (set_at("satisfied", "points", value=7), "satisfied", "its scale had 5 points and has 7"),
        (set_at("satisfied", "text", "en", value="Are you happy with it?"), "satisfied", "asks in other words (en)"),
        (set_at("satisfied", "high", "fr", value="Assez"), "satisfied", "the highest end means something else (fr)"),
        (set_at("satisfied", "look", value="stars"), "satisfied", "looks different"),
        (set_at("satisfied", "touchpoint", value="Door"), "satisfied", "counts for another touchpoint"),
        (lambda g, q: q["went_wrong"]["options"].pop(), "went_wrong", "“driver” can no longer be chosen"),
        (
            set_at("went_wrong", "options", 0, "text", "en", value="It never came"),
            "went_wrong",
            "“late” means something else (en)",
        ),
        (
            lambda g, q: q["went_wrong"]["options"].append({"id": "rude", "text": {"en": "Rude"}}),
            "went_wrong",
            "offers more (rude)",
        ),
        (set_at("went_wrong", "how", value="one"), "went_wrong", "its options were chosen"),
        (set_at("went_wrong", "show", "value", value=2), "went_wrong", "is asked of others"),
        (
            lambda g, q: g["pages"][0].update(show={"trait": "plan", "op": "known"}),
            "satisfied",
            "is asked of others: was everybody",
        ),
        (first, "satisfied", "comes after early now"),
        (gone("went_wrong"), "went_wrong", "no longer asked"),
    ],
)
def test_what_breaks_a_line_is_told(act, question, text):
    assert any(one == question and text in said for one, said in broken(act)), broken(act)


def test_another_kind_under_the_same_id_is_told():
    def act(given, by_id):
        by_id["satisfied"].update(kind="ces")
        del by_id["satisfied"]["look"]

    assert broken(act) == [("satisfied", "was of the kind “Satisfaction” and is “Effort”: two measures under one name")]


@pytest.mark.parametrize(
    "act",
    [
        set_at("satisfied", "text", "en", value="How satisfied are you with the delivery"),  # a sign
        set_at("satisfied", "text", "de", value="Wie zufrieden sind Sie?"),  # a new language
        set_at("more", "text", "en", value="Something else?"),  # words only
        lambda g, q: g["thanks"].append({"text": {"en": "Bye"}}),
        lambda g, q: g["pages"][0]["questions"].append(
            {"id": "late", "kind": "nps", "text": {"en": "?"}}
        ),  # after all others
    ],
)
def test_what_means_the_same_to_those_who_answer_is_left_alone(act):
    assert broken(act) == []


def test_a_question_that_comes_back_is_compared_with_what_it_was():
    back = changed(set_at("satisfied", "points", value=10))
    pause = read(
        {
            "languages": ["en"],
            "title": {"en": "T"},
            "pages": [{"questions": [{"id": "x", "kind": "date", "text": {"en": "?"}}]}],
        }
    )
    assert any("5 points and has 10" in one.text for one in breaks(back, [pause, read(DELIVERY)]))


@pytest.mark.django_db
def test_on_the_page_versions_are_listed_and_a_new_id_begins_a_new_line(workspace):
    analyst = signed_in(member(workspace, Role.ANALYST))
    survey = Survey(workspace=workspace, name="Delivery")
    survey.keep(read(DELIVERY), by="x")
    page = analyst.get(f"/surveys/{survey.pk}/versions").content.decode()
    assert "Nothing is published yet" in page
    survey.publish(by="ines@halcyon.example")
    survey.keep(changed(set_at("satisfied", "text", "en", value="Happy <b>now</b>?")), by="x")
    page = analyst.get(f"/surveys/{survey.pk}/versions").content.decode()
    assert (
        "ines@halcyon.example" in page
        and "Happy &lt;b&gt;now&lt;/b&gt;?" in page
        and "From version 1 to the draft" in page
    )
    page = analyst.get(f"/surveys/{survey.pk}").content.decode()
    assert "Numbers before and after cannot be compared" in page and "asks in other words (en)" in page
    analyst.post(f"/surveys/{survey.pk}/edit/renewal", {"question": "satisfied"})
    content = Survey.objects.get(pk=survey.pk).content
    assert [one.id for one in content.questions()] == ["happy_b_now_b", "went_wrong", "more"]
    assert content.question("went_wrong").show.question == "happy_b_now_b" == content.question("more").comments
    page = analyst.get(f"/surveys/{survey.pk}").content.decode()
    assert "asks in other words" not in page and "its line ends here" in page
    survey.refresh_from_db()
    survey.publish(by="x")
    page = analyst.get(f"/surveys/{survey.pk}/versions?old=2&new=1").content.decode()
    assert "From version 2 to version 1" in page
    for odd in ("?old=9&new=x", "?old=1&new=1", "?old=draft&new=draft"):
        assert analyst.get(f"/surveys/{survey.pk}/versions{odd}").status_code == 200
