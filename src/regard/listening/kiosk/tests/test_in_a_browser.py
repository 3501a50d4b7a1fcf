"""A tablet at the exit: one visitor after the other, with a network and without."""

import time

import pytest

from regard.ledger.record.project import project_all
from regard.listening.inapp.tests.conftest import published
from regard.listening.inapp.tests.test_asking_over_json import ALL, GIVEN
from regard.listening.links.models import Link
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import read
from regard.listening.surveys.starts import starts
from regard.testing import browser
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.models import Unit, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kiosk(live_server, ledger):
    """Its address, by the survey that it asks."""
    workspace = Workspace.found(name="Halcyon")
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")

    def made(content):
        link = Link.objects.create(
            survey=published(workspace, content), name="Exit", unit=store, channel="store", kiosk=True
        )
        return f"{live_server.url}/k/{link.token}"

    return made


@pytest.fixture
def contact(kiosk):
    return kiosk(starts()["after_contact"][1])


def until(holds, seconds=20):
    """Asked from here: the page's policy lets nobody evaluate text in it."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def arrived(page, count):
    until(lambda: page.evaluate("Object.keys(localStorage).every((name) => !name.startsWith('regard.kiosk.'))"))
    assert Response.objects.count() == count
    return list(Response.objects.order_by("saved"))


def test_two_people_without_a_network_are_two_responses_of_that_store(contact):
    with browser.page(width=1024, height=768) as page:
        page.goto(contact)
        page.get_by_role("radio", name="7").wait_for()
        page.context.set_offline(True)
        for effort, why in ((7, "Quick"), (2, "Slow")):
            page.get_by_role("radio", name=str(effort)).check()
            page.get_by_label("What made it so?").fill(why)
            page.get_by_role("button", name="Send").click()
            if effort == 2:  # who found it hard is asked more, without the server
                page.get_by_label("Your phone number or e-mail address").fill("+33 6 12")
                page.get_by_role("button", name="Send").click()
                page.get_by_text("sorry that it was hard").wait_for()
            else:
                page.get_by_text("The team will read it").wait_for()
            page.get_by_role("button", name="Start again").click()
        page.get_by_text("2 waiting to be sent").wait_for()
        assert not Response.objects.exists()
        page.context.set_offline(False)
        responses = arrived(page, 2)
        assert page.locator(".staff").inner_text() == ""
    first, second = (one.answers for one in responses)
    assert first == {"effort": 7, "why": "Quick"}
    assert second == {"effort": 2, "why": "Slow", "call_back": {"reach": "+33 6 12", "when": ""}}
    assert all(one.completed and one.unit.name == "Store" and one.channel == "store" for one in responses)
    project_all()
    sql = "select score, channel from ledger where $scope and metric = 'ces' order by score"
    assert warehouse().select(Scope(responses[0].workspace_id), sql) == [(2.0, "store"), (7.0, "store")]


def test_the_page_opens_again_without_a_network_and_what_waited_is_sent_once(contact):
    with browser.page(width=1024, height=768) as page:
        page.goto(contact)
        page.get_by_role("radio", name="7").wait_for()
        until(
            lambda: page.evaluate(
                "caches.open('regard-kiosk').then((one) => one.keys()).then((all) => all.length >= 6)"
            )
        )
        page.context.set_offline(True)
        page.get_by_role("radio", name="6").check()
        page.get_by_role("button", name="Send").click()
        page.get_by_text("1 waiting to be sent").wait_for()
        page.reload()
        page.get_by_text("1 waiting to be sent").wait_for()
        page.get_by_role("radio", name="5").check()
        page.get_by_role("button", name="Send").click()
        page.get_by_text("2 waiting to be sent").wait_for()
        page.context.set_offline(False)
        assert {one.answers["effort"] for one in arrived(page, 2)} == {5, 6}


def test_an_answer_whose_receipt_was_lost_is_sent_again_and_is_one_response(contact):
    with browser.page(width=1024, height=768) as page:
        page.goto(contact)
        page.get_by_role("radio", name="7").check()

        lost = []

        def lose(route):
            route.fetch()  # the server takes it, and the device never hears of it
            route.abort()
            lost.append(route)

        page.context.route("**/inapp/v1/surveys/*", lose)
        page.get_by_role("button", name="Send").click()
        page.get_by_text("1 waiting to be sent").wait_for()
        until(lambda: page.evaluate("1") and lost)
        assert Response.objects.count() == 1
        page.context.unroute("**/inapp/v1/surveys/*")
        page.evaluate("dispatchEvent(new Event('online'))")
        assert arrived(page, 1)[0].completed


def test_whoever_walks_away_leaves_a_clean_page_and_what_they_answered(contact):
    with browser.page(width=1024, height=768) as page:
        page.clock.install()
        page.goto(contact)
        page.get_by_role("radio", name="2").check()
        page.get_by_label("What made it so?").fill("Slow")
        page.get_by_role("button", name="Send").click()
        page.get_by_label("When does it suit you?").fill("half a th")
        page.clock.run_for(61_000)
        page.get_by_text("Are you still there?").wait_for()
        page.get_by_role("button", name="Go on").click()
        assert not page.get_by_text("Are you still there?").is_visible()
        page.clock.run_for(61_000)
        page.clock.run_for(16_000)
        page.get_by_role("radio", name="2").wait_for()
        assert page.locator(":checked").count() == 0 and page.get_by_label("What made it so?").input_value() == ""
        response = arrived(page, 1)[0]
        assert response.answers == {"effort": 2, "why": "Slow"} and response.completed is None
        page.get_by_role("radio", name="7").check()
        page.get_by_role("button", name="Send").click()
        page.get_by_text("The team will read it").wait_for()
        page.clock.run_for(9_000)
        page.get_by_role("radio", name="7").wait_for()
        assert page.locator(":checked").count() == 0 and len(arrived(page, 2)) == 2


def test_what_is_missing_is_said_in_the_visitors_language(contact):
    with browser.page(width=1024, height=768, dark=True) as page:
        page.goto(contact)
        page.get_by_label("What made it so?").fill("Kept")
        page.get_by_role("button", name="العربيّة").click()
        assert (
            page.evaluate("document.documentElement.dir") == "rtl" and page.locator("textarea").input_value() == "Kept"
        )
        page.get_by_role("button", name="إرسال").click()
        page.get_by_role("alert").wait_for()
        assert "يرجى الإجابة عن هذا السؤال" in page.locator("main").inner_text() and not Response.objects.exists()
        assert browser.accessibility_faults(page) == [] and page.complaints == []


def test_every_kind_of_question_can_be_answered_there(kiosk):
    with browser.page(width=1024, height=768) as page:
        page.goto(kiosk(read(ALL)))
        group = lambda place: page.locator("form > *").nth(place)  # noqa: E731
        for place, name in enumerate(("9", "5", "1", "Less than I expected", "Very good")):
            group(place).get_by_role("radio", name=name, exact=True).check()
        group(5).get_by_role("group", name="A").get_by_role("radio", name="1").check()
        group(5).get_by_role("group", name="B").get_by_role("radio", name="5").check()
        group(6).get_by_role("radio", name="B").check()
        group(7).get_by_role("checkbox", name="A").check()
        group(7).get_by_label("In your own words").fill("else")
        group(8).get_by_role("checkbox", name="B").check()
        group(8).get_by_role("checkbox", name="A").check()
        group(9).get_by_role("textbox").fill("Hello")
        group(10).get_by_role("textbox").fill("99")
        group(11).locator("input").fill("2026-11-22")
        group(12).get_by_role("radio", name="No").check()
        group(13).get_by_role("textbox").nth(0).fill("+33 6 12")
        group(13).get_by_role("textbox").nth(1).fill("evenings")
        page.get_by_role("button", name="Send").click()
        page.get_by_text("Please give at most 9.").wait_for()
        group(10).get_by_role("textbox").fill("7")
        page.get_by_role("button", name="Send").click()
        page.get_by_role("heading", name="Thank you.").wait_for()
        assert arrived(page, 1)[0].answers == GIVEN
        assert page.complaints == []


def test_a_full_device_asks_nobody_until_it_has_sent(contact):
    with browser.page(width=1024, height=768) as page:
        page.goto(contact)
        page.get_by_role("radio", name="7").wait_for()
        page.context.set_offline(True)
        token = contact.rpartition("/")[2]
        item = '{"key": "k", "pages": [{"page": 0, "asked": ["effort"], "answers": {"effort": 7}}], "open": false, "version": 1, "language": "en"}'
        script = f"""for (let n = 0; n < 500; n++) localStorage.setItem(`regard.kiosk.{token}.${{n}}`,
            JSON.stringify({{...{item}, key: String(n).padStart(20, "0")}}))"""
        page.evaluate(script)
        page.get_by_role("radio", name="7").check()
        page.get_by_role("button", name="Send").click()
        page.get_by_role("button", name="Start again").click()
        page.get_by_text("can take no more answers until").wait_for()
        page.get_by_text("501 waiting to be sent").wait_for()


def test_what_can_never_be_taken_holds_up_nobody(contact):
    with browser.page(width=1024, height=768) as page:
        page.goto(contact)
        page.get_by_role("radio", name="7").wait_for()
        token = contact.rpartition("/")[2]
        item = {
            "language": "en",
            "version": 1,
            "open": False,
            "pages": [{"page": 0, "asked": ["effort"], "answers": {"effort": 7}}],
        }
        items = {
            "a": item | {"key": "a" * 30, "token": "erased"},
            "b": item | {"key": "b" * 30},
            "c": item | {"key": "unfit"},
        }
        page.evaluate("([token, items]) => Object.entries(items).forEach(([name, one]) => "
                      "localStorage.setItem(`regard.kiosk.${token}.${name}`, JSON.stringify(one)))", [token, items])  # fmt: skip
        page.reload()
        assert arrived(page, 1)[0].key.endswith("b" * 30)
