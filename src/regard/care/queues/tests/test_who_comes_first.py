"""Priority by what a customer is worth and by the lowest scores: one step for each, said why."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from regard.care.cases import work
from regard.care.cases.models import Case
from regard.care.cases.open import first_queue
from regard.care.cases.tests.made import case, customer
from regard.care.cases.weigh import weigh
from regard.care.queues.models import Queue
from regard.care.queues.worth import cut_of, is_lowest, set_cuts
from regard.customers.people.models import Profile
from regard.customers.traits.models import Trait
from regard.testing.people import member, signed_in
from regard.workspace.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


@pytest.fixture
def queue(workspace: Workspace) -> Queue:
    found = first_queue(workspace.pk)
    found.value_trait, found.value_from, found.raises_lowest = "yearly", 4_000, True
    found.save()
    Trait.objects.create(workspace=workspace, name="yearly", title="Worth a year", kind="money", currency="EUR")
    return found


def worth(workspace: Workspace, value: object, address: str = "ines@mail.example") -> int:
    who = customer(workspace, address)
    Profile.objects.filter(pk=who).update(traits={"yearly": value})
    return who


@pytest.mark.parametrize(
    ("value", "score", "asked", "priority", "why"),
    [
        (4_200, "", 3, 2, "Worth a year €4,200 (from €4,000)"), (4_000, "NPS 1", 3, 1, "Worth a year €4,000 (from €4,000), NPS 1"),
        (3_999.5, "NPS 2", 3, 2, "NPS 2"), ("4300.50", "NPS 3", 4, 3, "Worth a year €4,300 (from €4,000)"), (9_000, "CES 1", 1, 1, None),
        (10, "NPS 7", 3, 3, ""), ("much", "CES 2", 3, 3, ""), (True, "", 3, 3, ""), (None, "EMOTION -2", 2, 1, "EMOTION -2"),
    ],
)  # fmt: skip
def test_a_case_is_raised_by_value_and_by_the_lowest_scores_and_says_why(
    workspace: Workspace, queue: Queue, value: object, score: str, asked: int, priority: int, why: str | None
) -> None:
    made = case(workspace, profile=worth(workspace, value), score=score, priority=asked)
    assert (made.priority, made.basis) == (priority, asked)
    page = signed_in(member(workspace)).get(f"/cases/{made.number}").content.decode()
    said = [one.text.partition(": ")[2] for one in made.steps.filter(what="weighed")]
    if why is not None:
        assert said == ([why] if why else [])
    assert all(one in page for one in said)


def test_a_customer_is_worth_what_is_known_of_who_they_are_today(workspace: Workspace, queue: Queue) -> None:
    rich, other = worth(workspace, 5_000), worth(workspace, 1, "other@mail.example")
    Profile.objects.filter(pk=other).update(merged_into=rich)
    assert case(workspace, profile=other).priority == 2


def test_the_highest_share_is_worked_out_in_the_database(workspace: Workspace, queue: Queue) -> None:
    for n in range(1, 101):
        worth(workspace, n, f"c{n}@mail.example")
    assert cut_of(workspace.pk, "yearly", 10) == 91
    queue.value_from, queue.value_top = None, 10
    queue.save()
    assert set_cuts(now=timezone.now()) == 1
    made = case(workspace, profile=worth(workspace, 95, "c95@mail.example"))
    assert made.priority == 2 and "of the highest 10 % (from €91.00)" in made.steps.get(what="weighed").text
    assert case(workspace, profile=worth(workspace, 90, "c90@mail.example")).priority == 3
    Profile.objects.filter(workspace=workspace).update(traits={"yearly": 5})  # all alike: nobody stands out
    assert cut_of(workspace.pk, "yearly", 10) is None and cut_of(workspace.pk, "unknown", 10) is None


def test_the_value_of_another_workspace_counts_for_nothing(workspace: Workspace, queue: Queue) -> None:
    other = Workspace.found(name="Other")
    for n in range(20):
        worth(other, 1_000 + n, f"o{n}@mail.example")
        worth(workspace, n, f"c{n}@mail.example")
    assert cut_of(workspace.pk, "yearly", 10) == 18


def test_by_hand_the_priority_follows_the_value_again(workspace: Workspace, queue: Queue) -> None:
    who = worth(workspace, 10)
    made = case(workspace, profile=who, priority=3)
    due = made.due
    worth(workspace, 8_000)
    client = signed_in(member(workspace))
    assert "As value and score say" in client.get(f"/cases/{made.number}").content.decode()
    client.post(f"/cases/{made.number}/act", {"act": "weigh"})
    raised = Case.objects.get()
    assert raised.priority == 2 and raised.due and due and raised.due < due
    client.post(f"/cases/{made.number}/act", {"act": "weigh"})  # once more raises it no further
    assert Case.objects.get().priority == 2
    work.prioritise(raised, 4, by="t", now=timezone.now())  # whoever sets it by hand has the last word
    assert "€8,000" not in client.get(f"/cases/{made.number}").content.decode().partition('id="story"')[0]


def test_whoever_opens_one_by_hand_may_leave_it_to_the_value(workspace: Workspace, queue: Queue) -> None:
    who, client = worth(workspace, 8_000), signed_in(member(workspace))
    given: dict[str, Any] = {"title": "Bill", "queue": queue.pk, "unit": workspace.root.pk, "priority": "0"}
    client.post(f"/cases/new?customer={who}", given)
    client.post(f"/cases/new?customer={who}", {**given, "priority": "4"})
    assert list(Case.objects.order_by("pk").values_list("priority", flat=True)) == [2, 4]


def test_a_queue_that_says_nothing_of_it_changes_nothing(workspace: Workspace) -> None:
    made = case(workspace, profile=worth(workspace, 9_000), score="NPS 0")
    assert made.priority == 3
    with pytest.raises(work.NotPossible):
        weigh(made, by="t", now=timezone.now())
    assert 'value="0"' not in signed_in(member(workspace)).get("/cases/new").content.decode()


def test_the_setting_wants_one_of_the_two_and_shows_where_the_share_begins(workspace: Workspace, queue: Queue) -> None:
    for n in range(1, 101):
        worth(workspace, n, f"c{n}@mail.example")
    client, address = signed_in(member(workspace)), f"/settings/cases/{queue.pk}"
    hours = {f"{clock}-{value}": 4 for clock in ("first", "close") for value in range(1, 5)}
    given = {"name": "Care", "routing": "nobody", "warn_percent": 75, "escalate_hours": 4, "value_trait": " yearly ", **hours}
    answer = client.post(address, given).content.decode()
    assert "one of the two" in answer and "yearly" in answer
    assert "one of the two" in client.post(address, {**given, "value_from": 10, "value_top": 10}).content.decode()
    assert client.post(address, {**given, "value_top": 20}).status_code == 302
    queue.refresh_from_db()
    assert (queue.value_trait, queue.value_cut, queue.raises_lowest) == ("yearly", 81, False)
    assert "The highest begin at 81" in client.get(address).content.decode()


def test_the_lowest_fifth_of_each_scale() -> None:
    assert [one for one in ("NPS 0", "NPS 2", "NPS 3", "CSAT 1", "CSAT 2", "CES 1", "RATING 1", "EMOTION -2", "EMOTION -1", "", "NPS", "X 0") if
            is_lowest(one)] == ["NPS 0", "NPS 2", "CSAT 1", "CES 1", "RATING 1", "EMOTION -2"]  # fmt: skip
