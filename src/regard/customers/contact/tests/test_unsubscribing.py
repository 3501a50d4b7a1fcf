from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from regard.customers.contact.models import Consent, Purpose
from regard.customers.contact.public import links
from regard.customers.contact.tests.made import customer, says, verdict
from regard.customers.contact.verdict import Because
from regard.workspace.models import Workspace

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def who(purposes):
    made = customer(purposes, phone="33612345678")
    says(made, "marketing", "confirmed", timezone.now() - timedelta(days=9), address="ines@example.org")
    return made


def path_for(who, purpose="marketing", channel="e-mail"):
    return links.unsubscribe_link(who.workspace_id, who.pk, purpose=purpose, channel=channel).removeprefix(
        "http://127.0.0.1:8000"
    )


def stranger():
    """A mail program: no session, no token."""
    return Client(enforce_csrf_checks=True)


def allowed(who, purpose="marketing", channel="e-mail"):
    return verdict(who, timezone.now(), purpose, channel).allowed


def test_looking_changes_nothing_and_leaves_no_cookie(who):
    for method in ("get", "head"):
        answer = getattr(stranger(), method)(path_for(who))
        assert answer.status_code == 200 and not answer.cookies
    assert Consent.objects.count() == 1 and allowed(who)
    page = stranger().get(path_for(who))
    assert page["Cache-Control"] == "private, no-store" and page["Referrer-Policy"] == "no-referrer"
    assert b"In\xc3\xa8s" not in page.content and b"ines@" not in page.content
    for method in ("put", "delete", "patch"):
        assert getattr(stranger(), method)(path_for(who)).status_code == 405


def test_the_mail_programs_own_button_needs_no_session_and_gets_no_redirect(who):
    answer = stranger().post(path_for(who), ONE_CLICK)
    assert answer.status_code == 200 and not answer.cookies
    row = Consent.objects.order_by("-id").first()
    assert (row.decision, row.channel, row.source, row.by) == ("withdrawn", "e-mail", "unsubscribe", "customer")
    assert verdict(who, timezone.now(), "marketing").because == Because.WITHDRAWN
    assert allowed(who, "feedback")
    stranger().post(path_for(who), ONE_CLICK)
    assert Consent.objects.count() == 2  # twice is once


def test_a_post_that_says_nothing_changes_nothing(who):
    assert stranger().post(path_for(who)).status_code == 200
    assert stranger().post(path_for(who), {"List-Unsubscribe": "No"}).status_code == 200
    assert Consent.objects.count() == 1


def test_the_headers_are_those_of_the_rfc(who):
    link = links.unsubscribe_link(who.workspace_id, who.pk, purpose="marketing", channel="e-mail")
    assert links.unsubscribe_headers(link) == {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_from_everything_on_every_channel(who):
    says(who, "marketing", "given", timezone.now() - timedelta(days=3), channel="SMS")
    Purpose.objects.create(workspace=who.workspace, key="recall", name="Recalls", basis="necessary")
    page = stranger().post(path_for(who), {"what": "everything"})
    assert b"You will not hear from Halcyon any more" in page.content and b"Recalls" in page.content
    for purpose in ("service", "feedback", "marketing"):
        for channel in ("e-mail", "SMS", "post"):
            assert not allowed(who, purpose, channel), (purpose, channel)
    assert allowed(who, "recall")
    rows = Consent.objects.count()
    stranger().post(path_for(who), {"what": "everything"})
    assert Consent.objects.count() == rows
    assert b"You will not hear from" in stranger().get(path_for(who)).content


def undo_of(page):
    return page.content.decode().partition('name="undo" value="')[2].partition('"')[0]


def test_a_mistake_is_taken_back_and_gives_no_more_than_there_was(who):
    says(who, "feedback", "refused", timezone.now() - timedelta(days=2), channel="SMS")
    token = undo_of(stranger().post(path_for(who), {"what": "everything"}))
    page = stranger().post(path_for(who), {"what": "back", "undo": token})
    assert b"Everything is as it was" in page.content
    assert allowed(who, "marketing") and allowed(who, "feedback") and allowed(who, "service", "SMS")
    assert not allowed(who, "feedback", "SMS")
    assert not allowed(who, "marketing", "SMS")  # never agreed to
    again = Consent.objects.filter(decision="confirmed").first()
    assert again.address == "ines@example.org" and again.source == "unsubscribe"
    rows = Consent.objects.count()
    stranger().post(path_for(who), {"what": "back", "undo": token})
    assert Consent.objects.count() == rows


def test_taking_back_one_purpose(who):
    token = undo_of(stranger().post(path_for(who, "feedback", "SMS"), {"what": "purpose"}))
    assert not allowed(who, "feedback", "SMS") and allowed(who, "feedback")
    stranger().post(path_for(who, "feedback", "SMS"), {"what": "back", "undo": token})
    assert allowed(who, "feedback", "SMS")


def test_the_way_back_of_another_does_nothing(who):
    other = customer(who.workspace, "Paul", email="paul@example.org")
    token = undo_of(stranger().post(path_for(other, "feedback"), {"what": "purpose"}))
    stranger().post(path_for(who, "feedback"), {"what": "back", "undo": token})
    stranger().post(path_for(other, "feedback"), {"what": "back", "undo": "forged"})
    assert not allowed(other, "feedback")


def test_a_no_that_came_later_is_not_taken_back(who):
    token = undo_of(stranger().post(path_for(who), {"what": "purpose"}))
    says(who, "marketing", "refused", timezone.now())
    stranger().post(path_for(who), {"what": "back", "undo": token})
    assert not allowed(who)


def test_an_old_link_works_and_leads_to_whom_they_were_merged_into(who, monkeypatch):
    path = path_for(who)
    kept = customer(who.workspace, "Kept", email="kept@example.org")
    who.merged_into = kept
    who.save()
    stranger().post(path, ONE_CLICK)
    assert not allowed(kept)


def test_links_that_are_not_ours_get_one_clear_page(who):
    gone = customer(who.workspace, "Gone", email="gone@example.org")
    dead = path_for(gone)
    gone.delete()
    rival = Workspace.found(name="Rival")
    purpose = Purpose.objects.get(key="marketing")
    crossed = signing.dumps([rival.pk, who.pk, purpose.pk, "e-mail"], salt="regard.contact.unsubscribe")
    path = path_for(who)
    bad = [
        "/unsubscribe/x",
        path[:-2] + "xx",
        dead,
        f"/unsubscribe/{crossed}",
        f"/unsubscribe/{signing.dumps(1, salt='regard.contact.confirm')}",
    ]
    for address in bad:
        for answer in (stranger().get(address), stranger().post(address, ONE_CLICK)):
            assert answer.status_code == 404 and b"does not lead anywhere" in answer.content
            assert b"Halcyon" not in answer.content
    assert allowed(who)


def test_what_has_to_be_sent_cannot_be_stopped_but_the_rest_can(who):
    Purpose.objects.create(workspace=who.workspace, key="recall", name="Recalls", basis="necessary")
    page = stranger().get(path_for(who, "recall"))
    assert b"has to be sent" in page.content and b"Stop everything from Halcyon" in page.content
    stranger().post(path_for(who, "recall"), ONE_CLICK)
    assert allowed(who, "recall")
