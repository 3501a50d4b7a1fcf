"""Anybody can complain on the public page, once, and is told at once what happens next."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from regard.care.cases.models import Case
from regard.care.complaints.models import Complaint
from regard.care.complaints.public.models import ComplaintDoor
from regard.customers.people.models import Profile
from regard.outreach.messages.send import send_due
from regard.testing.browser import accessibility_faults, page
from regard.testing.mail import Inbox, inbox, part
from regard.testing.people import PASSWORD, member
from regard.workspace.members.rights import Role

__all__ = ["inbox"]
pytestmark = pytest.mark.django_db(transaction=True)
SAID = {"words": "You billed me twice.", "email": "ines@mail.example", "remedy": "refund", "key": "k" * 30}


def sent(door: ComplaintDoor, **more: Any) -> Any:
    return Client().post(f"/complain/{door.token}?lang=en", {**SAID, **more})


def test_what_is_sent_is_a_complaint_of_whoever_has_that_address_and_they_get_its_number(door: ComplaintDoor, inbox: Inbox) -> None:
    inbox.account(door.workspace)
    answer = sent(door)
    made = Complaint.objects.get()
    assert f"#{made.case.number}" in answer.content.decode() and "ines@mail.example" in answer.content.decode()
    assert (made.via, made.remedy, made.complainant) == ("form", "refund", "ines@mail.example")
    assert made.case.words == "You billed me twice." and made.case.unheard and made.case.profile is not None
    assert send_due() == 1 and f"#{made.case.number}" in part(inbox.mails[0], "plain")


def test_a_name_is_believed_of_those_who_have_none(door: ComplaintDoor) -> None:
    sent(door, name="Zoé Petit")
    sent(door, name="Somebody Else", key="o" * 30)
    assert Profile.objects.get().name == "Zoé Petit"


def test_sent_twice_it_is_one_complaint(door: ComplaintDoor) -> None:
    first, second = sent(door), sent(door)
    assert Complaint.objects.count() == 1 and first.content == second.content


def test_what_is_missing_is_said_and_what_was_typed_is_still_there(door: ComplaintDoor) -> None:
    answer = sent(door, email="", name="Inès <b>")
    assert answer.status_code == 422 and not Case.objects.exists()
    text = answer.content.decode()
    assert "so that we can answer" in text and "You billed me twice." in text and "Inès &lt;b&gt;" in text
    assert sent(door, words=" ").status_code == sent(door, email="nobody").status_code == sent(door, phone="12").status_code == 422


def test_two_ways_to_reach_somebody_do_not_join_two_customers(door: ComplaintDoor) -> None:
    """Nobody has checked that the address and the number are of one person: else strangers could join customers."""
    sent(door, phone="+33 6 12 34 56 78")
    sent(door, email="", phone="+33 6 12 34 56 78", key="o" * 30)
    assert Profile.objects.count() == 2
    assert Complaint.objects.earliest("pk").complainant == "ines@mail.example · +33612345678"


def test_a_program_that_fills_in_everything_is_thanked_and_nothing_is_kept(door: ComplaintDoor) -> None:
    assert sent(door, website="https://spam.example").status_code == 200 and not Case.objects.exists()


def test_a_closed_form_and_one_that_never_was_look_alike(door: ComplaintDoor) -> None:
    never = Client().get("/complain/nothing")
    door.keep(by="t@x.example", opened=None)
    closed = Client().get(f"/complain/{door.token}")
    assert never.status_code == closed.status_code == 404 and never.content == closed.content


@pytest.mark.browser
def test_from_the_form_to_the_final_response_in_a_browser(door: ComplaintDoor, live_server: Any, inbox: Inbox) -> None:
    inbox.account(door.workspace)
    boss = member(door.workspace, Role.OWNER)
    with page(width=390, height=844) as phone:
        phone.goto(f"{live_server.url}/complain/{door.token}?lang=fr")
        assert accessibility_faults(phone) == []
        phone.fill("textarea[name=words]", "Deux fois la même facture.")
        phone.fill("input[name=email]", "ines@mail.example")
        phone.click("main .foot button")
        phone.wait_for_selector("h1:has-text('numéro')")
    one = Complaint.objects.get()
    with page() as desk:
        desk.goto(f"{live_server.url}/account/login/")
        desk.fill("input[name=login]", boss.user.email)
        desk.fill("input[name=password]", PASSWORD)
        desk.click("button[type=submit]")
        desk.goto(f"{live_server.url}/complaints/")
        desk.click("text=Deux fois")
        assert accessibility_faults(desk) == []
        desk.select_option("select[name=severity]", "2")
        desk.click("text=Keep the assessment")
        desk.fill("#finding", "Billed on the 3rd and on the 5th.")
        desk.click("#investigation button")
        desk.click("text=Propose something")
        desk.fill("input[name=amount]", "12.50")
        desk.fill("input[name=reason]", "The second bill")
        desk.click("button[value=offer]")
        desk.click("button[value=rule]")
        assert "Say whether the complaint is upheld" in desk.inner_text("body")
        desk.check("input[value=upheld]")
        desk.fill("#reasons", "Nous vous avons facturé deux fois.")
        desk.click("button[value=rule]")
        desk.click("button[value=answer]")
        desk.wait_for_selector("text=Close the case")
        assert accessibility_faults(desk) == []
    while send_due():
        pass
    text = part(inbox.mails[-1], "plain")
    assert "Nous vous avons facturé deux fois." in text and "12,50" in text
    one.refresh_from_db()
    assert one.answered and one.answers.get().letter
