"""What somebody who was invited meets, and what is kept of it."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.forms import BaseForm
from django.test import Client
from django.utils import timezone

from regard.customers.contact.log.models import ContactMade
from regard.customers.contact.record_consent import record_consent
from regard.listening.invitations.links import link_of, token_of
from regard.listening.invitations.models import Invitation
from regard.listening.programmes.jobs import decide_all
from regard.listening.programmes.models import Programme
from regard.listening.programmes.tests.made import call, follow, programme
from regard.listening.responses.models import Response
from regard.outreach.messages.models import Message
from regard.outreach.messages.send import send_due
from regard.testing.mail import Inbox
from regard.testing.people import member, signed_in
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
ANSWER = {
    "key": "k" * 30,
    "asked": ["effort", "why"],
    "effort": "2",
    "why": "Long wait <script>alert(1)</script>",
    "lang": "en",
}


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def invited(workspace: Workspace, inbox: Inbox, **more: object) -> Invitation:
    inbox.account(workspace)
    programme(workspace, **more)
    call(workspace, "ana")
    follow()
    decide_all(now=timezone.now(), seconds=5)
    assert send_due() == 1
    return Invitation.objects.get()


def as_it_stands(form: BaseForm) -> dict[str, object]:
    """What a browser would send of a form that nobody has touched."""
    given = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {
        name: getattr(value, "pk", value) for name, value in given.items() if value is not None and value is not False
    }


def path_of(invitation: Invitation) -> str:
    return re.sub(r"^https?://[^/]+", "", link_of(invitation.pk))


def test_looking_a_hundred_times_records_nothing(workspace: Workspace, inbox: Inbox, client: Client) -> None:
    one = invited(workspace, inbox)
    for _ in range(5):
        assert client.get(f"{path_of(one)}?question=effort&answer=7").status_code == 200
        assert client.head(path_of(one)).status_code == 200
    one.refresh_from_db()
    assert not Response.objects.exists() and one.started is None and one.opened is None


def test_a_link_used_fifty_times_at_once_is_one_response(workspace: Workspace, inbox: Inbox) -> None:
    one = invited(workspace, inbox)
    states: list[int] = []

    def answer(number: int) -> None:
        given = {**ANSWER, "key": f"{number:030d}"}
        states.append(Client().post(path_of(one), given).status_code)
        connection.close()

    for start in range(0, 50, 10):
        threads = [threading.Thread(target=answer, args=(start + number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(states) == {302} and Response.objects.count() == 1
    one.refresh_from_db()
    assert one.started and Response.objects.get().profile_id == one.profile_id


@pytest.mark.parametrize("spoilt", ["1", "1.x", "{pk}.AAAA", "999999.{signature}", "../etc", "%00", "{pk}." + "A" * 43])
def test_a_guessed_link_is_answered_as_one_that_never_was(
    workspace: Workspace, inbox: Inbox, client: Client, spoilt: str
) -> None:
    one = invited(workspace, inbox)
    signature = token_of(one.pk).partition(".")[2]
    found = client.get(f"/i/{spoilt.format(pk=one.pk, signature=signature)}")
    assert found.status_code == 404


def test_what_is_over_cannot_be_answered_but_what_was_begun_can(
    workspace: Workspace, inbox: Inbox, client: Client
) -> None:
    one = invited(workspace, inbox)
    Invitation.objects.update(expires=timezone.now() - timedelta(minutes=1))
    assert client.get(path_of(one)).status_code == 404 and client.post(path_of(one), ANSWER).status_code == 404
    Invitation.objects.update(expires=timezone.now() + timedelta(days=1))
    assert client.post(path_of(one), ANSWER).status_code == 302
    Invitation.objects.update(expires=timezone.now() - timedelta(minutes=1))
    assert client.get(path_of(one)).status_code == 302
    assert client.get(client.get(path_of(one))["Location"]).status_code == 200


def test_a_wrong_answer_comes_back_with_what_was_typed_and_is_inert(
    workspace: Workspace, inbox: Inbox, client: Client
) -> None:
    one = invited(workspace, inbox)
    page = client.post(path_of(one), {**ANSWER, "effort": "99"}).content.decode()
    assert "Long wait &lt;script&gt;" in page and "<script>alert" not in page and not Response.objects.exists()


def test_of_an_anonymous_answer_nobody_can_tell_whose_it_is(workspace: Workspace, inbox: Inbox, client: Client) -> None:
    one = invited(workspace, inbox, anonymous=True)
    assert client.post(path_of(one), ANSWER).status_code == 302
    response = Response.objects.get()
    assert (response.profile_id, response.invitation_id) == (None, None) and response.programme_id == one.programme_id
    assert str(one.pk) not in response.key and token_of(one.pk) not in response.key
    one.refresh_from_db()
    assert one.started and one.started.time().isoformat() == "00:00:00"
    assert (
        client.post(path_of(one), {**ANSWER, "key": "z" * 30}).status_code == 404
        and client.get(path_of(one)).status_code == 404
    )
    assert Response.objects.count() == 1
    colleague = signed_in(member(workspace))
    follow()
    board = colleague.get(f"/programmes/{one.programme_id}").content.decode()
    assert "0 of 1 answered" in board and "Shown once at least 5 have answered" in board  # begun, not completed
    assert colleague.get(f"/programmes/{one.programme_id}/unanswered").status_code == 404
    assert "answered" not in colleague.get(f"/programmes/of/{one.profile_id}").content.decode()


def test_anonymous_answers_are_read_once_there_are_enough_of_them(
    workspace: Workspace, inbox: Inbox, client: Client
) -> None:
    one = invited(workspace, inbox, anonymous=True)
    client.post(path_of(one), ANSWER)
    Response.objects.update(final=timezone.now())  # left there, an hour ago
    survey, colleague = one.programme.survey_id, signed_in(member(workspace))
    page = colleague.get(f"/responses/?survey={survey}").content.decode()
    assert "1 anonymous answer is withheld" in page and "Long wait" not in page
    Workspace.objects.update(threshold=1)
    page = colleague.get(f"/responses/?survey={survey}").content.decode()
    assert "Long wait" in page and "withheld" not in page and "today" not in page


def test_only_the_silent_are_reminded_and_only_as_often_as_was_said(
    workspace: Workspace, inbox: Inbox, client: Client
) -> None:
    inbox.account(workspace)
    programme(workspace, reminders=[3, 7])
    for user in ("ana", "ben", "cleo"):
        call(workspace, user)
    follow()
    now = timezone.now()
    decide_all(now=now, seconds=5)
    assert send_due() == 3
    ana, ben, cleo = Invitation.objects.order_by("profile")
    client.post(path_of(ana), ANSWER)
    record_consent(
        workspace.pk,
        ben.profile_id,
        purpose="feedback",
        channel="e-mail",
        decision="withdrawn",
        source="unsubscribe",
        by="t",
        now=timezone.now(),
    )
    follow()
    ben.refresh_from_db()
    assert ben.opted_out
    for days in (1, 4, 4, 8, 12):
        decide_all(now=now + timedelta(days=days), seconds=5)
    Message.objects.filter(sent=None).update(due=now)
    assert send_due() == 2
    reminders = inbox.mails[3:]
    assert {str(one["To"]) for one in reminders} == {"cleo@mail.example"} and all(
        "Reminder" in str(one["Subject"]) for one in reminders
    )
    cleo.refresh_from_db()
    assert cleo.reminded == 2


def test_what_was_about_to_be_sent_waits_while_the_programme_rests_and_is_over_when_it_ends(
    workspace: Workspace, inbox: Inbox
) -> None:
    inbox.account(workspace)
    asked = programme(workspace)
    call(workspace, "ana")
    follow()
    decide_all(now=timezone.now(), seconds=5)
    asked.pause(by="t", now=timezone.now())
    assert send_due() == 0
    message = Message.objects.get()
    assert message.dropped is None and message.leased and not inbox.mails
    asked.resume(by="t")
    asked.end(by="t", now=timezone.now())
    Message.objects.update(leased=None)
    assert send_due() == 0 and Message.objects.get().dropped
    assert Invitation.objects.get().because == "over"
    page = signed_in(member(workspace)).get(f"/programmes/{asked.pk}").content.decode()
    assert "over before it went out" in page and "About to be sent" not in page


def test_no_more_by_one_channel_says_nothing_of_another(workspace: Workspace, inbox: Inbox) -> None:
    one = invited(workspace, inbox)
    for channel, out in (("SMS", False), ("e-mail", True)):
        record_consent(
            workspace.pk, one.profile_id, purpose="feedback", channel=channel, decision="withdrawn", source="unsubscribe", by="t", now=timezone.now()
        )  # fmt: skip
        follow()
        one.refresh_from_db()
        assert bool(one.opted_out) is out
        follow()  # told twice
        assert ContactMade.objects.filter(what="refusal").count() == out


def test_a_retired_survey_can_be_finished_but_not_begun_and_the_board_says_so(
    workspace: Workspace, inbox: Inbox, client: Client
) -> None:
    one = invited(workspace, inbox)
    one.programme.survey.retire(by="t")
    assert client.get(path_of(one)).status_code == 404 and client.post(path_of(one), ANSWER).status_code == 404
    assert (
        "Its survey is retired." in signed_in(member(workspace)).get(f"/programmes/{one.programme_id}").content.decode()
    )


def test_a_condition_that_no_longer_fits_is_said_and_stops_a_launch(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    running = programme(workspace)
    waiting = programme(workspace, name="Not yet", survey=running.survey, launched=False)
    Programme.objects.update(conditions=["unit=Gone"])
    owner = signed_in(member(workspace))
    assert "There is no unit “Gone”" in owner.get(f"/programmes/{running.pk}").content.decode()
    page = owner.post(f"/programmes/{waiting.pk}/launch", {"look_back": "0"})
    waiting.refresh_from_db()
    assert "There is no unit “Gone”" in page.content.decode() and waiting.launched is None


def test_the_name_under_which_was_answered_stays(workspace: Workspace, inbox: Inbox) -> None:
    one = invited(workspace, inbox)
    owner = signed_in(member(workspace))
    form = owner.get(f"/programmes/{one.programme_id}/edit").context["form"]
    given = as_it_stands(form)
    saved = owner.post(
        f"/programmes/{one.programme_id}/edit", {**given, "name": "Another", "anonymous": "on", "priority": "7"}
    )
    assert saved.status_code == 302, saved.context["form"].errors
    found = Programme.objects.get()
    assert (found.name, found.anonymous, found.priority) == ("After calls", False, 7)


def test_what_was_sent_and_answered_stands_on_the_customers_page_and_on_the_board(
    workspace: Workspace, inbox: Inbox, client: Client
) -> None:
    one = invited(workspace, inbox)
    location = client.post(path_of(one), ANSWER)["Location"]
    client.post(location, {"asked": ["call_back"], "call_back.reach": "0612345678"})
    follow()
    colleague = signed_in(member(workspace))
    board = colleague.get(f"/programmes/{one.programme_id}").content.decode()
    assert "1 of 1 answered" in board and "100.0 %" in board
    assert "answered" in colleague.get(f"/programmes/of/{one.profile_id}").content.decode()
    assert set(ContactMade.objects.values_list("what", flat=True)) == {"contact", "answer"}
    contacts = colleague.get(f"/customers/{one.profile_id}/contact").content.decode()
    assert contacts.count("survey</span>") == 1  # that they answered is no contact of ours
    timeline = colleague.get(f"/timeline/{one.profile_id}").content.decode()
    assert "After calls" in timeline and "&lt;script&gt;" in timeline


def test_a_member_of_one_unit_sees_no_invitations_of_others(workspace: Workspace, inbox: Inbox) -> None:
    from regard.workspace.units.models import Unit

    one = invited(workspace, inbox)
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    reader = signed_in(member(workspace, "manager", at=north))
    page = reader.get(f"/programmes/{one.programme_id}").content.decode()
    assert "nobody has been asked yet" in page


def test_another_workspaces_programme_is_not_found(workspace: Workspace, inbox: Inbox) -> None:
    one = invited(workspace, inbox)
    stranger = signed_in(member(Workspace.found(name="Other"), email="s@other.example"))
    for page in ("", "/edit", "/message", "/mail", "/launch", "/unanswered", "/end"):
        assert stranger.get(f"/programmes/{one.programme_id}{page}").status_code == 404
    assert stranger.post(f"/programmes/{one.programme_id}/pause").status_code == 404


def test_from_a_start_to_a_launch_by_the_pages(workspace: Workspace, inbox: Inbox) -> None:
    owner = signed_in(member(workspace))
    assert (
        owner.get("/programmes/new?from=after_contact")["Location"] == "/programmes/begin"
    )  # looking publishes nothing
    assert (
        owner.post("/programmes/begin", {"from": "after_contact"})["Location"] == "/programmes/new?from=after_contact"
    )
    form = owner.get("/programmes/new?from=after_contact").context["form"]
    given = as_it_stands(form)
    wrong = owner.post("/programmes/new?from=after_contact", {**given, "conditions": "colour=red", "reminders": "40"})
    assert (
        wrong.status_code == 200
        and "colour" in wrong.content.decode()
        and "after the invitation is over" in wrong.content.decode()
    )
    assert not Programme.objects.exists()
    made = owner.post("/programmes/new?from=after_contact", given)
    assert made.status_code == 302, made.context["form"].errors
    asked = Programme.objects.get()
    assert not asked.running and owner.post(f"/programmes/{asked.pk}/launch").status_code == 200  # mail is not set up
    asked.refresh_from_db()
    assert not asked.running
    inbox.account(workspace)
    assert owner.post(f"/programmes/{asked.pk}/launch", {"look_back": "0"}).status_code == 302
    asked.refresh_from_db()
    assert asked.running and asked.delay == timedelta(hours=1) and asked.reminders == [3]
    owner.post(f"/programmes/{asked.pk}/message?language=fr", {"subject": "Et alors ?", "intro": "", "short": ""})
    assert "Et alors ?" in owner.get(f"/programmes/{asked.pk}/message?language=fr").content.decode()
    assert owner.get(f"/programmes/{asked.pk}/mail?language=fr")["X-Frame-Options"] == "SAMEORIGIN"
