"""A survey is built out of cards: each part is saved by itself, nothing typed is lost, and two people do not undo each other."""

import html
import re

import pytest

from regard.listening.surveys.blocks.change import digest
from regard.listening.surveys.definition import read, written
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(workspace):
    return signed_in(member(workspace, Role.ANALYST))


@pytest.fixture
def survey(workspace):
    made = Survey(workspace=workspace, name="Calls")
    made.keep(starts()["after_contact"][1], by="x")
    return made


def opened(client, survey, what, **more):
    """The fields of an open block, as a browser would send them."""
    page = client.get(f"/surveys/{survey.pk}/edit", {"open": what, **more}).content.decode()
    return fields(page)


def fields(page):
    form = re.search(r'<form[^>]*class="card block opened".*?</form>', page, re.S)[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = "on" if 'type="checkbox"' in tag else (value[1] if value else "")
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = text
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = chosen[1]
    return {name: html.unescape(value) for name, value in found.items() if name != "csrfmiddlewaretoken"}


def save(client, survey, given):
    return client.post(f"/surveys/{survey.pk}/edit", given)


def draft(survey):
    return Survey.objects.get(pk=survey.pk).content


@pytest.mark.parametrize("key", starts())
def test_every_block_saved_as_it_was_opened_changes_nothing(analyst, workspace, key):
    content = starts()[key][1]
    made = Survey(workspace=workspace, name=key)
    made.keep(content, by="x")
    whats = [f"question:{one.id}" for one in content.questions()] + [f"thanks:{n}" for n in range(len(content.thanks))]
    for what in [*whats, *(f"page:{n}" for n in range(len(content.pages))), "head"]:
        assert save(analyst, made, opened(analyst, made, what)).status_code == 302, what
        assert draft(made) == content, what
    assert read(written(draft(made))) == content


def test_a_text_is_changed_in_one_language_and_the_rest_stays(analyst, survey):
    given = opened(analyst, survey, "question:effort") | {"text.fr": "Cela a été facile."}
    save(analyst, survey, given)
    question = draft(survey).question("effort")
    assert question.text["fr"] == "Cela a été facile." and question.text["en"] == "It was easy to get what I needed."


def test_a_new_question_gets_an_id_from_its_text_that_is_unique(analyst, survey):
    for id in ("waiting_time", "waiting_time_2"):
        given = opened(analyst, survey, "question:", kind="choice", page="0")
        given |= {"text.en": "Waiting time?", "options.0.text.en": "Too long", "options.1.text.en": "Too long"}
        assert save(analyst, survey, given).status_code == 302
        question = draft(survey).question(id)
        assert [option.id for option in question.options] == ["too_long", "too_long_2"]
    given = opened(analyst, survey, "question:", kind="text") | {"text.en": "أين؟"}
    save(analyst, survey, given)
    assert draft(survey).question("text").text == {"en": "أين؟"} and len(draft(survey).pages) == 3


def test_options_keep_their_ids_when_they_are_reworded_and_moved(analyst, workspace):
    made = Survey(workspace=workspace, name="Delivery")
    made.keep(starts()["delivery"][1], by="x")
    given = opened(analyst, made, "question:went_wrong") | {"options.0.text.en": "After the promised day"}
    page = save(analyst, made, given | {"press": "options.0.down"}).content.decode()
    page = save(analyst, made, fields(page) | {"press": "options.add"}).content.decode()
    given = fields(page) | {"options.4.text.en": "The packaging"}
    assert save(analyst, made, given).status_code == 302
    question = draft(made).question("went_wrong")
    assert [one.id for one in question.options] == ["damaged", "late", "missing", "driver", "packaging"]
    assert question.options[1].text == {"en": "After the promised day", "fr": "Elle est arrivée en retard"}


def test_what_is_wrong_is_marked_in_place_and_nothing_typed_is_lost(analyst, survey):
    given = opened(analyst, survey, "question:effort") | {
        "text.en": "",
        "text.fr": "Tout <neuf>",
        "help.en": "x" * 4_001,
    }
    page = save(analyst, survey, given).content.decode()
    assert "Tout &lt;neuf&gt;" in page and "longer than 4,000 characters" in page
    page = save(analyst, survey, given | {"help.en": ""}).content.decode()
    assert 'aria-invalid="true"' in page and "has no text in en" in page and "Tout &lt;neuf&gt;" in page
    given = opened(analyst, survey, "question:", kind="number", page="0") | {"text.en": "How many?", "low": "many"}
    page = save(analyst, survey, given).content.decode()
    assert "Please give a number." in page and 'value="many"' in page
    assert draft(survey) == starts()["after_contact"][1]


def test_a_condition_is_built_with_selects(analyst, survey):
    given = opened(analyst, survey, "question:why")
    page = save(analyst, survey, given | {"press": "show.add"}).content.decode()
    assert "It was easy to get what I needed." in page
    given = fields(page) | {"show.0.op": "<="}
    page = save(analyst, survey, given | {"press": "refresh"}).content.decode()
    given = fields(page)
    assert given["show.0.value"] == "1"  # what can be chosen is offered
    page = save(analyst, survey, given | {"show.0.value": "5", "press": "show.add"}).content.decode()
    given = fields(page) | {"show.join": "any", "show.1.what": "trait:"}
    given = fields(save(analyst, survey, given | {"press": "refresh"}).content.decode())
    assert save(analyst, survey, given).status_code == 200  # the trait has no name yet
    save(analyst, survey, given | {"show.1.trait": "plan", "show.1.op": "is", "show.1.value": "fibre"})
    shown = written(draft(survey))["pages"][0]["questions"][1]["show"]
    assert shown == {
        "join": "any",
        "of": [{"question": "effort", "op": "<=", "value": 5}, {"trait": "plan", "value": "fibre"}],
    }
    page = save(analyst, survey, opened(analyst, survey, "question:why") | {"press": "show.1.drop"}).content.decode()
    save(analyst, survey, fields(page))
    assert written(draft(survey))["pages"][0]["questions"][1]["show"] == {"question": "effort", "op": "<=", "value": 5}


def test_a_nested_condition_is_kept_and_said_in_words(analyst, survey):
    given = written(survey.content)
    given["pages"][1]["show"] = {
        "join": "all",
        "of": [{"join": "none", "of": [{"question": "effort", "op": "answered"}]}, {"trait": "plan", "op": "known"}],
    }
    survey.keep(read(given), by="x")
    page = analyst.get(f"/surveys/{survey.pk}/edit?open=page:1").content.decode()
    assert "change it as text" in page
    save(analyst, survey, fields(page))
    assert written(draft(survey)) == given


def test_thanks_by_score_come_before_what_is_said_to_all(analyst, survey):
    given = opened(analyst, survey, "thanks:2") | {"text.en": "Great!", "link": "ftp://x", "press": "show.add"}
    page = save(analyst, survey, given).content.decode()
    given = fields(page) | {"show.0.what": "effort", "show.0.op": ">=", "show.0.value": "7"}
    assert "A link begins with https://." in save(analyst, survey, given).content.decode()
    assert save(analyst, survey, given | {"link": "https://halcyon.example/review"}).status_code == 302
    assert [one.text["en"][:5] for one in draft(survey).thanks] == ["Thank", "Great", "Thank"]


def test_parts_are_moved_doubled_split_and_removed(analyst, survey):
    def act(what, verb):
        return analyst.post(f"/surveys/{survey.pk}/edit/act", {"what": what, "act": verb})

    def ids():
        return [[question.id for question in page.questions] for page in draft(survey).pages]

    act("question:effort", "double")
    assert ids() == [["effort", "easy_get_needed", "why"], ["call_back"]]
    act("question:why", "split")
    assert ids() == [["effort", "easy_get_needed"], ["why"], ["call_back"]]
    act("question:why", "up")
    assert ids() == [["effort", "easy_get_needed", "why"], ["call_back"]]
    act("question:why", "up")
    assert ids() == [["effort", "why", "easy_get_needed"], ["call_back"]]
    page = act("page:call_back", "up").content.decode()  # it asks for what would come after it
    assert "is not asked before it" in page and ids()[1] == ["call_back"]
    asked = analyst.get(f"/surveys/{survey.pk}/edit/removal/question:effort").content.decode()
    assert "goes from the condition of: a page" in asked and "no longer explains a score" in asked
    analyst.post(f"/surveys/{survey.pk}/edit/removal/question:effort")
    assert ids() == [["why", "easy_get_needed"], ["call_back"]]
    assert (
        draft(survey).pages[1].show is None
        and draft(survey).thanks[0].show is None
        and draft(survey).question("why").comments is None
    )


def test_removing_says_how_many_answered(analyst, survey, ledger):
    from django.utils import timezone

    from regard.listening.responses.answer import Origin, begin

    begin(Origin(), survey.publish(by="x"), key="k", language="en", now=timezone.now(), answers={"effort": 3})
    asked = analyst.get(f"/surveys/{survey.pk}/edit/removal/question:effort").content.decode()
    assert "was answered 1 time" in asked


def test_the_last_question_stays(analyst, survey):
    for id in ("call_back", "why", "effort"):
        page = analyst.post(f"/surveys/{survey.pk}/edit/removal/question:{id}")
    assert "at least one question" in page.content.decode() and len(list(draft(survey).questions())) == 1


def test_who_saves_later_is_told_and_loses_nothing(analyst, survey, workspace):
    colleague = signed_in(member(workspace, Role.OWNER))
    mine, theirs = opened(analyst, survey, "question:effort"), opened(colleague, survey, "question:effort")
    save(colleague, survey, theirs | {"text.en": "Getting help was easy."})
    save(colleague, survey, opened(colleague, survey, "question:why") | {"text.en": "Why so?"})
    page = save(analyst, survey, mine | {"text.en": "My wording."}).content.decode()
    assert "Somebody changed this while you were at it" in page and "My wording." in page
    assert "effort: question (en): “Getting help was easy.” → “My wording.”" in page
    assert draft(survey).question("effort").text["en"] == "Getting help was easy."
    save(analyst, survey, fields(page))  # knowing it
    assert (
        draft(survey).question("effort").text["en"] == "My wording."
        and draft(survey).question("why").text["en"] == "Why so?"
    )


def test_a_question_that_was_removed_meanwhile_can_be_put_back(analyst, survey):
    mine = opened(analyst, survey, "question:why") | {"text.en": "My wording."}
    analyst.post(f"/surveys/{survey.pk}/edit/removal/question:why")
    page = save(analyst, survey, mine).content.decode()
    assert "Somebody changed this" in page and "My wording." in page
    save(analyst, survey, fields(page))
    assert draft(survey).question("why").text["en"] == "My wording."


def test_thanks_that_were_moved_meanwhile_are_found(analyst, survey):
    mine = opened(analyst, survey, "thanks:1") | {"text.en": "My thanks."}
    key = "thanks:" + digest(written(survey.content)["thanks"][1])
    analyst.post(f"/surveys/{survey.pk}/edit/act", {"what": key, "act": "up"})
    save(analyst, survey, mine)
    assert draft(survey).thanks[0].text["en"] == "My thanks." and len(draft(survey).thanks) == 2


def test_the_text_is_the_same_draft_and_says_when_it_changed_meanwhile(analyst, survey):
    page = analyst.get(f"/surveys/{survey.pk}/edit/text").content.decode()
    base = re.search(r'name="base" value="(\w+)"', page)[1]
    from regard.listening.surveys.text import to_text

    text = to_text(survey.content)
    save(analyst, survey, opened(analyst, survey, "question:why") | {"text.en": "Why so?"})
    mine = {"name": "Calls", "text": text.replace("What made it so?", "Mine?"), "base": base}
    page = analyst.post(f"/surveys/{survey.pk}/edit/text", mine).content.decode()
    assert "“Why so?” → “Mine?”" in page and draft(survey).question("why").text["en"] == "Why so?"
    base = re.search(r'name="base" value="(\w+)"', page)[1]
    assert analyst.post(f"/surveys/{survey.pk}/edit/text", mine | {"base": base}).status_code == 302
    assert draft(survey).question("why").text["en"] == "Mine?"


def test_languages_names_and_titles(analyst, survey):
    given = opened(analyst, survey, "head")
    page = save(analyst, survey, given | {"languages": "en, FRENCH!"}).content.decode()
    assert "written such as en, fr" in page and "FRENCH!" in page
    assert "no text in de" in save(analyst, survey, given | {"languages": "de, en"}).content.decode()
    assert "A colour such as" in save(analyst, survey, given | {"colour": "red"}).content.decode()
    save(
        analyst,
        survey,
        given | {"languages": "en, fr, pt-BR", "title.fr": "Appel", "name": "Calls 2", "colour": "#AA0033"},
    )
    made = Survey.objects.get(pk=survey.pk)
    assert made.content.languages == ("en", "fr", "pt-BR") and made.content.title["fr"] == "Appel"
    assert made.content.title["ar"] and (made.name, made.colour) == (
        "Calls 2",
        "#aa0033",
    )  # a language put aside is not thrown away


def test_the_preview_shows_what_is_being_typed(analyst, survey):
    given = opened(analyst, survey, "question:call_back") | {
        "text.en": "May we <ring>?",
        "survey": survey.pk,
        "width": "desktop",
    }
    page = analyst.post("/surveys/preview", given).content.decode()
    assert "May we &amp;lt;ring&amp;gt;?" in page and 'value="desktop" checked' in page
    assert draft(survey).question("call_back").text["en"] == "May we call you back?"
    begun = analyst.post("/surveys/preview", given | {"text.en": ""}).content.decode()
    assert "…" in begun and "call you back" not in begun  # not written yet
    told = analyst.post("/surveys/preview", given | {"help.en": "x" * 4_001}).content.decode()
    assert "longer than 4,000 characters" in told
    new = opened(analyst, survey, "question:", kind="matrix", page="0") | {"survey": survey.pk}
    assert "srcdoc" in analyst.post("/surveys/preview", new).content.decode()
    assert analyst.get("/surveys/colours/aa0033.css").content.decode().startswith(":root{--brand:#aa0033")
    assert analyst.get("/surveys/colours/red.css").content == b""


def test_fragments_are_given_to_htmx_and_pages_to_everybody_else(analyst, survey):
    whole = analyst.get(f"/surveys/{survey.pk}/edit").content.decode()
    part = analyst.get(f"/surveys/{survey.pk}/edit", headers={"HX-Request": "true"}).content.decode()
    back = analyst.get(
        f"/surveys/{survey.pk}/edit", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    ).content.decode()
    assert "<html" in whole and "<html" not in part and "<html" in back and "question-effort" in part


def test_a_question_with_more_texts_than_a_form_takes_is_changed_as_text(analyst, workspace):
    options = [{"id": f"o{n}", "text": {"en": "x"}} for n in range(100)]
    question = {"id": "many", "kind": "choice", "text": {"en": "Which?"}, "options": options}
    languages = ["en", *(f"a{letter}" for letter in "abcdefghi")]
    made = Survey(workspace=workspace, name="Many")
    made.keep(read({"languages": languages, "title": {"en": "T"}, "pages": [{"questions": [question]}]}), by="x")
    answer = analyst.get(f"/surveys/{made.pk}/edit?open=question:many", follow=True)
    assert (
        answer.redirect_chain[0][0] == f"/surveys/{made.pk}/edit/text" and "too many texts" in answer.content.decode()
    )


def test_a_page_is_moved_and_removed_wherever_others_moved_it_meanwhile(analyst, workspace):
    pages = [{"questions": [{"id": id, "kind": "date", "text": {"en": id}}]} for id in ("one", "two", "three")]
    made = Survey(workspace=workspace, name="Days")
    made.keep(read({"languages": ["en"], "title": {"en": "T"}, "pages": pages}), by="x")
    page = analyst.get(f"/surveys/{made.pk}/edit").content.decode()
    assert "/edit/removal/page:one" in page and 'value="page:one"' in page
    analyst.post(f"/surveys/{made.pk}/edit/act", {"what": "page:three", "act": "up"})
    analyst.post(f"/surveys/{made.pk}/edit/removal/page:three")
    analyst.post(f"/surveys/{made.pk}/edit/act", {"what": "page:three", "act": "up"})  # it is gone: nothing happens
    assert [one.id for one in draft(made).questions()] == ["one", "two"]
    assert analyst.get(f"/surveys/{made.pk}/edit/removal/page:three").status_code == 404


def test_a_name_given_meanwhile_is_not_taken_back(analyst, survey):
    mine = opened(analyst, survey, "head") | {"title.en": "My title"}
    save(analyst, survey, opened(analyst, survey, "head") | {"name": "Calls, renamed"})
    page = save(analyst, survey, mine).content.decode()
    assert "Somebody changed this" in page and Survey.objects.get(pk=survey.pk).name == "Calls, renamed"


def test_two_who_add_the_same_question_at_once_have_two(analyst, survey):
    given = opened(analyst, survey, "question:", kind="text", page="0") | {"text.en": "Same words?"}
    from regard.listening.surveys.blocks.opened import applied, follow, posted_part

    mine = posted_part(survey, "question:", given)
    save(analyst, survey, given)
    now = written(draft(survey))
    follow(now, mine)  # what saving does while it holds the draft
    assert {"same_words", "same_words_2"} <= {one.id for one in read(applied(now, mine)).questions()}


def test_a_question_is_added_though_its_page_was_removed_meanwhile(analyst, survey):
    given = opened(analyst, survey, "question:", kind="date", page="1")
    analyst.post(f"/surveys/{survey.pk}/edit/removal/page:call_back")
    page = save(analyst, survey, given).content.decode()  # without a text: it stays open
    assert "has no text in en" in page
    save(analyst, survey, fields(page) | {"text.en": "Which day?"})
    assert draft(survey).question("which_day").kind == "date" and len(draft(survey).pages) == 1


@pytest.mark.parametrize(
    "what", ["question:nobody", "page:9", "thanks:9", "x", "question:", "page:", "page:-1", "thanks:٣"]
)
def test_what_is_not_there_is_not_found(analyst, survey, what):
    assert analyst.get(f"/surveys/{survey.pk}/edit", {"open": what}).status_code == 404
    assert analyst.get(f"/surveys/{survey.pk}/edit/removal/{what}").status_code == 404
    assert save(analyst, survey, {"what": what}).status_code in (200, 404)
    assert draft(survey) == starts()["after_contact"][1]


def test_nobody_edits_surveys_of_others(survey):
    theirs = signed_in(member(Workspace.found(name="Other"), Role.OWNER, email="other@x.example"))
    for address in (
        "edit",
        "edit/text",
        "edit/kinds",
        "edit/removal/question:why",
        "versions",
        "translations.xlf?to=de",
    ):
        assert theirs.get(f"/surveys/{survey.pk}/{address}").status_code == 404
    for address in ("edit", "edit/act", "edit/renewal", "edit/removal/question:why"):
        assert (
            theirs.post(f"/surveys/{survey.pk}/{address}", {"what": "question:why", "question": "why"}).status_code
            == 404
        )
    assert theirs.post("/surveys/preview", {"survey": survey.pk}).status_code == 404


def test_a_survey_begins_with_one_that_is_written_and_a_name_of_its_own(analyst):
    for name in ("After a contact", "After a contact 2"):
        made = analyst.post("/surveys/begin", {"from": "after_contact"})
        assert made["Location"] == f"/surveys/{Survey.objects.get(name=name).pk}/edit"
    analyst.post("/surveys/begin", {"from": "nothing"})
    assert Survey.objects.get(name="New survey").content.question("recommend").kind == "nps"
