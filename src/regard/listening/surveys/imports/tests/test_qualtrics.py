"""Surveys of Qualtrics become ours."""

from regard.listening.surveys.imports.take import take_file
from regard.listening.surveys.imports.tests.made import displays, left, logic, q, qsf, shown


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
        ("file", "Photo"),
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
        "Photo: photos and PDF documents are taken",
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
