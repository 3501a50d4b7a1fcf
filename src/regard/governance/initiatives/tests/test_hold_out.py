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
from regard.ledger.touchpoints.models import Touchpoint
from regard.outreach.campaigns.models import Campaign, Recipient
from regard.outreach.campaigns.run import run_campaigns
from regard.outreach.campaigns.tests.made import campaign
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


def initiative(workspace: Workspace, by: Playbook | Campaign, **more: object) -> Initiative:
    done_by = {"playbook": by.pk} if isinstance(by, Playbook) else {"campaign": by}
    made = Initiative(workspace=workspace, title="Call back", metric=Outcome.NPS, stage=Stage.UNDER_WAY, **done_by, **more)
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


def test_a_campaign_tells_it_by_those_it_kept_out_and_where_it_changes_something(workspace: Workspace) -> None:
    """Answers about other touchpoints are not in it."""
    phone = Touchpoint.objects.create(workspace=workspace, name="Phone")
    one = campaign(workspace, [customer(workspace, f"u{n}@mail.example") for n in range(160)], control_percent=50)
    run_campaigns(now=timezone.now())
    after, rows = timezone.now() + timedelta(seconds=5), []
    for n, (who, arm) in enumerate(Recipient.objects.values_list("profile", "arm")):
        about = {"kind": "answer", "about": who, "metric": "nps", "scale_low": 0, "scale_high": 10}
        rows.append({**about, "message_id": f"e{n}", "at": after.isoformat(), "score": 0 if arm else 10})  # elsewhere, and first
        good = bool(n % 4) == bool(arm)
        later = (after + timedelta(hours=1)).isoformat()
        rows.append({**about, "message_id": f"p{n}", "at": later, "score": 10 if good else 0, "touchpoint": "Phone"})
    put_rows(workspace=workspace.pk, source=product_source(workspace.pk, "Survey"), rows=rows)
    project_all()
    made = initiative(workspace, one, touchpoints=[phone.pk])
    measured = measure(made, now=timezone.now())
    told = measured and shown_held_out(made, measured)
    assert told and told.sentence == "It worked." and "within 30 days" in told.method and "“Autumn”" in told.method
    assert measured.result["held_out"]["effect"]["low"] < 100 < measured.result["held_out"]["effect"]["high"]
    elsewhere = initiative(workspace, one)
    measured = measure(elsewhere, now=timezone.now())
    assert measured is not None and measured.result["held_out"]["effect"]["value"] == -200


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
    assert f'<option value="playbook {some.pk}">Not everybody' in page and f'<option value="playbook {all_of_them.pk}">Everybody' not in page
    given = {"title": "Call back", "stage": "under way", "metric": "nps"}
    assert analyst.post("/initiatives/new", given | {"by": f"playbook {all_of_them.pk}"}).status_code == 200 and not Initiative.objects.exists()
    analyst.post("/initiatives/new", given | {"by": f"playbook {some.pk}"})
    made = Initiative.objects.get()
    assert made.playbook == some.pk and made.measured is not None
    assert f'<option value="playbook {some.pk}" selected>' in analyst.get(f"/initiatives/{made.pk}/edit").content.decode()
    assert "cannot be told yet" in analyst.get(f"/initiatives/{made.pk}").content.decode()
    assert "cannot be told yet" in analyst.get("/initiatives/").content.decode()
    kept_some_out = campaign(workspace, [], name="Autumn")
    analyst.post(f"/initiatives/{made.pk}/edit", given | {"by": f"campaign {kept_some_out.pk}"})
    made.refresh_from_db()
    assert made.playbook is None and made.campaign == kept_some_out
