"""A survey in a page of somebody else's, with a strict policy, in a real browser."""

import pytest

from regard.listening.inapp.tests.conftest import published
from regard.listening.responses.models import Response
from regard.listening.surveys.starts import starts
from regard.listening.widgets.models import Widget
from regard.listening.widgets.targeting import read
from regard.listening.widgets.tests.foreign import foreign_page
from regard.testing import browser
from regard.workspace.models import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shown(live_server, ledger):
    """Opens the page with a widget of this targeting."""
    workspace = Workspace.found(name="Halcyon")
    survey = published(workspace, starts()["after_contact"][1])

    def made(**targeting):
        widget = Widget(survey=survey, name="Shop", unit=workspace.root)
        widget.keep(read(targeting), by="x")
        return widget

    made.url = live_server.url
    return made


def why(page):
    """What the debug overlay says of each condition."""
    page.locator("regard-widget .debug li").first.wait_for()
    return {
        text[2:].partition(":")[0]: text[0] == "✓" for text in page.locator("regard-widget .debug li").all_inner_texts()
    }


def test_it_is_answered_on_a_foreign_page_and_is_one_response(shown):
    widget = shown()
    with foreign_page(shown.url, widget.key) as address, browser.page(width=390, height=844) as page:
        page.goto(f"{address}/account/")
        dialog = page.get_by_role("dialog", name="Your contact with us")
        dialog.wait_for()
        dialog.get_by_role("radio", name="2").check()
        dialog.get_by_label("What made it so?").fill("Slow <b>and</b> long")
        dialog.get_by_role("button", name="Send").dblclick()
        dialog.get_by_label("Your phone number or e-mail address").fill("+33 6 12")
        dialog.get_by_role("button", name="Back").click()
        assert dialog.get_by_label("What made it so?").input_value() == "Slow <b>and</b> long"
        dialog.get_by_role("button", name="Next").click()  # what it is now that more is asked
        dialog.get_by_label("Your phone number or e-mail address").fill("+33 6 12")
        assert browser.accessibility_faults(page, shadow_of="regard-widget") == []
        dialog.get_by_role("button", name="Send").click()
        page.get_by_text("sorry that it was hard").wait_for()
        assert page.complaints == []
        page.keyboard.press("Escape")
        assert not page.get_by_role("dialog").is_visible()
        page.reload()
        page.wait_for_timeout(1_500)
        assert page.get_by_role("dialog").count() == 0  # answered: not again for a while
    response = Response.objects.get()
    assert response.answers == {
        "effort": 2,
        "why": "Slow <b>and</b> long",
        "call_back": {"reach": "+33 6 12", "when": ""},
    }
    assert response.completed and (response.channel, response.widget) == ("web", widget)


def test_it_waits_for_every_condition_and_says_which(shown):
    widget = shown(where=[{"how": "pattern", "value": "/account/*"}], never=[{"how": "contains", "value": "quiet"}], event="checkout done",
                   seconds=1, scroll=50, devices="desktop")  # fmt: skip
    with foreign_page(shown.url, widget.key) as address, browser.page() as page:
        page.goto(f"{address}/other/?regard-debug")
        assert why(page) == {
            "page": False,
            "device": True,
            "share": True,
            "event": False,
            "time": False,
            "scroll": False,
            "pause": True,
        }
        page.goto(f"{address}/account/quiet?regard-debug")
        assert why(page)["page"] is False
        page.goto(f"{address}/account/1?regard-debug")
        assert why(page)["page"] is True
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(2_100)
        assert why(page) == {
            "page": True,
            "device": True,
            "share": True,
            "event": False,
            "time": True,
            "scroll": True,
            "pause": True,
        }
        assert page.get_by_role("dialog").count() == 0
        page.evaluate("regard.track('checkout done')")
        page.get_by_role("dialog").wait_for()
        page.get_by_role("button", name="Close").click()
        page.wait_for_timeout(1_100)
        assert why(page)["pause"] is False  # sent away, and remembered
    with foreign_page(shown.url, widget.key) as address, browser.page(width=390, height=844) as page:
        page.goto(f"{address}/account/1?regard-debug")
        assert why(page)["device"] is False


def test_an_event_before_the_script_has_loaded_is_not_missed(shown):
    widget = shown(event="checkout done")
    with foreign_page(shown.url, widget.key) as address, browser.page() as page:
        page.add_init_script(
            "window.regard ??= function () { (regard.q ??= []).push(arguments); }; regard('event', 'checkout done')"
        )
        page.goto(address)
        page.get_by_role("dialog").wait_for()


def test_a_visitor_stays_in_or_out_of_a_share(shown):
    widget = shown(share=1)
    with foreign_page(shown.url, widget.key) as address, browser.page() as page:
        page.add_init_script(f"localStorage['regard.{widget.key}'] ??= JSON.stringify({{luck: 1.5}})")
        for _ in range(2):
            page.goto(f"{address}/?regard-debug")
            assert why(page)["share"] is False
        page.evaluate(f"localStorage['regard.{widget.key}'] = JSON.stringify({{luck: 0.5}})")
        page.reload()
        page.get_by_role("dialog").wait_for()


def test_the_button_opens_it_from_the_keyboard_and_the_focus_comes_back(shown):
    widget = shown(button={"text": {"en": "Feedback", "fr": "Votre avis"}, "side": "left"})
    with foreign_page(shown.url, widget.key) as address, browser.page() as page:
        page.goto(address)
        button = page.get_by_role("button", name="Feedback")
        button.wait_for()
        page.wait_for_timeout(1_200)
        assert page.get_by_role("dialog").count() == 0
        button.focus()
        page.keyboard.press("Enter")
        page.get_by_role("dialog").wait_for()
        inside = "document.querySelector('regard-widget').shadowRoot.activeElement"
        assert (
            page.evaluate(f"{inside}.getAttribute('role')") == "dialog"
            and button.get_attribute("aria-expanded") == "true"
        )
        page.get_by_label("What made it so?").fill("Half a tho")
        page.keyboard.press("Escape")
        assert not page.get_by_role("dialog").is_visible() and page.evaluate(f"{inside}.textContent") == "Feedback"
        page.keyboard.press("Enter")
        assert page.get_by_label("What made it so?").input_value() == "Half a tho"  # nothing typed is lost
        assert page.complaints == []


def test_it_takes_the_focus_from_nobody_who_types(shown):
    widget = shown(seconds=2)
    with foreign_page(shown.url, widget.key) as address, browser.page() as page:
        page.goto(address)
        page.get_by_label("Search").focus()
        page.get_by_role("dialog").wait_for()
        page.keyboard.type("shoes")
        assert page.get_by_label("Search").input_value() == "shoes"


def test_it_speaks_the_pages_language_from_right_to_left(shown):
    widget = shown()
    with (
        foreign_page(shown.url, widget.key, attributes='data-lang="ar-EG"') as address,
        browser.page(dark=True) as page,
    ):
        page.goto(address)
        dialog = page.get_by_role("dialog")
        dialog.wait_for()
        assert (dialog.get_attribute("dir"), dialog.get_attribute("lang")) == ("rtl", "ar")
        dialog.get_by_role("button", name="إرسال").click()
        page.get_by_role("alert").wait_for()
        assert "يرجى الإجابة" in dialog.inner_text()
        assert browser.accessibility_faults(page, shadow_of="regard-widget") == []


def test_what_could_not_be_sent_is_kept_and_sent_again(shown):
    widget = shown()
    with foreign_page(shown.url, widget.key) as address, browser.page() as page:
        page.goto(address)
        page.get_by_role("dialog").get_by_role("radio", name="7").check()
        page.get_by_label("What made it so?").fill("All well")
        page.route("**/inapp/v1/surveys/*", lambda route: route.abort())
        page.get_by_role("button", name="Send").click()
        page.get_by_text("Not sent yet. We keep trying").wait_for()
        assert page.get_by_label("What made it so?").input_value() == "All well" and not Response.objects.exists()
        page.unroute("**/inapp/v1/surveys/*")
        page.get_by_text("The team will read it").wait_for(timeout=10_000)
    assert Response.objects.get().answers == {"effort": 7, "why": "All well"}


@pytest.mark.parametrize("broken", ["abort", "500", "garbage", "404", "no script"])
def test_our_outage_disturbs_no_page(shown, broken):
    widget = shown(button={"text": {"en": "Feedback"}})
    with foreign_page(shown.url, widget.key) as address, browser.page() as page:
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        answers = {
            "500": {"status": 500, "body": "no"},
            "404": {"status": 404, "body": "{}"},
            "garbage": {"status": 200, "body": "<html>"},
        }
        path = "**/w.js" if broken == "no script" else "**/inapp/**"
        page.route(path, lambda route: route.fulfill(**answers[broken]) if broken in answers else route.abort())
        page.goto(address)
        page.wait_for_timeout(600)
        page.get_by_label("Search").fill("shoes")
        page.evaluate("window.regard?.track('x')")
        assert page.locator("h1").inner_text() == "A shop" and page.get_by_role("button").count() == 0 and errors == []


def test_a_policy_that_allows_too_little_disturbs_nothing(shown):
    widget = shown()
    with (
        foreign_page(shown.url, widget.key, policy=f"default-src 'none'; script-src {shown.url}") as address,
        browser.page() as page,
    ):
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.wait_for_timeout(600)
        assert page.get_by_role("dialog").count() == 0 and errors == []
