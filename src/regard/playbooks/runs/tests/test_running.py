"""A rule runs once for each occasion, does its steps in their order and time, and can be stopped."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.db import DataError
from django.utils import timezone

from regard.care.cases.close import close
from regard.care.cases.models import Case
from regard.care.cases.tests.made import case, customer
from regard.customers.people.models import Profile
from regard.jobs.consume import consume
from regard.ledger.record.project import project_all
from regard.listening.invitations.models import Invitation
from regard.listening.programmes.tests.made import programme
from regard.listening.responses.models import Response
from regard.outreach.messages.send import send_due
from regard.outreach.notices.models import Notice
from regard.outreach.webhooks.models import Delivery, Endpoint
from regard.playbooks.rules.definition import Silent, read
from regard.playbooks.rules.models import Playbook
from regard.playbooks.runs import actions
from regard.playbooks.runs import run as running
from regard.playbooks.runs.look import silent
from regard.playbooks.runs.models import Deed, Run, RunState
from regard.playbooks.runs.run import run_due
from regard.playbooks.runs.tests.made import HARD, answer, follow, playbook
from regard.playbooks.runs.trial import try_out
from regard.segments.members.mirror import put_in
from regard.segments.models import Segment
from regard.site.wiring import subscriptions
from regard.testing.mail import Inbox
from regard.testing.people import member
from regard.warehouse import WarehouseAway
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def later(**more: int) -> None:
    """Let so much time pass for what waits."""
    for one in Run.objects.filter(state=RunState.WAITING):
        one.due -= timedelta(**more)
        one.save(update_fields=["due"])


def test_an_unhappy_answer_opens_a_case_with_what_they_said(workspace: Workspace) -> None:
    who = customer(workspace)
    boss = member(workspace, Role.OWNER)
    playbook(workspace, {"do": "case", "priority": 2, "title": "{{ score }} by {{ channel }}{{ nothing }}", "tag": "recovery"})
    made = answer(workspace, 2, profile=who)
    answer(workspace, 7, profile=who, key="happy")
    follow()
    opened = Case.objects.get()
    assert (opened.title, opened.priority, opened.words, opened.tone, opened.tags) == ("CES 2 by phone", 2, "Nobody called back", "bad", ["recovery"])
    assert opened.profile_id == who and opened.response == made and opened.steps.first().by == "Playbook: Recovery"
    assert Notice.objects.get().member == boss and Run.objects.get().state == RunState.DONE


def test_the_same_answer_seen_again_begins_nothing(workspace: Workspace) -> None:
    playbook(workspace)
    answer(workspace)
    follow()
    from regard.playbooks.runs.enter import note_recorded

    note_recorded(workspace.pk, list(Response.objects.values_list("inbox", flat=True)))
    run_due()
    assert Run.objects.count() == Case.objects.count() == 1


def test_what_happened_before_it_was_switched_on_is_left_alone(workspace: Workspace) -> None:
    answer(workspace, key="before")
    made = playbook(workspace, on=False)
    follow()
    made.switch_on(by="t", now=timezone.now())
    answer(workspace, key="after")
    follow()
    assert Run.objects.count() == 1


def test_a_customer_is_not_run_for_again_before_the_rest_is_over(workspace: Workspace) -> None:
    first, second = customer(workspace), customer(workspace, "omar@mail.example")
    playbook(workspace, rest_days=7)
    for n, who in enumerate([first, first, second]):
        answer(workspace, profile=who, key=f"a{n}")
    follow()
    answer(workspace, profile=first, key="again")
    follow()
    assert sorted(Run.objects.values_list("profile", flat=True)) == sorted([first, second])


def test_it_waits_and_goes_on_only_if_the_case_is_still_open(workspace: Workspace) -> None:
    boss = member(workspace, Role.OWNER)
    playbook(workspace, {"do": "case"}, {"do": "wait", "number": 2, "unit": "days"},
             {"do": "notify", "only": "open", "whom": "managers", "text": "{{ case }} is still open"})  # fmt: skip
    for key in ("a", "b"):
        answer(workspace, key=key)
    follow()
    Notice.objects.all().delete()
    assert run_due() == 0
    close(Case.objects.latest("pk"), by="t", now=timezone.now(), ask=False)
    later(days=2)
    follow()
    still = Case.objects.earliest("pk")
    assert [(one.member, one.text) for one in Notice.objects.all()] == [(boss, f"#{still.number} is still open")]
    assert set(Run.objects.values_list("state", flat=True)) == {RunState.DONE}
    assert sorted(Deed.objects.filter(do="notify").values_list("told", flat=True)) == sorted(["Owner", "Left out."])


def test_a_rule_that_sets_itself_off_runs_once(workspace: Workspace) -> None:
    """Closed cases are closed again by the rule that closing sets off."""
    playbook(workspace, {"do": "case"}, {"do": "close", "text": "Done"}, name="Circle", when={"kind": "case", "what": "closed"})
    close(case(workspace), by="t", now=timezone.now(), ask=False)
    for _again in range(5):
        follow()
    assert Run.objects.count() == 1 and Case.objects.count() == 2


def test_what_it_has_run_for_already_does_not_keep_the_next_occasion_away(workspace: Workspace) -> None:
    from regard.care.cases.close import reopen

    playbook(workspace, {"do": "tag", "tag": "closed"}, when={"kind": "case", "what": "closed"}, rest_days=1)
    made = case(workspace, profile=customer(workspace))
    close(made, by="t", now=timezone.now(), ask=False)
    follow()
    Run.objects.update(begun=timezone.now() - timedelta(days=2))
    reopen(made, by="t", now=timezone.now())
    close(made, by="t", now=timezone.now(), ask=False)
    follow()
    assert Run.objects.count() == 2


def test_two_rules_that_set_each_other_off_stop_at_the_fuse(workspace: Workspace) -> None:
    boss = member(workspace, Role.OWNER)
    for name, other in (("Ping", "Pong"), ("Pong", "Ping")):
        playbook(workspace, {"do": "case", "title": other}, name=name, when={"kind": "case", "what": "opened"}, most_per_hour=20)
    case(workspace)
    follow()
    assert Case.objects.count() < 60 and Notice.objects.filter(member=boss, kind="playbook.stopped").exists()


def test_a_hundred_thousand_at_once_wait_until_somebody_has_looked(workspace: Workspace) -> None:
    made = playbook(workspace, most_per_hour=5)
    for n in range(8):
        answer(workspace, key=f"many{n}")
    follow()
    made.refresh_from_db()
    assert not made.running and made.trouble and Run.objects.filter(state=RunState.WAITING).count() == 8 and not Case.objects.exists()
    made.switch_on(by="t", now=timezone.now())
    follow()
    assert Case.objects.count() == 8


def test_some_are_left_alone_by_chance_and_stay_so(workspace: Workspace) -> None:
    people = [customer(workspace, f"p{n}@mail.example") for n in range(60)]
    made = playbook(workspace, {"do": "trait", "trait": "called", "value": "yes"}, hold_out=50)
    for n, who in enumerate(people):
        answer(workspace, profile=who, key=f"h{n}")
    follow()
    held = set(Run.objects.filter(state=RunState.HELD).values_list("profile", flat=True))
    assert 15 < len(held) < 45
    assert {pk for pk, traits in Profile.objects.values_list("pk", "traits") if traits.get("called") == "yes"} == set(people) - held
    (tried,) = try_out(made, now=timezone.now())
    assert (tried.runs, tried.left_alone) == (60 - len(held), len(held))


def test_what_difference_it_made_is_told_against_those_left_alone(workspace: Workspace) -> None:
    from regard.ledger.inbox.put import put_rows
    from regard.ledger.sources.product import product_source
    from regard.playbooks.runs.queries import uplifts

    people = [customer(workspace, f"u{n}@mail.example") for n in range(80)]
    made = playbook(workspace, {"do": "trait", "trait": "called", "value": "yes"}, hold_out=50)
    for n, who in enumerate(people):
        answer(workspace, profile=who, key=f"u{n}")
    follow()
    held = set(Run.objects.filter(state=RunState.HELD).values_list("profile", flat=True))
    after = (timezone.now() + timedelta(seconds=5)).isoformat()
    rows = [
        {"kind": "answer", "message_id": f"after {who}", "at": after, "about": who, "metric": "nps", "scale_low": 0, "scale_high": 10,
         "score": (9 if n % 4 else 0) if who not in held else (0 if n % 4 else 9)}
        for n, who in enumerate(people)
    ]  # fmt: skip
    put_rows(workspace=workspace.pk, source=product_source(workspace.pk, "Survey"), rows=rows)
    project_all()
    (found,) = [one for one in uplifts(made) if one.metric == "nps"]
    assert (found.run.n, found.alone.n) == (80 - len(held), len(held))
    expected = [sum(100 if row["score"] else -100 for row in rows if (row["about"] in held) == side) / n
                for side, n in ((False, found.run.n), (True, found.alone.n))]  # fmt: skip
    assert [found.run.value, found.alone.value] == pytest.approx(expected) and found.difference.significant


def test_what_an_engine_refuses_to_one_playbook_keeps_no_other(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    first = playbook(workspace, {"do": "tag", "tag": "x"}, name="First")
    playbook(workspace, name="Second")
    answer(workspace)
    project_all()
    for one in subscriptions():
        consume(one)

    def away(one: Playbook, *, now: datetime) -> int:
        if one == first:
            raise WarehouseAway("gone")
        return some(one, now=now)

    some = running.run_some
    monkeypatch.setattr(running, "run_some", away)
    with pytest.raises(WarehouseAway):
        run_due()
    assert Case.objects.count() == 1 and Run.objects.get(playbook=first).state == RunState.WAITING


def test_only_who_has_not_answered_since_is_reminded(workspace: Workspace) -> None:
    spoke, quiet = customer(workspace), customer(workspace, "omar@mail.example")
    remind = {"do": "trait", "trait": "reminded", "value": "yes", "only": "silent"}
    playbook(workspace, {"do": "wait", "number": 1, "unit": "days"}, remind, rest_days=30)
    for n, who in enumerate((spoke, quiet)):
        answer(workspace, profile=who, key=f"s{n}")
    follow()
    Run.objects.update(begun=timezone.now())  # what began it does not count
    answer(workspace, 7, profile=spoke, key="again")
    later(days=1)
    follow()
    assert {pk for pk, traits in Profile.objects.values_list("pk", "traits") if traits.get("reminded")} == {quiet}


def test_everybody_whose_invitation_ran_out_is_looked_at(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look takes all of them; the trial alone shows no more than so many."""
    asked = programme(workspace)
    now = timezone.now()
    for n in range(3):
        Invitation.objects.create(
            programme=asked, profile_id=customer(workspace, f"w{n}@mail.example"), cause=f"c{n}", happened=now, due=now,
            sent=now - timedelta(days=9), expires=now - timedelta(seconds=5 - n),
        )  # fmt: skip
    when = Silent(kind="silent", programme=asked.pk)
    assert len(silent(when, now - timedelta(minutes=1), now)) == 3
    (last,) = silent(when, now - timedelta(minutes=1), now, most=1)
    assert last.at == now - timedelta(seconds=3)


def test_a_message_goes_out_by_the_contact_policy(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    who = customer(workspace)
    Profile.objects.filter(pk=who).update(name="Inès <b>")
    playbook(workspace, {"do": "write", "subject": "Sorry, {{ name }}", "text": "Dear {{ name }}, sorry."})
    answer(workspace, profile=who, key="known")
    answer(workspace, key="nobody")
    follow()
    assert send_due() == 1
    (mail,) = inbox.mails
    assert mail["Subject"] == "Sorry, Inès <b>" and mail["To"] == "ines@mail.example" and mail["List-Unsubscribe"]
    html = mail.get_body(("html",)).get_content()
    assert "Inès &lt;b&gt;" in html and "Inès <b>" not in html
    assert set(Deed.objects.values_list("told", flat=True)) == {"sent", "Nobody knows who the customer is."}


def test_who_comes_into_a_segment_sets_it_off_and_who_leaves_does_not(workspace: Workspace) -> None:
    from regard.playbooks.runs.look import look

    who, now = customer(workspace), timezone.now()
    people = Segment.objects.create(workspace=workspace, name="At risk", definition=None)
    made = playbook(workspace, {"do": "tag", "tag": "x"}, when={"kind": "segment", "segment": people.pk, "came": True})
    put_in(people, [who], now=now)
    look(now=now + timedelta(seconds=5))
    look(now=now + timedelta(seconds=70))
    put_in(people, [who], now=now + timedelta(seconds=80), out=True)
    look(now=now + timedelta(seconds=90))
    assert list(Run.objects.values_list("playbook", "profile")) == [(made.pk, who)]


def test_a_webhook_is_queued_with_a_key_of_its_own_and_no_name(workspace: Workspace) -> None:
    who = customer(workspace)
    to = Endpoint.objects.create(workspace=workspace, name="CRM", url="https://crm.example/hook")
    playbook(workspace, {"do": "call", "endpoint": to.pk})
    answer(workspace, profile=who)
    follow()
    told = Delivery.objects.get()
    assert told.key == f"playbook/{Run.objects.get().pk}/0" and told.body["customer"] == who and told.body["score"] == 1
    assert "mail.example" not in str(told.body)


@pytest.mark.parametrize("problem", [RuntimeError, DataError])
def test_a_step_that_goes_wrong_is_tried_again_and_keeps_nobody_else(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, problem: type[Exception]
) -> None:
    playbook(workspace)
    for n in range(3):
        answer(workspace, key=f"w{n}", words="poison" if n == 1 else "fine")
    opened = actions.open_cases

    def fails(space: object, openings: list, **more: object) -> object:
        if any(one.words == "poison" for one in openings):
            raise problem("no")
        return opened(space, openings, **more)

    monkeypatch.setattr(actions, "open_cases", fails)
    follow()
    assert Case.objects.count() == 2
    wrong = Run.objects.get(state=RunState.WAITING)
    assert wrong.attempts == 1 and problem.__name__ in wrong.trouble
    for _again in range(5):
        later(days=1)
        run_due()
    wrong.refresh_from_db()
    assert wrong.state == RunState.FAILED
    assert Case.objects.count() == 2


def test_a_worker_killed_in_the_middle_of_a_step_has_done_it_once_or_not_at_all(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    playbook(workspace, {"do": "case"}, {"do": "trait", "trait": "seen", "value": "yes"}, {"do": "note", "text": "noted"})
    for n in range(40):
        answer(workspace, profile=customer(workspace, f"k{n}@mail.example"), key=f"kill{n}")
    project_all()

    class Killed(BaseException):
        pass

    done, dice, kills = running.perform, random.Random(7), [0]

    def dies(step: object, batch: object) -> object:
        said = done(step, batch)
        if kills[0] < 100 and dice.random() < 0.6:
            kills[0] += 1
            raise Killed  # after it was done, before it was committed
        return said

    monkeypatch.setattr(running, "perform", dies)
    monkeypatch.setattr(running, "_BATCH", 7)
    while True:
        try:
            follow()
        except Killed:
            continue
        break
    assert kills[0] > 20
    assert Case.objects.count() == 40 and Deed.objects.count() == 120 and set(Run.objects.values_list("state", flat=True)) == {RunState.DONE}


def test_what_began_under_one_version_goes_on_under_it(workspace: Workspace) -> None:
    made = playbook(workspace, {"do": "wait", "number": 1, "unit": "days"}, {"do": "case", "title": "Old"})
    answer(workspace, key="old")
    follow()
    made.keep([read({"when": HARD, "then": [{"do": "case", "title": "New"}], "rest_days": 0})], by="t")
    answer(workspace, key="new")
    follow()
    later(days=1)
    follow()
    assert sorted(Case.objects.values_list("title", flat=True)) == ["New", "Old"]


def test_switched_off_nothing_goes_on(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    made = playbook(workspace, {"do": "write", "text": "Sorry"}, {"do": "wait", "number": 1, "unit": "days"}, {"do": "case"})
    answer(workspace, profile=customer(workspace))
    follow()
    made.switch_off(by="t", now=timezone.now())
    later(days=1)
    follow()
    assert send_due() == 0 and not Case.objects.exists()
    made.switch_on(by="t", now=timezone.now())
    follow()
    assert Case.objects.count() == 1


def test_answers_of_nobody_set_nothing_off(workspace: Workspace) -> None:
    from regard.listening.programmes.tests.made import programme, survey

    asked = survey(workspace)
    secret = programme(workspace, survey=asked, anonymous=True, name="Secret")
    made = answer(workspace)
    Response.objects.filter(pk=made.pk).delete()
    playbook(workspace)
    from regard.listening.responses.answer import Origin, begin, complete

    now, origin = timezone.now(), Origin(channel="e-mail", programme=secret.pk)
    one = begin(origin, asked.published, key="s" * 30, language="en", now=now, answers={"effort": 1})
    complete(one, now=timezone.now())
    follow()
    assert not Run.objects.filter(cause__contains=one.pk.hex).exists()
