"""A detractor's answer, from the survey page to the closing that they confirm: in a browser, with mail that really goes out and comes in."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest
from django.core import mail as own_mail
from django.utils import timezone

from regard.care.cases.clocks import watch_clocks
from regard.care.cases.models import Case
from regard.care.closures.models import Closure, Says
from regard.listening.programmes.jobs import decide_all
from regard.listening.programmes.tests.made import call, programme
from regard.outreach.mail.mailbox.models import Mailbox
from regard.outreach.mail.mailbox.poll import poll
from regard.outreach.messages.send import send_due
from regard.outreach.notices.post import post
from regard.playbooks.runs.tests.made import follow, playbook
from regard.testing.browser import accessibility_faults, page, settled
from regard.testing.imap import ImapBox, imap
from regard.testing.mail import Inbox, inbox, part
from regard.testing.people import PASSWORD, member
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

__all__ = ["imap", "inbox"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def path_in(mail: EmailMessage, holding: str) -> str:
    link = next(one for one in re.findall(r'href="([^"]+)"', part(mail, "html")) if holding in one)
    return re.sub(r"^https?://[^/]+", "", link.replace("&amp;", "&"))


def read(box: Mailbox) -> int:
    return poll(Mailbox.objects.get(pk=box.pk), now=timezone.now())


def test_from_the_answer_to_the_closing_that_they_confirm(workspace: Workspace, ledger: object, live_server, inbox: Inbox, imap: ImapBox) -> None:
    inbox.account(workspace, reply_to="care@halcyon.example")
    box = Mailbox(workspace=workspace, address="care@halcyon.example")
    box.settings = {"host": "127.0.0.1", "port": imap.port, "security": "none", "user": "care", "password": imap.password, "folder": "INBOX"}
    box.save()
    assert read(box) == 0
    boss = member(workspace, Role.OWNER, email="boss@halcyon.example")
    programme(workspace)
    playbook(workspace, {"do": "case", "priority": 2, "title": "{{ score }}"})

    # a call; they are asked by mail, and say on their phone that it was hard
    call(workspace, "ana")
    follow()
    decide_all(now=timezone.now(), seconds=5)
    assert send_due() == 1
    with page(width=390, height=844) as phone:
        phone.goto(live_server.url + path_in(inbox.mails[-1], "answer=2"))
        phone.fill("textarea[name=why]", "Nobody called back")
        phone.click("main .foot button")
        phone.wait_for_selector("textarea[name=why]", state="detached")
        phone.click("main .foot button:has-text('Send')")  # no call back
        phone.wait_for_selector("text=May we call you back?", state="detached")
    follow()
    made = Case.objects.get()
    assert made.words == "Nobody called back" and made.profile is not None

    # whoever answers for it is told by mail, and opens the case from the list
    post(now=timezone.now())
    assert not own_mail.outbox  # nobody's: in the daily mail, and on the page
    with page() as desk:
        desk.goto(f"{live_server.url}/account/login/")
        desk.fill("input[name=login]", boss.user.email)
        desk.fill("input[name=password]", PASSWORD)
        desk.click("button[type=submit]")
        desk.goto(f"{live_server.url}/notices/")
        desk.click("text=waits for somebody")
        settled(desk)
        assert desk.inner_text("h1").startswith("CES 2")
        assert accessibility_faults(desk) == []
        desk.click("text=Take it")
        settled(desk)
        desk.fill("textarea[name=text]", "I am sorry. When may I call you?")
        desk.click("text=Send to the customer")
        settled(desk)
        assert "their turn" in desk.inner_text(".lead") or "customer’s turn" in desk.inner_text(".lead")
        assert send_due() == 1

        # they answer from their mail program; it lands in the case, and the owner is told at once
        ours = inbox.mails[-1]
        assert ours["Reply-To"] == "care@halcyon.example" and "When may I call you?" in ours.get_content()
        answer = EmailMessage()
        answer["From"], answer["To"], answer["Subject"] = "Ana <ana@mail.example>", ours["Reply-To"], f"Re: {ours['Subject']}"
        answer["In-Reply-To"] = answer["References"] = str(ours["Message-ID"])
        answer["Message-ID"] = "<1@mail.example>"
        answer.set_content("Tomorrow at nine.\n\nOn Fri, 27 Nov 2026 at 10:00, Halcyon wrote:\n> I am sorry. When may I call you?\n")
        imap.deliver(answer)
        assert read(box) == 1
        post(now=timezone.now())
        assert "wrote" in own_mail.outbox[-1].subject and own_mail.outbox[-1].to == [boss.user.email]
        desk.reload()
        assert "Tomorrow at nine." in desk.inner_text("#story") and "> I am sorry" not in desk.inner_text("#story")

        # what is half written stays when another button is pressed, and closing many is asked first
        desk.fill("textarea[name=text]", "Half a letter")
        desk.click("button[value=priority]")
        settled(desk)
        assert desk.input_value("textarea[name=text]") == "Half a letter"
        desk.goto(f"{live_server.url}/cases/")
        desk.check("input[name=chosen]")
        desk.click("button[value=close]")
        assert desk.locator("dialog[open]").is_visible() and accessibility_faults(desk) == []
        desk.click("dialog >> text=Not now")
        assert not desk.locator("dialog").count() and Case.objects.get().open
        desk.goto(f"{live_server.url}/cases/{made.number}")
        assert desk.input_value("textarea[name=text]") == "Half a letter"
        desk.fill("textarea[name=text]", "")

        # it is done, and said to be
        desk.fill("textarea[name=outcome]", "We called you and sent a new router.")
        desk.click("text=Close the case")
        settled(desk)
        watch_clocks(now=timezone.now())
        assert send_due() == 1
        phone = desk.context.browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark").new_page()
        phone.goto(live_server.url + path_in(inbox.mails[-1], "says=solved"))
        assert Closure.objects.get().says == "" and phone.is_checked("input[value=solved]")
        assert "We called you" in phone.inner_text("main") and accessibility_faults(phone) == []
        phone.click("main .foot button")
        phone.get_by_role("heading", name="Thank you").wait_for()
        assert Closure.objects.get().says == Says.SOLVED
        desk.reload()
        assert "the customer says: solved" in desk.inner_text("main")
    follow()
