"""The priority of an open case follows what its customer is worth and scores, until somebody sets it by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from regard.care.cases import work
from regard.care.cases.close import close
from regard.care.cases.jobs import work_out_worth
from regard.care.cases.models import Case
from regard.care.cases.open import first_queue
from regard.care.cases.tests.made import case, customer
from regard.care.cases.weigh import weigh, weigh_again
from regard.care.queues.models import Queue
from regard.customers.people.models import Profile
from regard.jobs.consume import consume
from regard.jobs.models import Event
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.ledger.sources.product import product_source
from regard.site.wiring import subscriptions
from regard.testing.people import member, signed_in
from regard.workspace.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


@pytest.fixture
def queue(workspace: Workspace) -> Queue:
    found = first_queue(workspace.pk)
    found.value_trait, found.value_from, found.raises_lowest = "yearly", 4_000, True
    found.save()
    return found


def worth(workspace: Workspace, value: object, address: str = "ines@mail.example") -> int:
    who = customer(workspace, address)
    Profile.objects.filter(pk=who).update(traits={"yearly": value})
    return who


def story(made: Case) -> list[str]:
    return [one.text for one in made.steps.filter(what="weighed")]


def test_it_rises_and_falls_with_the_value_and_its_clocks_with_it(workspace: Workspace, queue: Queue) -> None:
    made = case(workspace, profile=worth(workspace, 10), now=NOON)
    normal = made.first_due, made.due, made.warn
    worth(workspace, 5_000)
    assert weigh_again(workspace.pk, now=NOON) == 1
    made.refresh_from_db()
    assert (made.priority, made.basis, made.due) == (2, 3, NOON + timedelta(hours=12)) and story(made) == ["normal → high: yearly 5,000 (from 4,000)"]
    before = Event.objects.count()
    assert weigh_again(workspace.pk, now=NOON) == 0 and Event.objects.count() == before  # the same again is nothing
    worth(workspace, 10)
    assert weigh_again(workspace.pk, now=NOON) == 1
    made.refresh_from_db()
    assert (made.priority, (made.first_due, made.due, made.warn)) == (3, normal)
    assert story(made)[-1] == "high → normal: neither value nor score raises it"


def test_what_was_set_by_hand_stays_until_it_is_left_to_the_value_again(workspace: Workspace, queue: Queue) -> None:
    by_hand, left = case(workspace, profile=worth(workspace, 10)), case(workspace, profile=worth(workspace, 10))
    opened = case(workspace, profile=worth(workspace, 10), weigh=False)
    client = signed_in(member(workspace))
    client.post(f"/cases/{by_hand.number}/act", {"act": "priority", "priority": "3"})  # also where it was so already
    worth(workspace, 5_000)
    weigh_again(workspace.pk, now=timezone.now())
    assert dict(Case.objects.values_list("pk", "priority")) == {by_hand.pk: 3, left.pk: 2, opened.pk: 3}
    weigh(by_hand, by="t", now=timezone.now())
    worth(workspace, 1)
    weigh_again(workspace.pk, now=timezone.now())
    assert dict(Case.objects.values_list("pk", "priority")) == {by_hand.pk: 3, left.pk: 3, opened.pk: 3}
    assert len(story(by_hand)) == 2


def test_closed_cases_other_workspaces_and_queues_that_weigh_nothing_stay_as_they_are(workspace: Workspace, queue: Queue) -> None:
    other = Workspace.found(name="Other")
    who = worth(workspace, 10)
    shut, plain = case(workspace, profile=who), case(workspace, profile=who, queue=Queue.objects.create(workspace=workspace, name="Plain"))
    theirs = case(other, profile=worth(other, 9_000, "o@mail.example"))
    close(shut, by="t", now=timezone.now(), ask=False)
    worth(workspace, 9_000)
    assert weigh_again(workspace.pk, now=timezone.now()) == weigh_again(other.pk, now=timezone.now()) == 0
    assert {one.priority for one in Case.objects.filter(pk__in=[shut.pk, plain.pk, theirs.pk])} == {3}


def test_what_was_spent_waiting_for_the_customer_still_does_not_count(workspace: Workspace, queue: Queue) -> None:
    """As when a colleague changes the priority: the same case, one way and the other."""
    who = worth(workspace, 10)
    by_hand, by_night = (case(workspace, profile=who, now=NOON) for _n in range(2))
    for one in (by_hand, by_night):
        work.move(one, "waiting", by="t", now=NOON + timedelta(hours=1))
        work.move(one, "open", by="t", now=NOON + timedelta(hours=6))
    worth(workspace, 5_000)
    weigh(by_hand, by="t", now=NOON + timedelta(hours=7))
    assert weigh_again(workspace.pk, now=NOON + timedelta(hours=7)) == 1
    first, second = Case.objects.order_by("pk")
    assert (first.priority, first.first_due, first.due, first.warn) == (second.priority, second.first_due, second.due, second.warn)
    assert first.due == NOON + timedelta(hours=17)


def test_the_night_draws_the_line_anew_and_weighs_by_it(workspace: Workspace, queue: Queue) -> None:
    queue.value_from, queue.value_top = None, 10
    queue.save()
    for n in range(1, 101):
        worth(workspace, n, f"c{n}@mail.example")
    made = case(workspace, profile=worth(workspace, 95, "c95@mail.example"))
    assert made.priority == 3  # no line was drawn yet
    work_out_worth(0)
    made.refresh_from_db()
    assert made.priority == 2 and story(made) == ["normal → high: yearly 95, of the highest 10 % (from 91)"]


def test_more_than_a_batch_is_weighed(workspace: Workspace, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regard.care.cases.weigh._AT_ONCE", 3)
    people = [worth(workspace, 10, f"c{n}@mail.example") for n in range(8)]
    for who in people:
        case(workspace, profile=who)
    Profile.objects.filter(pk__in=people).update(traits={"yearly": "4100.5"})
    assert weigh_again(workspace.pk, now=timezone.now()) == 8 and set(Case.objects.values_list("priority", flat=True)) == {2}


def answered(workspace: Workspace, address: str, metric: str, score: float, at: datetime, **more: object) -> None:
    put_rows(workspace=workspace.pk, source=product_source(workspace.pk, "Answers"), rows=[
        {"kind": "answer", "message_id": f"{address} {metric} {at}", "at": at.isoformat(), "metric": metric, "score": score, "email": address,
         "response": str(UUID(int=int(at.timestamp()))), "event": "Answer", **more}
    ])  # fmt: skip
    project_all()
    while sum(consume(one) for one in subscriptions()):
        pass


def test_a_lowest_answer_afterwards_raises_what_is_open_and_stays(workspace: Workspace, queue: Queue) -> None:
    now = timezone.now()
    ines, omar = worth(workspace, 10), worth(workspace, 10, "omar@mail.example")
    hers, his = case(workspace, profile=ines, score="NPS 5", now=now), case(workspace, profile=omar, now=now)
    answered(workspace, "ines@mail.example", "nps", 3, now + timedelta(minutes=1))
    answered(workspace, "omar@mail.example", "ces", 1, now - timedelta(hours=1))  # before it was opened
    assert set(Case.objects.values_list("priority", flat=True)) == {3}
    answered(workspace, "ines@mail.example", "nps", 1, now + timedelta(minutes=2))
    answered(workspace, "ines@mail.example", "nps", 9, now + timedelta(minutes=3))
    weigh_again(workspace.pk, now=now)
    hers.refresh_from_db(), his.refresh_from_db()
    assert (hers.priority, hers.score, his.priority) == (2, "NPS 5", 3) and story(hers) == ["normal → high: NPS 1"]
