"""What only a browser can tell: unsubscribing without scripts, and the panel that swaps itself."""

import pytest
from django.utils import timezone

from regard.customers.contact.models import Consent, Restraint
from regard.customers.contact.public import links
from regard.customers.contact.tests.made import customer, says, verdict
from regard.testing import browser
from regard.testing.people import PASSWORD, member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def who(live_server, ledger, purposes, settings):
    settings.PUBLIC_URL = live_server.url
    made = customer(purposes)
    says(made, "marketing", "confirmed", timezone.now())
    return made


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_unsubscribing_and_thinking_better_of_it(who, width, dark):
    link = links.unsubscribe_link(who.workspace_id, who.pk, purpose="marketing", channel="e-mail")
    with browser.page(width=width, height=800, dark=dark) as page:
        page.goto(link)
        page.get_by_role("heading", name="Stop “News and offers” by e-mail?").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert browser.accessibility_faults(page) == []
        page.get_by_role("button", name="Unsubscribe").click()
        page.get_by_role("heading", name="You no longer get “News and offers” by e-mail").wait_for()
        assert verdict(who, timezone.now(), "marketing").because == "withdrawn"
        page.get_by_role("button", name="That was a mistake").click()
        page.get_by_role("heading", name="Everything is as it was").wait_for()
        assert verdict(who, timezone.now(), "marketing").allowed
        page.get_by_role("button", name="Stop everything from Halcyon").click()
        page.get_by_role("heading", name="You will not hear from Halcyon any more").wait_for()
        assert not verdict(who, timezone.now(), "service").allowed
        assert browser.accessibility_faults(page) == []
        assert page.context.cookies() == []
        assert page.complaints == []


def test_confirming(who):
    from regard.customers.contact.record_consent import record_consent

    other = customer(who.workspace, "Paul", email="paul@example.org")
    (request,) = record_consent(
        who.workspace_id, other.pk, purpose="marketing", channel="e-mail", decision="given", source="form", by="customer", now=timezone.now()
    )  # fmt: skip
    with browser.page(width=390, height=800) as page:
        page.goto(links.confirm_link(request))
        assert browser.accessibility_faults(page) == []
        page.get_by_role("button", name="Yes, I agree").click()
        page.get_by_role("heading", name="Thank you, it is confirmed").wait_for()
        page.get_by_role("link", name="That was a mistake").click()
        page.get_by_role("heading", name="Stop “News and offers” by e-mail?").wait_for()
        assert page.complaints == []
    assert verdict(other, timezone.now(), "marketing").allowed


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False)])
def test_the_panel_takes_what_a_customer_said_and_holds_contact_without_leaving_the_page(live_server, who, width, dark):
    agent = member(who.workspace, "agent")
    with browser.page(width=width, height=900, dark=dark) as page:
        page.goto(f"{live_server.url}/account/login/?next=/customers/{who.pk}")
        page.fill("[name=login]", agent.user.email)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="May we contact them?").wait_for()
        page.get_by_text("Record what they said").click()
        page.get_by_label("Purpose").select_option("feedback")
        page.get_by_label("What they said").select_option("withdrawn")
        page.get_by_label("How they said it").fill("on the phone")
        page.get_by_role("button", name="Record", exact=True).click()
        page.get_by_role("status").get_by_text("Recorded.").wait_for()
        page.get_by_text("all channels: withdrawn", exact=True).wait_for()
        page.get_by_text("Do not contact for now").click()
        page.get_by_label("Reason").select_option("bereavement")
        page.get_by_role("button", name="Hold contact").click()
        page.get_by_text("Not for now: bereavement").wait_for()
        page.get_by_role("button", name="Lift it").click()
        page.get_by_role("status").get_by_text("Lifted.").wait_for()
        page.get_by_text("What they said, 2 times").click()
        page.get_by_text("on the phone").last.wait_for()
        assert page.url == f"{live_server.url}/customers/{who.pk}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert browser.accessibility_faults(page) == []
        assert page.complaints == []
    assert Consent.objects.filter(by=agent.user.email).count() == 1 and Restraint.objects.count() == 1


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_the_settings_pages_fit_and_read_well(live_server, who, width, dark):
    from regard.customers.contact.tests.made import suppress

    suppress(who.workspace, "a.very.long.address.of.somebody.who.likes.them@quite.a.long.subdomain.example.org")
    owner = member(who.workspace)
    with browser.page(width=width, height=900, dark=dark) as page:
        page.goto(f"{live_server.url}/account/login/?next=/settings/contact/")
        page.fill("[name=login]", owner.user.email)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Customers are contacted for 3 purposes").wait_for()
        for summary in page.locator("summary:visible", has_text="Add").all():
            summary.click()
        faults = {"policy": browser.accessibility_faults(page)}
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for path in ("/settings/suppressions/", "/settings/suppressions/new", "/settings/contact/purposes/new"):
            page.goto(live_server.url + path)
            faults[path] = browser.accessibility_faults(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert not any(faults.values()), faults
        assert page.complaints == []
