"""From the first message to the campaign on its way, on pages."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from regard.customers.contact.purposes.seed import fill
from regard.customers.people.models import Profile
from regard.customers.traits.models import Trait
from regard.outreach.campaigns.draw import place_of
from regard.outreach.campaigns.models import Campaign, Ended
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
        ({"form-0-text": "Dear {{ nobody }}"}, "Nothing can stand for “nobody”"),
        ({"form-0-subject": "Your {{ trait:plam }}"}, "No customer has a trait “plam”"), ({"form-0-subject": ""}, "An e-mail needs a subject"),
        ({"form-0-text": ""}, "This field is required"), ({"form-1-subject": "Bonjour"}, "Write what it says"),
        ({"form-1-language": "en", "form-1-subject": "x", "form-1-text": "x"}, "stands here twice"),
        ({"form-0-link": "javascript:alert(1)"}, "Enter a valid URL"),
    ):  # fmt: skip
        answer = client.post(address, {**WORDS, **wrong})
        assert answer.status_code == 200 and said in answer.content.decode(), said
    Trait.objects.create(workspace=workspace, name="plan")  # entered, though nobody has it yet
    Profile.objects.filter(pk=people(workspace, 1)[0]).update(traits={"tariff": "Pro"})
    assert client.post(address, {**WORDS, "form-0-subject": "{{ trait:plan }}, {{ trait:tariff }}"}).status_code == 302
    assert client.post(address, WORDS).status_code == 302
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


def test_a_campaign_ends_later_than_now_and_later_than_it_begins(workspace: Workspace) -> None:
    one = campaign(workspace, people(workspace, 3), started=False)
    admin, now = signed_in(member(workspace, Role.ADMIN)), timezone.now()
    told = {"name": "Winter", "segment": one.segment_id, "purpose": one.purpose_id, "control_percent": 10, "per_hour": 100, "aim": "spend",
            "days": 30, "arm-A": one.arms.get().version.template_id}  # fmt: skip
    for begins, ends, said in ((-3, -2, "This has passed"), (None, -1, "This has passed"), (4, 3, "It ends before it begins")):
        given = {"begins": typed(now + timedelta(days=begins)) if begins else "", "ends": typed(now + timedelta(days=ends))}
        page = admin.post("/campaigns/new", told | given)
        assert page.status_code == 200 and said in str(page.context["form"].errors["ends"])
        assert 'value="Winter"' in page.content.decode() and f'value="{given["ends"]}"' in page.content.decode()
    assert admin.post("/campaigns/new", told | {"begins": typed(now + timedelta(days=1)), "ends": typed(now + timedelta(days=2))}).status_code == 302


def typed(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_what_has_ended_before_it_was_started_is_not_started(workspace: Workspace) -> None:
    now = timezone.now()
    one = campaign(workspace, people(workspace, 3), started=False, ends=now - timedelta(days=400))
    admin, address = signed_in(member(workspace, Role.ADMIN)), f"/campaigns/{one.pk}/start"
    page = admin.get(address).content.decode()
    assert "this has passed: change it first" in page and ">Start it</button>" not in page
    refused = admin.post(address, follow=True)
    assert refused.redirect_chain[-1][0] == f"/campaigns/{one.pk}/change" and "Its end has passed: give it a later one" in refused.content.decode()
    with pytest.raises(Ended):
        one.start(by="t", now=now)
    assert Campaign.objects.get().started is None


def test_what_is_said_of_a_started_campaign_is_true_of_it(workspace: Workspace, inbox: Inbox) -> None:
    one = campaign(workspace, people(workspace, 3), started=False, begins=timezone.now() + timedelta(days=3))
    admin, address = signed_in(member(workspace, Role.ADMIN)), f"/campaigns/{one.pk}/start"

    def said() -> str:
        Campaign.objects.update(started=None)
        return " ".join(str(message) for message in admin.post(address, follow=True).context["messages"])

    begins = date_format(timezone.localtime(one.begins, workspace.zone), "SHORT_DATETIME_FORMAT")
    assert begins in admin.get(address).content.decode()
    first = said()
    assert f"It begins on {begins}." in first and "Nothing can be sent by e-mail yet" in first and "minute or two" not in first
    assert f"it begins on {begins}" in admin.get(f"/campaigns/{one.pk}").content.decode()
    Campaign.objects.update(begins=None)
    assert "Nothing can be sent by e-mail yet" in said()
    inbox.account(workspace)
    assert said() == "It is started. The first messages go out within a minute or two, as the contact policy lets them."


def test_what_was_cancelled_before_anybody_was_drawn_says_so(workspace: Workspace) -> None:
    one = campaign(workspace, people(workspace, 3))
    one.cancel(by="t", now=timezone.now())
    page = signed_in(member(workspace, Role.ADMIN)).get(f"/campaigns/{one.pk}").content.decode()
    assert "cancelled before anybody was drawn" in page and "there is nothing to compare" in page
    assert "still being drawn" not in page and "How it goes" not in page


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
