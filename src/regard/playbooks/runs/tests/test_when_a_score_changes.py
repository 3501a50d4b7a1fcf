"""A score that falls or rises since the customer's answer before it sets a rule off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from regard.care.cases.models import Case
from regard.care.cases.tests.made import customer
from regard.customers.people.models import Profile
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.ledger.sources.product import product_source
from regard.playbooks.rules.definition import BadRule, read
from regard.playbooks.runs.queries import occasions
from regard.playbooks.runs.tests.made import follow, playbook
from regard.segments.mirror import mirror_profiles
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
FELL = {"kind": "answered", "metric": "nps", "op": "fell", "score": 3}


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def said(workspace: Workspace, *answers: tuple[int, float, int], **more: Any) -> None:
    """(customer, how many days ago, score)."""
    rows = [
        {"kind": "answer", "message_id": f"{who} {days} {score} {more}", "at": (timezone.now() - timedelta(days=days)).isoformat(), "about": who,
         "metric": "nps", "scale_low": 0, "scale_high": 10, "score": score, **more}
        for who, days, score in answers
    ]  # fmt: skip
    put_rows(workspace=workspace.pk, source=product_source(workspace.pk, "Survey"), rows=rows)


def test_only_a_fall_since_the_answer_before_it_opens_a_case(workspace: Workspace) -> None:
    ana, ben, cleo, dan = (customer(workspace, f"{name}@mail.example") for name in ("ana", "ben", "cleo", "dan"))
    said(workspace, (ana, 90, 2), (ana, 60, 9), (ben, 60, 6), (cleo, 60, 2), (ana, 1, 10))
    said(workspace, (ana, 60, 1), metric="ces", scale_low=1, scale_high=7)  # another metric
    project_all()
    playbook(workspace, when=FELL)
    said(workspace, (ana, 0, 6), (ben, 0, 4), (cleo, 0, 9), (dan, 0, 0))  # −4 since 10; −2; +7; the first
    follow()
    assert list(Case.objects.values_list("profile", flat=True)) == [ana]
    said(workspace, (ana, -0.001, 6), (ben, -0.001, 1))  # as before; −3 since 4
    follow()
    assert sorted(Case.objects.values_list("profile", flat=True)) == sorted([ana, ben])


def test_who_turned_out_to_be_one_customer_has_one_history(workspace: Workspace) -> None:
    ana, other = customer(workspace), customer(workspace, "old@mail.example")
    said(workspace, (other, 60, 9), (ana, 1, 3))
    project_all()
    since = timezone.now() - timedelta(days=30)
    when = read({"when": FELL, "then": [{"do": "case"}]}).when
    assert occasions(workspace, when, since=since) == []
    Profile.objects.filter(pk=other).update(merged_into=ana)
    mirror_profiles(workspace.pk, [ana, other])
    assert [one.profile for one in occasions(workspace, when, since=since)] == [ana]
    rose = read({"when": {**FELL, "op": "rose"}, "then": [{"do": "case"}]}).when
    assert occasions(workspace, rose, since=since) == []


@pytest.mark.parametrize("wrong", [{"score": 0}, {"score": -2}, {"score": None}, {"metric": ""}])
def test_a_change_says_of_what_and_by_how_much(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadRule):
        read({"when": FELL | wrong, "then": [{"do": "case"}]})
