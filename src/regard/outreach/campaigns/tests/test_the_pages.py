"""From the first message to the campaign on its way, on pages."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from regard.customers.contact.purposes.seed import fill
from regard.customers.people.models import Profile
from regard.outreach.campaigns.draw import place_of
from regard.outreach.campaigns.models import Campaign
from regard.outreach.campaigns.rehearse import rehearse
from regard.outreach.campaigns.run import run_campaigns
from regard.outreach.campaigns.tests.made import campaign, people, segment, template
from regard.outreach.messages.send import send_due
from regard.outreach.templates.models import MessageTemplate, TemplateVersion
from regard.testing.browser import accessibility_faults, page
from regard.testing.mail import Inbox, inbox
from regard.testing.people import PASSWORD, member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

__all__ = ["inbox"]
pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {
    "name": "News", "channel": "e-mail", "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "1", "form-0-language": "en", "form-0-subject": "Hello",
    "form-0-text": "Dear {{ name }}", "form-1-language": "fr", "form-1-text": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def test_a_message_has_versions_and_says_what_is_wrong_with_it(workspace: Workspace) -> None:
    client = signed_in(member(workspace, Role.ADMIN))
    assert client.post("/campaigns/messages/new", WORDS).status_code == 302
    made = MessageTemplate.objects.get()
    address = f"/campaigns/messages/{made.pk}"
    assert client.post(address, WORDS).status_code == 302 and TemplateVersion.objects.count() == 1  # nothing changed
    both = {**WORDS, "form-TOTAL_FORMS": "3", "form-1-subject": "Bonjour", "form-1-text": "Salut", "form-2-language": "de", "form-2-text": ""}
    assert client.post(address, both).status_code == 302 and made.version.number == 2
    for wrong, said in (
        ({"form-0-text": "Dear {{ nobody }}"}, "Nothing can stand for “nobody”"), ({"form-0-subject": ""}, "An e-mail needs a subject"),
        ({"form-0-text": ""}, "This field is required"), ({"form-1-subject": "Bonjour"}, "Write what it says"),
        ({"form-1-language": "en", "form-1-subject": "x", "form-1-text": "x"}, "stands here twice"),
        ({"form-0-link": "javascript:alert(1)"}, "Enter a valid URL"),
    ):  # fmt: skip
        answer = client.post(address, {**WORDS, **wrong})
        assert answer.status_code == 200 and said in answer.content.decode(), said
    page = client.get(f"{address}/preview")
    assert "Dear Inès Moreau" in page.content.decode() and "frame-ancestors 'self'" in page["Content-Security-Policy"]


def test_what_was_started_is_not_changed_any_more_and_others_do_not_find_it(workspace: Workspace) -> None:
    one = campaign(workspace, people(workspace, 3), started=False)
    admin = signed_in(member(workspace, Role.ADMIN))
    assert "may be written to now" in admin.get(f"/campaigns/{one.pk}/start").content.decode()
    assert admin.post(f"/campaigns/{one.pk}/start").status_code == 302
    assert Campaign.objects.get().started and admin.get(f"/campaigns/{one.pk}/change").status_code == 302
    assert signed_in(member(workspace, Role.AGENT)).post(f"/campaigns/{one.pk}/act", {"act": "cancel"}).status_code == 403
    shop = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Shop")
    of_the_shop = signed_in(member(workspace, Role.ADMIN, at=shop, email="s@x.example"))
    assert of_the_shop.post(f"/campaigns/{one.pk}/act", {"act": "cancel"}).status_code == 403
    other = Workspace.found(name="Other", industry="telecom", time_zone="UTC", currency="EUR")
    assert signed_in(member(other, Role.OWNER, email="o@x.example")).get(f"/campaigns/{one.pk}").status_code == 404


def test_before_it_starts_its_page_says_whom_it_would_draw_and_how_long_it_takes(workspace: Workspace) -> None:
    """By the channel of each message: nobody has a phone number."""
    text = template(workspace, "by text", channel="SMS", languages={"en": {"text": "Hi", "subject": "", "button": "", "link": ""}})
    one = campaign(workspace, people(workspace, 200), template(workspace, "mail"), text, started=False, control_percent=50, per_hour=10)
    found = rehearse(one, now=timezone.now())
    places = [place_of(one.pk, pk) for pk in Profile.objects.values_list("pk", flat=True)]
    letters = Counter("" if place < 5_000 else "A" if place < 7_500 else "B" for place in places)
    assert (found.kept_out, found.now, found.refused) == (letters[""], letters["A"], [("no address known", letters["B"])])
    assert found.takes == timedelta(minutes=6 * letters["A"]) and not found.too_long and found.unset == ["SMS", "e-mail"]
    one.ends = timezone.now() + timedelta(hours=1)
    assert rehearse(one, now=timezone.now()).too_long


def test_the_first_message_can_get_a_greater_share_and_the_form_remembers_it(workspace: Workspace) -> None:
    one = campaign(workspace, people(workspace, 3), template(workspace, "a"), template(workspace, "b"), started=False)
    admin, address = signed_in(member(workspace, Role.ADMIN)), f"/campaigns/{one.pk}/change"
    arms = {f"arm-{arm.letter}": arm.version.template_id for arm in one.arms.select_related("version")}
    told = {"name": "Autumn", "segment": one.segment_id, "purpose": one.purpose_id, "control_percent": 10, "per_hour": 100, "aim": "spend",
            "days": 30}  # fmt: skip
    page = admin.get(address).content.decode()
    assert 'name="first_share"' in page and 'name="touchpoints"' not in page  # there are none to choose from
    assert admin.post(address, told | arms | {"first_share": 120}).status_code == 200
    assert admin.post(address, told | arms | {"first_share": 80}).status_code == 302
    assert [arm.share for arm in one.arms.all()] == [80, 20]
    assert 'value="80"' in admin.get(address).content.decode()


@pytest.mark.browser
def test_from_the_first_message_to_what_went_out(workspace: Workspace, live_server: Any, inbox: Inbox) -> None:
    inbox.account(workspace)
    fill(workspace.pk, actor="t")
    boss = member(workspace, Role.OWNER)
    segment(workspace, people(workspace, 30), name="Regulars")
    with page() as desk:
        desk.goto(f"{live_server.url}/account/login/")
        desk.fill("input[name=login]", boss.user.email)
        desk.fill("input[name=password]", PASSWORD)
        desk.click("button[type=submit]")
        desk.goto(f"{live_server.url}/campaigns/")
        desk.click("text=New message")
        desk.fill("input[name=name]", "Autumn news")
        desk.fill("input[name=form-0-subject]", "News for {{ name }}")
        desk.fill("textarea[name=form-0-text]", "# What is new\n\nHello {{ name }}.\n\n- One\n- Two")
        desk.click("button:has-text('Save')")
        desk.wait_for_selector("iframe.mail")
        assert accessibility_faults(desk) == []
        desk.goto(f"{live_server.url}/campaigns/new")
        desk.fill("input[name=name]", "Autumn")
        desk.select_option("select[name=segment]", label="Regulars")
        desk.select_option("select[name=purpose]", index=1)
        desk.select_option("select[name=arm-A]", label="Autumn news")
        assert accessibility_faults(desk) == []
        desk.click("button:has-text('Save')")
        desk.click("text=Start it")
        desk.wait_for_selector("text=may be written to now")
        desk.click("button:has-text('Start it')")
        run_campaigns(now=timezone.now())
        send_due()
        run_campaigns(now=timezone.now())
        desk.reload()
        assert accessibility_faults(desk) == []
        assert "done" in desk.inner_text("h1") and desk.complaints == []
    assert 20 <= len(inbox.mails) <= 30
