"""An offer is given once to each customer, with a code of its own, and never beyond what there is of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from regard.care.cases.tests.made import customer
from regard.customers.people.models import Profile
from regard.ledger.record.project import project_all
from regard.loyalty.offers.accept import NotAccepted, accept
from regard.loyalty.offers.give import NotGiven, Wish, give, give_one
from regard.loyalty.offers.models import Grant, Offer
from regard.loyalty.offers.queries import told
from regard.loyalty.offers.tests.made import offer
from regard.loyalty.offers.words import said
from regard.testing.people import member, signed_in
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def refused(wanted: Offer, who: int) -> str:
    with pytest.raises(NotGiven) as problem:
        give_one(wanted, who, why="", by="t", now=timezone.now())
    return str(problem.value)


def test_each_customer_gets_it_once_with_a_code_of_their_own(workspace: Workspace) -> None:
    ines, omar, lena = (customer(workspace, f"{name}@mail.example") for name in ("ines", "omar", "lena"))
    made, now = offer(workspace, "A1", "B2"), timezone.now()
    first, again, second, none_left = give(made, [Wish(ines, "sorry"), Wish(ines), Wish(omar), Wish(lena)], by="t", now=now)
    assert isinstance(first, Grant) and isinstance(second, Grant) and [first.code, second.code] == ["A1", "B2"]
    assert (first.until, first.why, first.cost) == (now + timedelta(days=30), "sorry", Decimal(20))
    assert "already" in str(again) and "no code left" in str(none_left)
    made.keep(by="t", codes=["A1", "C3"])  # what is there stays
    assert give_one(made, lena, why="", by="t", now=now).code == "C3"


def test_by_whichever_profile_of_theirs_a_customer_has_had_it(workspace: Workspace) -> None:
    ines, other = customer(workspace), customer(workspace, "ines@work.example")
    made = offer(workspace)
    give_one(made, other, why="", by="t", now=timezone.now())
    Profile.objects.filter(pk=other).update(merged_into=ines)
    assert "already" in refused(made, ines) and "already" in refused(made, other)


@pytest.mark.parametrize("limit", [{"most": 5}, {"budget": 119}])
def test_many_at_once_do_not_exceed_what_there_is(workspace: Workspace, limit: dict[str, int]) -> None:
    """Every thread has a connection of its own, and all begin at one moment."""
    people = [customer(workspace, f"p{n}@mail.example") for n in range(16)]
    made, start, wrong = offer(workspace, *(f"C{n}" for n in range(20)), **limit), threading.Barrier(4), list[BaseException]()

    def work(mine: list[int]) -> None:
        try:
            start.wait(10)
            for who in mine:
                give(made, [Wish(who)], by="t", now=timezone.now())
        except BaseException as problem:
            wrong.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(people[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    given = Grant.objects.filter(offer=made)
    assert not wrong and given.count() == 5 and given.aggregate(all=Sum("cost"))["all"] == 100
    assert len(set(given.values_list("code", flat=True))) == 5 == made.pool.exclude(given=None).count()


def test_what_another_transaction_is_about_to_give_counts_already(workspace: Workspace) -> None:
    ines, omar = customer(workspace), customer(workspace, "omar@mail.example")
    made, answers = offer(workspace, most=1), list[object]()

    def other() -> None:
        answers.extend(give(made, [Wish(omar)], by="t", now=timezone.now()))
        connection.close()

    with transaction.atomic():
        give_one(made, ines, why="", by="t", now=timezone.now())
        waiting = threading.Thread(target=other)
        waiting.start()
        waiting.join(0.3)
        assert not answers  # it waits for this transaction
    waiting.join(30)
    assert isinstance(answers[0], NotGiven) and Grant.objects.get().profile_id == ines


def test_it_is_accepted_once_and_while_it_is_good_and_stands_on_the_timeline(workspace: Workspace) -> None:
    ines, omar = customer(workspace), customer(workspace, "omar@mail.example")
    made, now = offer(workspace), timezone.now()
    mine, late = give_one(made, ines, why="", by="t", now=now), give_one(made, omar, why="", by="t", now=now - timedelta(days=31))
    accept(mine, by="till 3", now=now)
    again = accept(mine, by="till 4", now=now + timedelta(days=1))
    assert (again.accepted, again.accepted_by) == (now, "till 3")
    with pytest.raises(NotAccepted):
        accept(late, by="till 3", now=now)
    project_all()
    sql = "select event, outcome, profile from ledger where $scope and kind = 'offer' order by event, profile"
    rows = warehouse().select(Scope(workspace.pk), sql, {})
    assert rows == [("Offer accepted: A free month", "accepted", ines), *(("Offer made: A free month", "given", who) for who in sorted([ines, omar]))]
    (found,) = told(Scope(workspace.pk), [made], now=now)
    assert (found.given, found.accepted_count, found.open, found.spent, found.promised) == (2, 1, 0, 20, 40)
    assert found.accepted.value == 50 and found.accepted.low == pytest.approx(9.45, abs=0.01)


def test_the_customer_reads_it_in_their_language_with_the_code_and_until_when(workspace: Workspace) -> None:
    ines, omar = customer(workspace), customer(workspace, "omar@mail.example")
    Profile.objects.filter(pk=ines).update(name="Inès", traits={"language": "fr-CA"})
    Profile.objects.filter(pk=omar).update(name="{{ code }}")
    made, now = offer(workspace), timezone.now().replace(year=2027, month=3, day=1, hour=12)
    french, english = (give_one(made, who, why="", by="t", now=now) for who in (ines, omar))
    assert said(french) == "Un mois offert avec MONTH.\n\nValable jusqu’au 31 mars 2027"
    assert said(english).startswith("Dear {{ code }}, a month is on us.\n\nYour code: MONTH\nGood until 31 March 2027")


def test_an_agent_gives_it_on_the_customers_page_and_notes_that_it_was_taken_up(workspace: Workspace) -> None:
    ines, made = customer(workspace), offer(workspace)
    agent = signed_in(member(workspace, Role.AGENT))
    assert "A free month" in agent.get(f"/offers/of/{ines}").content.decode()
    agent.post(f"/offers/of/{ines}/act", {"act": "give", "offer": made.pk, "why": "Bill <b>"})
    panel = agent.get(f"/offers/of/{ines}").content.decode()
    assert "Bill &lt;b&gt;" in panel and "MONTH" in panel and "Make this offer" not in panel
    again = agent.post(f"/offers/of/{ines}/act", {"act": "give", "offer": made.pk}, follow=True).content.decode()
    assert "already" in again
    agent.post(f"/offers/of/{ines}/act", {"act": f"accept:{Grant.objects.get().pk}"})
    assert Grant.objects.get().accepted_by == "agent@halcyon.example"
    assert agent.get("/offers/new").status_code in (403, 404) and "Bill &lt;b&gt;" in agent.get(f"/offers/{made.pk}").content.decode()


def test_a_reader_of_a_unit_sees_what_customers_of_theirs_were_given(workspace: Workspace) -> None:
    shop, other = (Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("Shop", "Other"))
    ines, omar = customer(workspace), customer(workspace, "omar@mail.example")
    Profile.objects.filter(pk=ines).update(home_unit=shop, name="Inès")
    Profile.objects.filter(pk=omar).update(home_unit=other, name="Omar")
    made = offer(workspace)
    for who in (ines, omar):
        give_one(made, who, why="", by="t", now=timezone.now())
    reader = signed_in(member(workspace, Role.AGENT, at=shop))
    page = reader.get(f"/offers/{made.pk}").content.decode()
    assert "Inès" in page and "Omar" not in page
    assert reader.get(f"/offers/of/{omar}").status_code == 404
    assert reader.post(f"/offers/of/{omar}/act", {"act": f"accept:{Grant.objects.get(profile=omar).pk}"}).status_code == 404


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"text-en": " ", "text-fr": ""}, "at least one language"), ({"text-en": "{{ score }}"}, "Nothing can stand for"),
        ({"cost": "-1"}, "greater than or equal"),
        ({"codes": "x" * 81}, "longer than 80"), ({"code": "ALL", "codes": "A1"}, "Either one code"), ({"name": "a FREE month"}, "already an offer"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(workspace: Workspace, given: dict[str, str], sentence: str) -> None:
    offer(workspace)
    boss: Callable[..., object] = signed_in(member(workspace, Role.ADMIN)).post
    body = {"name": "Voucher", "cost": "5", "days": "30", "text-en": "Five euros", "text-fr": "Cinq euros", "codes": "A1\nB2", "budget": "77"} | given
    answer = boss("/offers/new", body)
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 422 and sentence in page and 'value="77"' in page and Offer.objects.count() == 1  # type: ignore[attr-defined]


def test_an_offer_is_entered_with_its_codes_and_retired(workspace: Workspace) -> None:
    boss = signed_in(member(workspace, Role.ADMIN))
    body = {"name": "Voucher", "cost": "5", "days": "30", "text-en": "Five euros", "codes": "A1\n A1 \n\nB2", "budget": "10"}
    boss.post("/offers/new", body)
    made = Offer.objects.get()
    assert sorted(made.pool.values_list("code", flat=True)) == ["A1", "B2"]
    assert "Voucher" in boss.get("/offers/").content.decode()
    boss.post(f"/offers/{made.pk}/retirement")
    assert "not made any more" in refused(made, customer(workspace)) and boss.get(f"/offers/{made.pk}").status_code == 404
