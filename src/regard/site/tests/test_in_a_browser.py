"""What only a browser can tell: the policy holds, charts come alive, dialogs, theme, keyboard and phone work."""

from datetime import UTC, datetime, timedelta

import pytest

from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.testing import browser
from regard.testing.events import source
from regard.testing.people import PASSWORD, member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owner(live_server, ledger):
    from regard.workspace.models import Workspace

    workspace = Workspace.found(name="Halcyon", industry="telecom", time_zone="Europe/Paris")
    now = datetime.now(UTC)
    rows = [
        {"kind": "answer", "message_id": f"a{number}", "at": (now - timedelta(hours=number * 6)).isoformat(), "metric": "nps", "channel": channel,
         "score": float(score), "scale_low": 0, "scale_high": 10, "user_id": f"C{number}", "text": "Waited too long" if score < 7 else ""}
        for number in range(300) for channel, score in [("store", 10) if number % 2 else ("phone", number % 11)]
    ]  # fmt: skip
    put_rows(workspace=workspace.pk, source=source(workspace).pk, rows=rows)
    project_all()
    return member(workspace)


def enter(page, live_server, owner, path="/"):
    page.goto(f"{live_server.url}/account/login/?next={path}")
    page.fill("[name=login]", owner.user.email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}{path}")


def test_the_first_visit_from_the_keyboard(live_server, ledger):
    with browser.page() as page:
        page.goto(live_server.url)
        page.get_by_label("Your name").focus()
        for text in ("Claire", "claire@halcyon.example", PASSWORD):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Begin").click()
        page.get_by_role("heading", name="Welcome. Your first numbers are a few minutes away").wait_for()
        assert page.complaints == []


def test_a_chart_is_painted_at_once_and_comes_alive_when_pointed_at(live_server, owner):
    with browser.page() as page:
        enter(page, live_server, owner)
        assert page.locator(".chart svg.wide-only").count() == 1
        page.hover(".chart svg.wide-only")
        page.locator(".chart .live svg").wait_for(timeout=20_000)
        point = page.locator(".chart .live .mark-symbol path").nth(2).bounding_box()
        page.mouse.move(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2, steps=4)
        page.locator("#vg-tooltip-element.visible", has_text="n = ").wait_for()
        assert page.complaints == []


def test_a_destructive_act_asks_in_a_dialog_that_the_keyboard_can_leave(live_server, owner):
    from regard.workspace.models import ApiKey

    ApiKey.create(
        workspace_id=owner.workspace_id,
        name="Till",
        scope="collect",
        unit_id=owner.workspace.root.pk,
        actor="test",
    )
    with browser.page() as page:
        enter(page, live_server, owner, "/settings/keys/")
        page.get_by_role("link", name="Revoke").click()
        page.get_by_role("dialog").wait_for()
        page.keyboard.press("Escape")
        assert page.get_by_role("dialog").count() == 0
        assert page.evaluate("document.activeElement.textContent") == "Revoke"
        page.get_by_role("link", name="Revoke").click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        page.get_by_text("no longer works").wait_for()
        assert page.complaints == []


def test_the_theme_holds_on_the_next_page(live_server, owner):
    with browser.page() as page:
        enter(page, live_server, owner, "/me")
        ground = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(ground)
        page.locator("main").get_by_role("button", name="Dark").click()
        dark = page.evaluate(ground)
        page.goto(f"{live_server.url}/settings/")
        assert light != dark == page.evaluate(ground)


def test_a_filter_of_explore_applies_itself(live_server, owner):
    with browser.page() as page:
        enter(page, live_server, owner, "/explore/")
        page.select_option("[name=by]", "channel")
        page.get_by_role("heading", name="Phone is below store").wait_for()
        assert "by=channel" in page.url


def test_the_customer_page_fetches_its_timeline(live_server, owner):
    with browser.page() as page:
        enter(page, live_server, owner, "/customers/")
        page.locator("tbody a").first.click()
        page.get_by_role("heading", name="Everything, in order").wait_for()
        page.locator("article").get_by_role("link", name="Feedback", exact=True).click()
        page.locator(".timeline li").first.wait_for()
        assert page.complaints == []


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/explore/",
        "/feedback/",
        "/customers/",
        "/touchpoints/",
        "/sources/",
        "/settings/members/",
        "/settings/units/",
    ],
)
def test_nothing_is_wider_than_a_phone(live_server, owner, path):
    with browser.page(width=390, height=800) as page:
        enter(page, live_server, owner, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("height", [768, 900, 1080, 1300])
def test_the_side_bar_shows_all_of_its_entries_at_once(live_server, owner, height):
    with browser.page(height=height) as page:
        enter(page, live_server, owner, "/settings/")
        side = page.locator(".side")
        assert side.evaluate("one => one.scrollHeight <= one.clientHeight"), side.evaluate("one => [one.scrollHeight, one.clientHeight]")
        entries = side.locator("nav a")
        assert entries.count() >= 20 and all(one.bounding_box()["height"] >= 24 for one in entries.all())
        entries.first.focus()
        for _entry in range(entries.count() - 1):
            page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == entries.last.inner_text() == "Settings"


def test_in_a_window_lower_than_that_the_open_page_is_seen_in_the_side_bar(live_server, owner):
    with browser.page(height=400) as page:
        enter(page, live_server, owner, "/settings/")
        box = page.locator(".side [aria-current=page]").bounding_box()
        assert 0 <= box["y"] <= 400 - box["height"] and page.evaluate("window.scrollY") == 0


def test_the_menu_opens_on_a_phone(live_server, owner):
    with browser.page(width=390, height=800) as page:
        enter(page, live_server, owner)
        assert not page.get_by_role("link", name="Customers").is_visible()
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("link", name="Customers").click()
        page.wait_for_url(f"{live_server.url}/customers/")


@pytest.mark.parametrize("dark", [False, True])
def test_pages_have_names_landmarks_and_contrast(live_server, owner, dark):
    faults = {}
    with browser.page(dark=dark) as page:
        enter(page, live_server, owner)
        for path in (
            "/", "/explore/?by=channel", "/touchpoints/", "/touchpoints/new", "/feedback/", "/customers/", "/sources/", "/sources/connect",
            "/sources/mapping/rule", "/imports/new", "/programmes/", "/programmes/begin", "/programmes/new?from=after_contact",
            "/surveys/", "/surveys/new", "/segments/", "/segments/new", "/accounts/", "/settings/", "/settings/mail", "/settings/contact/",
            "/settings/members/", "/settings/invitations/new", "/settings/audit/", "/me", "/account/2fa/",
        ):  # fmt: skip
            assert page.goto(live_server.url + path).ok, path
            if found := browser.accessibility_faults(page):
                faults[path] = found
    assert faults == {}
