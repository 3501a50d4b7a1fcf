"""Files of other tools, put together for tests; and what became of them."""

import json

from regard.listening.surveys.definition import written


def shown(survey, id):
    """The condition of a question, written out."""
    return next(one.get("show") for page in written(survey)["pages"] for one in page["questions"] if one["id"] == id)


def left(taken):
    return [f"{one.place}: {one.text}" for one in taken.left]


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
