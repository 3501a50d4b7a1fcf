"""What only a browser can tell of a survey: it can be answered from the keyboard on a phone, in every language, light and dark."""

import pytest

from regard.listening.links.models import Link
from regard.listening.responses.models import Response
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.testing import browser
from regard.workspace.models import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses(live_server, ledger):
    workspace = Workspace.found(name="Halcyon")
    found = {}
    for key, (name, content) in starts().items():
        survey = Survey(workspace=workspace, name=name, colour="#7a1f5c")
        survey.keep(content, by="x")
        survey.publish(by="x")
        found[key] = f"{live_server.url}/s/{Link.objects.create(survey=survey, name='x').token}"
    return found


@pytest.mark.parametrize("dark", [False, True])
def test_everybody_can_use_it(addresses, dark):
    faults = {}
    with browser.page(width=390, height=844, dark=dark) as page:
        for key, address in addresses.items():
            for language in starts()[key][1].languages:
                page.goto(f"{address}?lang={language}")
                if page.evaluate("document.documentElement.scrollWidth") > 390:
                    faults[f"{key} {language} width"] = page.evaluate("document.documentElement.scrollWidth")
                if found := browser.accessibility_faults(page):
                    faults[f"{key} {language}"] = found
                page.get_by_role("button").click()  # nothing chosen: what is said then
                page.get_by_role("alert").wait_for()
                page.wait_for_load_state()  # its colours, too
                if found := browser.accessibility_faults(page):
                    faults[f"{key} {language} after"] = found
        assert faults == {} and page.complaints == []


def test_answered_from_the_keyboard(addresses):
    with browser.page(width=390, height=844) as page:
        page.goto(addresses["after_contact"])
        page.keyboard.press("Tab")  # past the languages
        for _ in range(3):
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert page.locator("[name=effort]:checked").input_value() == "1"
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        page.keyboard.type("Quick <b>and</b> kind")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("The team will read it").wait_for()
        assert page.complaints == []
    assert Response.objects.get().answers == {"effort": 6, "why": "Quick <b>and</b> kind"}
