"""A campaign writes to each of a segment once, keeps some out by chance, and stops when it is told to."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db.models import F
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from regard.customers.contact.record_consent import record_consent
from regard.customers.contact.suppression.models import Why
from regard.customers.contact.suppression.suppress import Line, suppress
from regard.customers.people.models import Profile
from regard.outreach.campaigns import draw, run
from regard.outreach.campaigns.draw import bounds, draw_some, place_of
from regard.outreach.campaigns.models import Campaign, Recipient, shares
from regard.outreach.campaigns.queries import numbers, reasons, stuck
from regard.outreach.campaigns.run import run_campaigns
from regard.outreach.campaigns.tests.made import campaign, people, template
from regard.outreach.mail.carry import MailCarrier
from regard.outreach.messages.models import Message
from regard.outreach.messages.send import send_due
from regard.outreach.messages.senders import Content
from regard.segments.mirror import mirror_profiles
from regard.segments.models import Segment
from regard.testing.mail import Inbox, inbox, part
from regard.warehouse import WarehouseAway
from regard.workspace.workspaces.models import Workspace

__all__ = ["inbox"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def sent_to(inbox: Inbox) -> list[str]:
    return sorted(to for _sender, to in inbox.envelopes)


def test_everybody_gets_it_once_but_those_kept_out(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    who = people(workspace, 40)
    Profile.objects.filter(pk=who[0]).update(name="Inès <b>")
    one = campaign(workspace, who)
    for _again in range(3):
        run_campaigns(now=timezone.now())
        send_due()
    kept_out = set(Recipient.objects.filter(arm=None).values_list("profile", flat=True))
    assert 1 <= len(kept_out) <= 20 and Recipient.objects.count() == 40
    addresses = {pk: f"p{n}@mail.example" for n, pk in enumerate(who)}
    assert sent_to(inbox) == sorted(addresses[pk] for pk in who if pk not in kept_out)
    one.refresh_from_db()
    assert one.done and one.drawn
    written = {row.letter: (row.drawn, row.sent) for row in numbers(one)}
    assert written == {"A": (40 - len(kept_out), 40 - len(kept_out)), "": (len(kept_out), 0)}
    if who[0] not in kept_out:
        (mail,) = [one for one, (_from, to) in zip(inbox.mails, inbox.envelopes, strict=True) if to == "p0@mail.example"]
        assert mail["Subject"] == "Hello Inès <b>" and "https://halcyon.example/news" in part(mail, "html") and "<b>" not in part(mail, "html")


def test_who_came_into_the_segment_since_it_was_worked_out_is_written_to(workspace: Workspace) -> None:
    who = people(workspace, 3)
    one = campaign(workspace, [], control_percent=0)
    rule = {"kind": "all", "of": [{"kind": "trait", "name": "plan", "op": "is", "values": ["Start"]}]}
    Segment.objects.filter(pk=one.segment_id).update(definition=rule)
    Profile.objects.filter(pk__in=who[:2]).update(traits={"plan": "Start"})
    mirror_profiles(workspace.pk, who)
    run_campaigns(now=timezone.now())
    assert sorted(Recipient.objects.values_list("profile", flat=True)) == sorted(who[:2])


def test_a_worker_that_is_killed_goes_on_where_it_was(workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.account(workspace)
    monkeypatch.setattr(draw, "_PAGE", 7)
    monkeypatch.setattr(run, "_BATCH", 5)
    one = campaign(workspace, people(workspace, 30))
    draw_some(one, now=timezone.now())
    queue, calls = run.queue, []

    def dies(*args: object, **more: object) -> None:
        queue(*args, **more)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) in (1, 3):
            raise KeyboardInterrupt

    monkeypatch.setattr(run, "queue", dies)
    for _again in range(2):
        with pytest.raises(KeyboardInterrupt):
            run_campaigns(now=timezone.now())
        send_due()
    run_campaigns(now=timezone.now())
    send_due()
    assert Recipient.objects.count() == 30 and len(set(sent_to(inbox))) == len(inbox.mails) == Recipient.objects.exclude(arm=None).count()


def test_cancelled_in_the_middle_nothing_more_goes_out_and_nothing_twice(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    one = campaign(workspace, people(workspace, 30), per_hour=600)  # ten a minute
    run_campaigns(now=timezone.now())
    assert Message.objects.count() == 10
    Message.objects.filter(pk__in=Message.objects.order_by("pk")[:6]).update(due=timezone.now() + timedelta(hours=1))
    send_due()
    assert len(inbox.mails) == 4
    one.cancel(by="t", now=timezone.now())
    Message.objects.update(due=timezone.now())
    run_campaigns(now=timezone.now() + timedelta(minutes=1))
    send_due()
    assert len(inbox.mails) == 4 and Message.objects.exclude(dropped=None).count() == 6
    (why,) = reasons(one)
    assert why[0] == "the campaign was cancelled" and why[1] == Recipient.objects.exclude(arm=None).count() - 4


@pytest.mark.parametrize("act", ["cancel", "pause"])
def test_stopped_while_a_batch_goes_out_the_rest_of_it_stays(workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    inbox.account(workspace)
    one = campaign(workspace, people(workspace, 30), control_percent=0)
    run_campaigns(now=timezone.now())
    carry = MailCarrier.carry

    def stops(self: MailCarrier, message: Message, content: Content) -> str:
        if len(inbox.mails) == 4 and act == "cancel":
            one.cancel(by="t", now=timezone.now())
        elif len(inbox.mails) == 4:
            one.pause(on=True, by="t", now=timezone.now())
        return carry(self, message, content)

    monkeypatch.setattr(MailCarrier, "carry", stops)
    send_due()
    assert len(inbox.mails) == 5  # with the one that was going out at that moment
    assert numbers(one)[0].sent == 5 and reasons(one) == ([("the campaign was cancelled", 25)] if act == "cancel" else [])
    monkeypatch.setattr(MailCarrier, "carry", carry)
    one.pause(on=False, by="t", now=timezone.now())
    Message.objects.update(leased=None)
    send_due()
    assert len(set(sent_to(inbox))) == len(inbox.mails) == (5 if act == "cancel" else 30)


def test_a_message_mended_before_the_start_goes_out_mended(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    words = template(workspace)
    one = campaign(workspace, people(workspace, 1), words, control_percent=0, started=False)
    words.keep({"en": {"subject": "Mended", "text": "x"}}, by="t")
    one.start(by="t", now=timezone.now())
    run_campaigns(now=timezone.now())
    send_due()
    assert inbox.mails[0]["Subject"] == "Mended"


def test_one_that_cannot_go_on_keeps_no_other(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign(workspace, people(workspace, 2), name="First", control_percent=0)
    draw_some(campaign(workspace, people(workspace, 2), name="Second", control_percent=0), now=timezone.now())

    def away(*_args: object, **_more: object) -> None:
        raise WarehouseAway("away")

    monkeypatch.setattr(run, "refresh", away)
    run_campaigns(now=timezone.now())
    assert set(Recipient.objects.exclude(queued=None).values_list("campaign__name", flat=True)) == {"Second"}


def test_recipients_who_turn_out_to_be_one_person_get_it_once_as_that_one_was_drawn(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    who = people(workspace, 3)
    one = campaign(workspace, who, control_percent=0)
    draw_some(one, now=timezone.now())
    Profile.objects.filter(pk__in=who[1:]).update(merged_into=who[0])
    Recipient.objects.filter(profile=who[0]).update(due=timezone.now() + timedelta(minutes=1))
    for minute in range(3):
        run_campaigns(now=timezone.now() + timedelta(minutes=minute))
    Message.objects.update(due=timezone.now())
    send_due()
    assert len(inbox.mails) == 1 and reasons(one) == [("the same customer twice", 2)]


def test_what_waited_for_a_mail_server_does_not_go_out_all_at_once(workspace: Workspace) -> None:
    campaign(workspace, people(workspace, 200), control_percent=0, per_hour=60)
    now = timezone.now()
    for minute in range(150):
        run_campaigns(now=now + timedelta(minutes=minute))
    assert Message.objects.count() == 60
    Recipient.objects.exclude(queued=None).update(sent=now + timedelta(minutes=150))
    run_campaigns(now=now + timedelta(minutes=151))
    assert Message.objects.count() == 60
    run_campaigns(now=now + timedelta(minutes=211))
    assert Message.objects.count() == 61


def test_why_nothing_goes_out_is_said(workspace: Workspace) -> None:
    one = campaign(workspace, people(workspace, 3), control_percent=0)
    run_campaigns(now=timezone.now())
    assert stuck(one) == ""
    send_due()
    assert stuck(one) == "Sending e-mail is not set up yet."


def test_it_stands_still_and_goes_on(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    one = campaign(workspace, people(workspace, 10), control_percent=0)
    run_campaigns(now=timezone.now())
    one.pause(on=True, by="t", now=timezone.now())
    send_due()
    assert not inbox.mails
    one.pause(on=False, by="t", now=timezone.now())
    Message.objects.update(leased=None)
    send_due()
    assert len(inbox.mails) == 10


def test_no_more_than_so_many_an_hour(workspace: Workspace) -> None:
    campaign(workspace, people(workspace, 50), control_percent=0, per_hour=30)
    now = timezone.now()
    for minute in range(59):
        run_campaigns(now=now + timedelta(minutes=minute))
        Recipient.objects.filter(sent=None).update(sent=F("queued"))
    assert Message.objects.count() == 30
    run_campaigns(now=now + timedelta(minutes=70))
    assert Message.objects.count() == 31


def test_the_contact_policy_is_asked_and_what_it_says_is_counted(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    who = people(workspace, 6)
    suppress(workspace.pk, [Line(1, "p0@mail.example")], why=Why.BOUNCE, by="t", now=timezone.now())
    one = campaign(workspace, [*who, *[Profile.objects.create(workspace=workspace).pk]], control_percent=0)
    run_campaigns(now=timezone.now())
    # after it was queued
    record_consent(workspace.pk, who[1], purpose="service", channel="all", decision="withdrawn", source="import", by="t", now=timezone.now())
    send_due()
    assert len(inbox.mails) == 4
    assert sorted(reasons(one)) == [("changed before it went out", 1), ("no address known", 1), ("on the suppression list", 1)]


def test_what_needs_consent_goes_to_those_who_gave_it(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    who = people(workspace, 3)
    one = campaign(workspace, who, purpose="marketing", control_percent=0)
    record_consent(workspace.pk, who[2], purpose="marketing", channel="all", decision="confirmed", source="import", by="t", now=timezone.now())
    run_campaigns(now=timezone.now())
    send_due()
    assert sent_to(inbox) == ["p2@mail.example"] and inbox.mails[0]["List-Unsubscribe"]
    assert reasons(one) == [("has not agreed to it", 2)]


def test_each_reads_it_in_their_language(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    who = people(workspace, 2)
    Profile.objects.filter(pk=who[0]).update(traits={"locale": "fr_CA"})
    words = template(workspace, languages={"en": {"subject": "Hello", "text": "Hi"}, "fr": {"subject": "Bonjour", "text": "Salut"}})
    campaign(workspace, who, words, control_percent=0)
    words.keep({"en": {"subject": "Changed since", "text": "x"}}, by="t")
    run_campaigns(now=timezone.now())
    send_due()
    assert sorted(str(mail["Subject"]) for mail in inbox.mails) == ["Bonjour", "Hello"]


def test_nothing_begins_before_its_time_and_nothing_goes_out_after_its_end(workspace: Workspace) -> None:
    now = timezone.now()
    one = campaign(workspace, people(workspace, 5), control_percent=0, begins=now + timedelta(hours=1), ends=now + timedelta(hours=2), per_hour=60)
    run_campaigns(now=now)
    assert not Recipient.objects.exists()
    run_campaigns(now=now + timedelta(minutes=61))
    run_campaigns(now=now + timedelta(hours=3))
    assert Message.objects.count() == 1 and dict(reasons(one))["the campaign ended"] == 4


def test_those_kept_out_have_their_turn_in_the_same_line_and_none_once_it_is_called_off(workspace: Workspace) -> None:
    """Otherwise a slow campaign would count the days of those it wrote to last from before they were written to."""
    now = timezone.now()
    one = campaign(workspace, people(workspace, 400), control_percent=50, per_hour=60)
    for minute in range(80):
        run_campaigns(now=now + timedelta(minutes=minute))
        Recipient.objects.filter(sent=None).update(sent=F("queued"))
    turns = Recipient.objects.exclude(turn=None)
    when = [sorted(turns.filter(arm__isnull=side).values_list("turn", flat=True)) for side in (True, False)]
    assert 30 < len(when[0]) < 150 and 60 <= len(when[1]) <= 80
    assert all(abs(turns_of[-1] - now - timedelta(minutes=79)) < timedelta(minutes=20) for turns_of in when)
    one.cancel(by="t", now=now + timedelta(minutes=80))
    assert not Recipient.objects.exclude(due=None).exists() and not Recipient.objects.filter(arm=None).exclude(because="").exists()
    assert Recipient.objects.filter(arm=None, turn=None).count() + len(when[0]) == Recipient.objects.filter(arm=None).count()


@given(count=st.integers(1, 3), first=st.one_of(st.none(), st.integers(1, 98)))
def test_shares_are_a_hundred_together(count: int, first: int | None) -> None:
    given_out = shares(count, first)
    assert sum(given_out) == 100 and min(given_out) > 0 and len(given_out) == count
    assert first is None or count == 1 or abs(given_out[0] - first) <= 1


@given(control=st.integers(0, 90), count=st.integers(1, 3))
def test_the_arms_follow_one_another_without_a_gap(control: int, count: int) -> None:
    shares = [100 // count] * count
    spans = bounds(control, shares)
    assert spans[0][0] == control * 100 and spans[-1][1] == 10_000
    assert all(one[1] == following[0] for one, following in pairwise(spans))
    sizes = [past - first for first, past in spans]
    assert max(sizes) - min(sizes) <= 10_000 * 2 // 100


def test_chance_shares_them_out_as_wanted_and_always_the_same_way(workspace: Workspace) -> None:
    who = people(workspace, 4_000)
    one = campaign(workspace, who, template(workspace, "a"), template(workspace, "b"), control_percent=10)
    while draw_some(one, now=timezone.now()):
        one.refresh_from_db()
    arms = {row.letter: row.drawn for row in numbers(one)}
    assert abs(arms[""] - 400) < 80 and abs(arms["A"] - 1_800) < 160 and abs(arms["B"] - 1_800) < 160
    for profile, letter in Recipient.objects.values_list("profile", "arm__letter")[:200]:  # as it is foretold
        place = place_of(one.pk, profile)
        assert letter == (None if place < 1_000 else "A" if place < 5_500 else "B")
    before = dict(Recipient.objects.values_list("profile", "arm__letter"))
    Recipient.objects.all().delete()
    Campaign.objects.update(drawn=None, drawn_to=0)
    draw_some(Campaign.objects.get(), now=timezone.now())
    assert dict(Recipient.objects.values_list("profile", "arm__letter")) == before
