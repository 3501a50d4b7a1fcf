"""The customer says whether it is solved: looking at the page says nothing, and what is said counts once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from regard.care.cases.close import close, reopen
from regard.care.cases.models import Case, State
from regard.care.cases.tests.made import case, customer
from regard.care.closures.ask import link_of
from regard.care.closures.models import Closure
from regard.customers.people.models import Profile
from regard.outreach.messages.send import send_due
from regard.outreach.notices.models import Notice
from regard.testing.mail import Inbox, part
from regard.testing.people import member
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


@pytest.fixture
def closed(workspace: Workspace, inbox: Inbox) -> Closure:
    inbox.account(workspace)
    owner = member(workspace, Role.ADMIN)
    made = case(workspace, profile=customer(workspace), owner=owner.pk, words="My router is dead", title="Angry one, do not call")
    Notice.objects.all().delete()
    found = close(made, by=owner.user.email, now=timezone.now(), outcome="We sent a <new> one")
    assert found is not None and send_due() == 1
    return found


def path(closure: Closure) -> str:
    return "/solved/" + link_of(closure.pk).rpartition("/")[2]


def fresh(closure: Closure) -> Closure:
    return Closure.objects.select_related("case").get(pk=closure.pk)


def test_they_are_asked_in_a_mail_that_says_what_was_done_and_nothing_that_is_for_us(closed: Closure, inbox: Inbox) -> None:
    (mail,) = inbox.mails
    html, text = part(mail, "html"), part(mail, "plain")
    assert "We sent a &lt;new&gt; one" in html and "We sent a <new> one" in text and "My router is dead" in text
    assert "Angry one" not in html + text and fresh(closed).asked is not None
    assert len(re.findall(r"says=(solved|not)", text)) == 2


def test_looking_says_nothing_and_saying_it_counts_once(closed: Closure) -> None:
    client = Client()
    for says in ("solved", "not"):
        page = client.get(path(closed), {"says": says})
        assert page.status_code == 200 and "no-store" in page["Cache-Control"]
        assert f'value="{says}"' in page.content.decode()
    assert fresh(closed).says == ""
    assert "Thank you" in client.post(path(closed), {"says": "solved", "words": "Great\0"}).content.decode()
    client.post(path(closed), {"says": "not"})
    assert (fresh(closed).says, fresh(closed).words, fresh(closed).case.state) == ("solved", "Great", State.CLOSED)


def test_not_solved_opens_it_again_and_the_owner_is_told(closed: Closure) -> None:
    Client().post(path(closed), {"says": "not", "words": "Still dead"})
    again = fresh(closed).case
    assert again.state == State.OPEN and again.reopenings == 1 and again.unheard
    assert Notice.objects.get().kind == "case.denied"
    assert "Still dead" in list(again.steps.values_list("text", flat=True))


def test_only_the_last_closing_can_be_answered_and_only_for_a_while(closed: Closure) -> None:
    made = Case.objects.get(pk=closed.case_id)
    reopen(made, by="t", now=timezone.now())
    Client().post(path(closed), {"says": "not"})
    assert fresh(closed).says == ""
    last = close(made, by="t", now=timezone.now() - timedelta(days=31))
    assert last is not None
    assert "is over" in Client().post(path(last), {"says": "solved"}).content.decode() and fresh(last).says == ""


def test_a_link_that_is_not_ours_says_as_little_as_one_that_never_was(closed: Closure) -> None:
    token = path(closed).rpartition("/")[2]
    answers = [Client().get(f"/solved/{one}") for one in (token[:-1] + "x", "1.abc", token.replace(".", "9.", 1))]
    assert {one.status_code for one in answers} == {404} and len({one.content for one in answers}) == 1


def test_it_is_asked_in_the_customers_language(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    who = customer(workspace)
    Profile.objects.filter(pk=who).update(traits={"language": "ar-EG"})
    found = close(case(workspace, profile=who), by="t", now=timezone.now())
    send_due()
    assert found and "هل حُلّت" in str(inbox.mails[-1]["Subject"])
    assert 'dir="rtl"' in Client().get(path(found)).content.decode()


def test_why_nobody_is_asked_is_kept(workspace: Workspace) -> None:
    found = close(case(workspace), by="t", now=timezone.now())
    assert found is not None and fresh(found).not_asked == "Nobody knows who the customer is."
