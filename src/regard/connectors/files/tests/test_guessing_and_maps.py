from pathlib import Path

import msgspec
import pytest

from regard.connectors.files.chunking import sample
from regard.connectors.files.guessing import guess
from regard.connectors.files.import_map import (
    ColumnMap,
    Constants,
    ImportMap,
    ImportMapError,
    check,
    from_yaml,
    to_yaml,
)
from regard.connectors.files.reading import Reading
from regard.connectors.files.sniffing import sniff


def guessed(path, what, names=()):
    reading = sniff(path)
    found = guess(reading, sample(path, reading=reading), what=what, touchpoint_names=names)
    check(found)
    assert from_yaml(to_yaml(found, settled=False)) == found
    return found


def uses(found):
    return {column.column: column.becomes for column in found.columns}


def test_the_airline_survey_has_fourteen_ratings_and_a_yes_or_no(data):
    found = guessed(data("airline_satisfaction/Invistico_Airline.csv"), "answers")
    scores = found.each("score")
    ratings = [c for c in scores if c.scale == (1, 5)]
    assert len(ratings) == 14
    assert all((c.metric, c.not_applicable, c.touchpoint) == ("csat", ["0"], c.column) for c in ratings)
    (overall,) = [c for c in scores if c not in ratings]
    assert (overall.column, overall.touchpoint, overall.scale) == (
        "satisfaction",
        "Overall satisfaction",
        (0, 1),
    )
    assert overall.values == {"satisfied": 1.0, "dissatisfied": 0.0}
    assert {c.column for c in found.each("property")} == {
        "Gender", "Customer Type", "Age", "Type of Travel", "Class", "Flight Distance",
        "Departure Delay in Minutes", "Arrival Delay in Minutes",
    }  # fmt: skip
    assert not found.each("date")


def test_touchpoints_that_are_known_keep_their_spelling(data):
    path = data("airline_satisfaction/Invistico_Airline.csv")
    assert "Seat Comfort" in guessed(path, "answers", ["Seat Comfort"]).touchpoints()


def test_the_tweets_are_verbatims_of_airlines_by_people(data):
    found = guessed(data("airline_tweets/Tweets.csv"), "answers")
    becomes = uses(found)
    assert (becomes["text"], becomes["airline"], becomes["name"]) == ("text", "unit", "user_id")
    assert (becomes["tweet_created"], found.each("date")[0].format) == ("date", "dmy")
    # Its ids were rounded by a spreadsheet: as keys they would merge different tweets.
    assert becomes["tweet_id"] == "property"
    assert becomes["tweet_location"] == becomes["airline_sentiment"] == "property"


def test_the_reviews_are_ratings_with_their_text(data):
    found = guessed(data("amazon_alexa/amazon_alexa.tsv"), "answers")
    (score,) = found.each("score")
    (text,) = found.each("text")
    assert (score.metric, score.scale, text.of) == ("rating", (1, 5), "rating")
    assert uses(found)["date"] == "date"


def test_purchases_without_a_header_are_recognised_by_their_cells(data):
    found = guessed(data("cdnow/CDNOW_sample.txt"), "interactions")
    assert list(uses(found).values()) == ["user_id", "property", "date", "property", "money"]
    assert found.columns[3].named == "quantity"
    assert found.constants.event == "Purchase"


def test_the_help_desk_is_interactions_of_cases(data):
    found = guessed(data("helpdesk/helpdesk.csv"), "interactions")
    assert [(c.column, c.becomes) for c in found.columns] == [
        ("CaseID", "identifier"), ("ActivityID", "event"),
        ("CompleteTimestamp", "date"), ("ActivityID", "touchpoint"),
    ]  # fmt: skip
    assert found.columns[0].named == "case"


def test_the_telecom_customers_have_traits_some_of_them_numbers(data):
    found = guessed(data("telco_churn/WA_Fn-UseC_-Telco-Customer-Churn.csv"), "customers")
    traits = found.each("trait")
    assert uses(found)["customerID"] == "user_id"
    assert len(traits) == 20
    assert {c.column for c in traits if c.number} == {
        "SeniorCitizen",
        "tenure",
        "MonthlyCharges",
        "TotalCharges",
    }


def test_an_effort_score_on_five_points_is_left_to_people(write):
    # Low may be good there (CES 1.0) or bad; the file cannot say.
    found_of = write("date,effort score,comment\n" + "2026-01-31,4,was all right for me\n" * 3)
    reading = sniff(found_of)
    found = guess(reading, sample(found_of, reading=reading), what="answers")
    assert uses(found)["effort score"] == "property"


def test_cells_for_missing_numbers_become_blanks(write):
    path = write("date,nps,age\n2026-01-31,9,NA\n2026-01-30,3,41\n")
    assert "NA" in guessed(path, "answers").blank


def test_the_map_in_the_documentation_is_one():
    page = (Path(__file__).resolve().parents[5] / "docs" / "importing.md").read_text(encoding="utf-8")
    check(from_yaml(page.split("```yaml\n")[1].split("```")[0]))


BASE = ImportMap(
    what="answers",
    reading=Reading(columns=("a", "b", "c")),
    columns=[ColumnMap(column="a", becomes="score", metric="nps", values={"yes": 10, "no": 0})],
    constants=Constants(touchpoint="Bill", date="2026-05-01"),
    blank=["", "no"],
)


def test_words_that_yaml_takes_for_something_else_survive():
    text = to_yaml(BASE)
    assert from_yaml(text) == BASE
    by_hand = (
        "what: answers\nreading: {columns: [a]}\nconstants: {date: 2026-05-01}\nblank: [no, 0]\n"
        "columns:\n- {column: a, becomes: score, metric: csat, scale: [0, 1], "
        "values: {yes: 1, no: 0}, not_applicable: [9]}\n"
    )
    found = from_yaml(by_hand)
    assert found.columns[0].values == {"yes": 1.0, "no": 0.0}
    assert (found.constants.date, found.blank, found.columns[0].not_applicable) == (
        "2026-05-01",
        ["no", 0],
        [9],
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("what: answers\ncolumns: [", "not valid YAML"),
        ("what: opinions\ncolumns: []\n", "Invalid enum value 'opinions'"),
        ("what: answers\ncolumns:\n- {column: a, becomes: scroe}\n", r"columns\[0\].becomes"),
        ("what: answers\ncolumns: []\nfoo: 1\n", "foo"),
        ("just words", "cannot be used"),
        ("what: answers\ncolumns: !!python/object/apply:os.system ['true']\n", "not valid YAML"),
    ],
)
def test_a_map_that_is_none_is_refused_with_its_place(text, sentence):
    with pytest.raises(ImportMapError, match=sentence):
        from_yaml(text)


def changed(**changes):
    return msgspec.structs.replace(BASE, **changes)


@pytest.mark.parametrize(
    ("import_map", "sentence"),
    [
        (changed(columns=[ColumnMap(column="z", becomes="text")]), "which the file does not have"),
        (changed(columns=[ColumnMap(column=c, becomes="date") for c in "ab"]), "cannot be the date"),
        (changed(columns=[ColumnMap(column="a", becomes="score")]), "unknown metric"),
        (
            changed(columns=[ColumnMap(column="a", becomes="score", metric="csat", scale=(5, 1))]),
            "must be lower",
        ),
        (changed(columns=[ColumnMap(column="a", becomes="text", of="b")]), "not a score column"),
        (changed(columns=[ColumnMap(column="a", becomes="property")]), "at least one column"),
        (changed(what="interactions"), "only an import of answers"),
        (changed(what="customers", columns=[ColumnMap(column="a", becomes="trait")]), "identifies them"),
    ],
)
def test_a_map_that_contradicts_itself_is_refused_with_one_sentence(import_map, sentence):
    with pytest.raises(ImportMapError, match=sentence):
        check(import_map)


def test_open_questions_stand_above_the_printed_map(write):
    path = write("when,nps\n05/01/2026,9\n06/02/2026,3\n")
    found = guessed(path, "answers")
    text = to_yaml(found)
    assert text.startswith("# Dates like")
    assert from_yaml(text).reading.questions == ()
    assert len(from_yaml(to_yaml(found, settled=False)).reading.questions) == 1


def test_touchpoints_are_known_by_their_letters(write):
    scores = "\n".join(",".join(str((row + place) % 5 + 1) for place in range(4)) for row in range(20))
    path = write(f"Checkin service,Inflight wifi service,On-board,Leg room service\n{scores}\n")
    names = ["Check-in service", "In-flight wifi", "On-board service", "Seat comfort"]
    found = guessed(path, "answers", names)
    assert [column.touchpoint for column in found.columns] == [*names[:3], "Leg room service"]


@pytest.mark.parametrize(
    ("name", "cells", "becomes"),
    [
        ("who", "C1 C2 C3", "user_id"),
        ("Client", "40718 40719 40720", "user_id"),
        ("member", "0 1 0", "property"),
        ("who", "Ann Bob Cyd", "property"),
        ("client", "a1@x.org b2@x.org c3@x.org", "email"),
    ],
)
def test_people_are_recognised_by_ids_in_their_column(write, name, cells, becomes):
    rows = "".join(f"2026-03-0{day},9,{cell}\n" for day, cell in enumerate(cells.split(), start=1))
    found = guessed(write(f"date,nps,{name}\n{rows}"), "answers")
    assert found.columns[2].becomes == becomes
