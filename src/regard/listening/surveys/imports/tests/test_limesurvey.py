"""Surveys of LimeSurvey become ours."""

from regard.listening.surveys.imports.take import take_file
from regard.listening.surveys.imports.tests.made import left, lq, lss, rows, shown


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
        "photo": "file",
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
    assert "Photo: photos and PDF documents are taken, one of them; other files are not" in told and any(
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
