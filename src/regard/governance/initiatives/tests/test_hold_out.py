"""An initiative that a playbook carries out is measured by the customers whom it leaves alone by chance."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from regard.care.cases.tests.made import customer
from regard.governance.initiatives.measure import measure, measure_all
from regard.governance.initiatives.models import Initiative, Measurement, Outcome, Stage
from regard.governance.initiatives.shown import best, shown, shown_held_out
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.ledger.sources.product import product_source
from regard.playbooks.rules.models import Playbook
from regard.playbooks.runs.models import Run, RunState
from regard.playbooks.runs.tests.made import answer, follow, playbook
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
TAG = {"do": "trait", "trait": "called", "value": "yes"}


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def initiative(workspace: Workspace, by: Playbook, **more: object) -> Initiative:
    made = Initiative(workspace=workspace, title="Call back", metric=Outcome.NPS, stage=Stage.UNDER_WAY, playbook=by.pk, **more)
    made.keep(by="t")
    return made


def answered(workspace: Workspace, people: list[int]) -> tuple[int, int]:
    """Whom it happened to is happy three times out of four afterwards, who was left alone once out of four. How many were on each side."""
    held = set(Run.objects.filter(state=RunState.HELD).values_list("profile", flat=True))
    after = (timezone.now() + timedelta(seconds=5)).isoformat()
    rows = [
        {"kind": "answer", "message_id": f"after {who}", "at": after, "about": who, "metric": "nps", "scale_low": 0, "scale_high": 10,
         "score": 9 if bool(n % 4) != (who in held) else 0}
        for n, who in enumerate(people)
    ]  # fmt: skip
    put_rows(workspace=workspace.pk, source=product_source(workspace.pk, "Survey"), rows=rows)
    project_all()
    return len(people) - len(held), len(held)


def test_its_effect_in_points_and_money_is_told_by_those_who_were_left_alone(workspace: Workspace) -> None:
    people = [customer(workspace, f"u{n}@mail.example") for n in range(120)]
    by = playbook(workspace, TAG, hold_out=50)
    made = initiative(workspace, by, worth=1_000, expected=100)
    assert measure_all(now=timezone.now()) == 1
    early = shown_held_out(made, Measurement.objects.get())
    assert early is not None and not early.told and "cannot be told yet" in early.sentence
    for n, who in enumerate(people):
        answer(workspace, profile=who, key=f"u{n}")
    follow()
    ran, alone = answered(workspace, people)
    measured = measure(made, now=timezone.now())
    assert measured is not None and measured.result["held_out"]["run"] == ran and measured.result["held_out"]["alone"] == alone
    effect = measured.result["held_out"]["effect"]
    assert effect["low"] < 100 < effect["high"] and effect["low"] > 0  # +50 against −50
    told = shown_held_out(made, measured)
    assert told is not None and told.told and told.sentence == "It worked." and "in a year" in told.money and told.checks[0].good
    assert shown(made, measured) is None and best(made, measured) == told
    page = signed_in(member(workspace, Role.VIEWER)).get(f"/initiatives/{made.pk}").content.decode()
    assert "It worked." in page and "left alone by chance by “Recovery”" in page and told.value in page


def test_whom_rules_ran_for_that_leave_nobody_alone_is_not_compared(workspace: Workspace) -> None:
    """They were not drawn: whoever they are, they are others than those who were left alone."""
    people = [customer(workspace, f"u{n}@mail.example") for n in range(12)]
    by = playbook(workspace, TAG, hold_out=0)
    made = initiative(workspace, by)
    for n, who in enumerate(people):
        answer(workspace, profile=who, key=f"u{n}")
    follow()
    rule = by.version.read[0].model_copy(update={"hold_out": 50})
    by.keep([rule], by="t")
    Run.objects.filter(pk__in=list(Run.objects.values_list("pk", flat=True)[:4])).update(version=Playbook.objects.get().version, state=RunState.HELD)
    answered(workspace, people)
    measured = measure(made, now=timezone.now())
    assert measured is not None and measured.result["held_out"]["effect"] is None


def test_a_playbook_that_is_gone_is_said_so(workspace: Workspace) -> None:
    by = playbook(workspace, TAG, hold_out=50)
    made = initiative(workspace, by)
    by.retire(by="t", now=timezone.now())
    measured = measure(made, now=timezone.now())
    told = measured and shown_held_out(made, measured)
    assert told and told.sentence == "It cannot be told: the playbook is gone."


def test_the_form_offers_playbooks_that_leave_some_alone(workspace: Workspace) -> None:
    all_of_them, some = playbook(workspace, TAG, name="Everybody"), playbook(workspace, TAG, name="Not everybody", hold_out=10)
    analyst = signed_in(member(workspace, Role.ANALYST))
    page = analyst.get("/initiatives/new").content.decode()
    assert f'<option value="{some.pk}">Not everybody' in page and f'<option value="{all_of_them.pk}">Everybody' not in page
    given = {"title": "Call back", "stage": "under way", "metric": "nps"}
    assert analyst.post("/initiatives/new", given | {"playbook": all_of_them.pk}).status_code == 200 and not Initiative.objects.exists()
    analyst.post("/initiatives/new", given | {"playbook": some.pk})
    made = Initiative.objects.get()
    assert made.playbook == some.pk and made.measured is not None
    assert "cannot be told yet" in analyst.get(f"/initiatives/{made.pk}").content.decode()
    assert "cannot be told yet" in analyst.get("/initiatives/").content.decode()
