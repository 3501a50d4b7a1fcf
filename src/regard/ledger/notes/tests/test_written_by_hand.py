from datetime import UTC, datetime

import pytest
from django.core import mail

from regard.customers.identity.models import Identifier
from regard.customers.models import Profile
from regard.ledger.models import Mention
from regard.ledger.notes.jobs import tell
from regard.ledger.notes.write import mentioned
from regard.ledger.record.project import project_all
from regard.testing.events import send, track
from regard.testing.people import member, signed_in
from regard.workspace.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(workspace, ledger):
    send(workspace, track("a", timestamp="2026-10-01T09:00:00Z"))
    project_all()
    return Identifier.objects.get(value="u1").profile_id


def test_a_note_stands_in_the_timeline_with_who_wrote_it(workspace, customer):
    client = signed_in(member(workspace, "agent"))
    client.post(f"/notes/{customer}/note", {"text": "Prefers mornings <b>"})
    project_all()
    page = client.get(f"/timeline/{customer}").content.decode()
    assert "Agent noted" in page and "Prefers mornings &lt;b&gt;" in page


def test_a_contact_counts_as_an_interaction_at_its_moment(workspace, customer, ledger):
    client = signed_in(member(workspace, "agent"))
    given = {
        "contact-channel": "phone",
        "contact-at": "2026-10-02T10:30",
        "contact-minutes": "4.5",
        "contact-outcome": "solved",
    }
    client.post(f"/notes/{customer}/contact", given)
    project_all()
    rows = ledger.unscoped(
        "select toString(at), kind, channel, duration, outcome, profile from ledger where event = 'Contact'"
    )
    assert rows == [("2026-10-02 08:30:00.000", "interaction", "phone", 270.0, "solved", customer)]


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(workspace, customer):
    client = signed_in(member(workspace, "agent"))
    assert "Write something first." in client.post(f"/notes/{customer}/note", {"text": " "}).content.decode()
    given = {"contact-channel": "phone", "contact-at": "2999-01-01T10:30", "contact-text": "She called twice"}
    page = client.post(f"/notes/{customer}/contact", given).content.decode()
    assert "has not come yet" in page and "She called twice" in page


def test_a_note_about_a_merged_customer_follows_them(workspace, customer, ledger):
    from regard.customers.identity.join import join

    client = signed_in(member(workspace, "agent"))
    client.post(f"/notes/{customer}/note", {"text": "Mine"})
    other = Profile.objects.create(workspace=workspace)
    project_all()
    winner = join(workspace=workspace.pk, one=customer, other=other.pk, by="us")
    assert "Mine" in client.get(f"/timeline/{winner}").content.decode()


def test_taking_back_takes_it_from_every_number(workspace, customer, ledger):
    client = signed_in(member(workspace, "agent"))
    client.post(f"/notes/{customer}/note", {"text": "Wrong customer"})
    project_all()
    ((inbox,),) = ledger.unscoped("select inbox from ledger where kind = 'note'")
    client.post(f"/notes/{customer}/written/{inbox}/removal")
    project_all()
    assert ledger.unscoped("select count() from ledger where kind = 'note'") == [(0,)]
    ((event,),) = ledger.unscoped("select inbox from ledger where kind = 'interaction'")
    assert client.post(f"/notes/{customer}/written/{event}/removal").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_who_is_named_is_told_and_finds_the_note(workspace, customer):
    agent, karim = member(workspace, "agent"), member(workspace, "manager", email="karim.haddad@halcyon.example")
    signed_in(agent).post(f"/notes/{customer}/note", {"text": "@karim.haddad can you call? Not @nobody."})
    project_all()
    mention = Mention.objects.get()
    assert mention.member == karim
    tell.func(str(mention.note))
    assert mail.outbox[0].to == ["karim.haddad@halcyon.example"] and "can you call" not in mail.outbox[0].body
    assert "1 note names you" in signed_in(karim).get("/customers/").content.decode()
    page = signed_in(karim).get("/notes/mentions").content.decode()
    assert "can you call?" in page and "new" in page
    assert "You are named in 1 note" in page
    mention.refresh_from_db()
    assert mention.seen
    assert "names you" not in signed_in(karim).get("/customers/").content.decode()


def test_a_name_that_two_members_have_names_neither(workspace, customer):
    one, _other = member(workspace, email="k@a.example"), member(workspace, email="k@b.example")
    assert mentioned("ask @k", workspace.pk) == []
    assert mentioned("ask @k@a.example.", workspace.pk) == [one]
    assert mentioned("mail x@k.example", workspace.pk) == []


def test_a_member_of_a_store_sees_what_they_wrote_and_another_store_does_not(workspace, customer):
    store, other = (
        Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("Lyon", "Lille")
    )
    Profile.objects.filter(pk=customer).update(home_unit=store)
    here = signed_in(member(workspace, "agent", at=store, email="a@x.example"))
    here.post(f"/notes/{customer}/note", {"text": "Came by"})
    project_all()
    assert "Came by" in here.get(f"/timeline/{customer}").content.decode()
    there = signed_in(member(workspace, "agent", at=other, email="b@x.example"))
    assert there.get(f"/timeline/{customer}").status_code == 404
    assert there.post(f"/notes/{customer}/note", {"text": "x"}).status_code == 404


def test_a_note_about_somebody_erased_meanwhile_is_left_out(workspace, customer, ledger):
    from regard.customers.privacy.erase import ask, carry_out

    client = signed_in(member(workspace, "agent"))
    client.post(f"/notes/{customer}/note", {"text": "Before"})
    project_all()
    erasure = ask(workspace.pk, [customer], by="dpo")
    client.post(f"/notes/{customer}/note", {"text": "Meanwhile"})
    carry_out(erasure, now=datetime(2026, 11, 20, tzinfo=UTC))
    project_all()
    assert ledger.unscoped("select count() from ledger") == [(0,)]


def test_an_event_that_says_it_was_written_by_a_colleague_is_nobodys(workspace, customer):
    who = member(workspace, "agent")
    signed_in(who).post(f"/notes/{customer}/note", {"text": "Mine"})
    forged = track(
        "forged", event="Refund Promised", timestamp="2026-10-03T09:00:00Z", properties={"by": f"member {who.pk}"}
    )
    row = send(workspace, forged)
    project_all()
    page = signed_in(who).get(f"/timeline/{customer}").content.decode()
    assert "Refund Promised" in page and page.count("logged by") == 0 and page.count("take back") == 1
    assert signed_in(who).post(f"/notes/{customer}/written/{row.pk}/removal").status_code == 404
