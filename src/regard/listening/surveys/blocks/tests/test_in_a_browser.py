"""What only a browser can tell of the editor: parts open and are saved in place, the preview follows, and it works without scripts too."""

import pytest
from django.conf import settings

from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.testing import browser
from regard.testing.people import member, signed_in
from regard.workspace.models import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def survey(ledger):
    workspace = Workspace.found(name="Halcyon")
    made = Survey(workspace=workspace, name="Visit", colour="#7a1f5c")
    made.keep(starts()["store_visit"][1], by="x")
    made.publish(by="x")
    return made


@pytest.fixture
def enter(survey, live_server):
    cookie = signed_in(member(survey.workspace)).cookies[settings.SESSION_COOKIE_NAME].value

    def go(page, address):
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page.goto(live_server.url + address)

    return go


def test_a_question_is_added_changed_moved_and_seen(survey, enter):
    from playwright.sync_api import expect

    with browser.page() as page:
        enter(page, f"/surveys/{survey.pk}/edit")
        seen = page.frame_locator(".seen iframe")
        seen.get_by_text("How satisfied are you with your visit today?").wait_for()
        page.locator("#question-visit_satisfied").get_by_role("link", name="Change").click()
        page.get_by_label("Question (en)").fill("Was it a good visit?")
        seen.get_by_text("Was it a good visit?").wait_for()  # while it is typed
        assert Survey.objects.get(pk=survey.pk).content == survey.content
        page.get_by_role("button", name="Save").click()
        page.locator("#question-visit_satisfied").get_by_text("saved").wait_for()
        page.get_by_role("link", name="+ Add a question").click()
        page.get_by_role("link", name="Effort").click()
        page.get_by_label("Question (en)").fill("Paying was easy.")
        page.get_by_role("button", name="+ Add a comparison").click()
        browser.settled(page)
        page.get_by_label("Question", exact=True).last.select_option("visit_satisfied")
        browser.settled(page)
        page.get_by_label("How it compares").select_option("<=")
        browser.settled(page)
        page.get_by_label("With what").select_option("2")
        page.get_by_role("button", name="Save").click()
        page.locator("#question-paying_easy").get_by_text("is at most 2").wait_for()
        page.locator("#question-paying_easy").get_by_role("button", name="Move up").click()
        page.locator("#question-paying_easy ~ #question-visit_why").wait_for()
        page.locator("#question-paying_easy").get_by_role("link", name="Remove").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        page.locator("#question-paying_easy").wait_for(state="detached")
        expect(seen.get_by_role("button", name="Send")).to_have_css("background-color", "rgb(122, 31, 92)")
        page.get_by_text("Desktop").click()
        expect(page.locator(".seen iframe")).to_have_css("transform", "matrix(0.5, 0, 0, 0.5, 0, 0)")
        assert page.complaints == []


def test_a_fault_is_marked_and_what_was_typed_stays(survey, enter):
    with browser.page() as page:
        enter(page, f"/surveys/{survey.pk}/edit?open=question:visit_satisfied")
        page.get_by_label("Question (en)").fill("")
        page.get_by_label("Question (fr)").fill("Tout va bien ?")
        page.get_by_role("button", name="Save").click()
        page.locator(".box.wrong").get_by_text("has no text in en").wait_for()
        assert page.get_by_label("Question (fr)").input_value() == "Tout va bien ?" and page.complaints == []


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_everybody_can_use_it(survey, enter, width, dark):
    address, faults = f"/surveys/{survey.pk}", {}
    given = survey.draft | {"title": {"en": "Other"}}
    given["pages"][0]["questions"][0]["points"] = 7
    Survey.objects.filter(pk=survey.pk).update(draft=given)
    with browser.page(width=width, dark=dark) as page:
        for place in (
            "/edit",
            "/edit?open=question:visit_wrong",
            "/edit?open=head",
            "/edit?open=thanks:0",
            "/edit/kinds?page=0",
            "/edit/text",
            "/versions",
            "",
            "/edit/removal/question:visit_satisfied",
        ):
            enter(page, f"{address}{place}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults[f"{place} width"] = page.evaluate("document.documentElement.scrollWidth")
            if found := browser.accessibility_faults(page):
                faults[place] = found
        enter(page, "/surveys/begin")
        if found := browser.accessibility_faults(page):
            faults["begin"] = found
        assert faults == {} and page.complaints == []


def test_it_works_without_scripts(survey, enter):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        engine = playwright.chromium.launch(executable_path=browser.chromium_path() or None, args=browser.QUIET)
        page = engine.new_context(java_script_enabled=False).new_page()
        enter(page, f"/surveys/{survey.pk}/edit")
        page.locator("#question-visit_wrong").get_by_role("link", name="Change").click()
        page.get_by_role("button", name="+ Add one").click()
        page.locator('[name="options.5.text.en"]').fill("Parking")
        page.get_by_role("button", name="Save").click()
        page.locator("#question-visit_wrong").get_by_text("Parking").wait_for()
        page.locator("#question-visit_wrong").get_by_role("link", name="Remove").click()
        page.get_by_role("button", name="Remove").click()
        assert page.locator("#question-visit_wrong").count() == 0
        engine.close()
    assert Survey.objects.get(pk=survey.pk).content.question("visit_wrong") is None
