"""A year of Halcyon's complaints: what they were about, how they were decided, and a few that are not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from regard.care.cases.close import close
from regard.care.cases.models import Case
from regard.care.cases.open import Opening, open_cases
from regard.care.complaints import work
from regard.care.complaints.complain import Filing, complain
from regard.care.complaints.models import Assessment, Complaint, Remedy, Via
from regard.care.complaints.redress import award
from regard.care.queues.models import Cause
from regard.playbooks.rules.definition import Answered
from regard.playbooks.runs.queries import Occasion, occasions
from regard.workspace.members.models import Member
from regard.workspace.workspaces.models import Workspace

_MOST = 140
_VIAS = (Via.PHONE, Via.EMAIL, Via.LETTER, Via.FORM, Via.PERSON, Via.SOCIAL)
_REMEDIES = (Remedy.PUT_RIGHT, Remedy.REFUND, Remedy.APOLOGY, Remedy.COMPENSATION, Remedy.EXPLANATION)
_FOUND = (
    "The recording of the call confirms what they say.", "The bill holds a charge that was credited already.", "The technician was not booked.",
    "The contract says so on page 3; they were not told.", "Nothing wrong on our side is to be found.",
)  # fmt: skip
_REASONS = {
    "upheld": "We had promised to call you back and did not. That should not have happened.",
    "partly": "The charge was right, but nobody explained it to you when you asked.",
    "rejected": "The price was changed as your contract provides, and we wrote to you two months before.",
}


def complaints(workspace: Workspace, agents: Mapping[int, Member], *, now: datetime, rng: np.random.Generator) -> int:
    """Returns how many there are. Nobody is written to: they were told on the phone, and answered by post."""
    since = now - timedelta(days=365)
    hard = occasions(workspace, Answered(metric="ces", op="<=", score=1), since=since)
    unhappy = [*occasions(workspace, Answered(metric="nps", op="<=", score=1), since=since), *hard]
    each = {one.profile: one for one in unhappy if one.profile and one.about.get("words")}
    chosen = sorted(each.values(), key=lambda one: one.cause)
    if len(chosen) > _MOST:
        chosen = [chosen[place] for place in rng.choice(len(chosen), _MOST, replace=False)]
    causes, everybody = list(Cause.objects.filter(workspace=workspace).exclude(parent=None).order_by("pk")), list(agents.values())
    # what customers complain about is not spread evenly
    odds = np.array([0.8**place for place in range(len(causes))])
    count = 0
    for one in sorted(chosen, key=lambda occasion: occasion.at):
        owner = agents.get(one.about.get("unit") or 0) or everybody[int(rng.integers(len(everybody)))]
        made = open_cases(workspace, [_opening(one, owner)], by=owner.user.email, now=one.at + timedelta(hours=3))
        for case in made:
            count += 1
            via = str(rng.choice(_VIAS, p=(0.4, 0.25, 0.1, 0.15, 0.05, 0.05)))
            filing = Filing(via=via, received=one.at, remedy=str(rng.choice(_REMEDIES)), told="on the phone")
            filed = complain(case, filing, by=owner.user.email, now=case.opened)
            _work(filed, owner, causes[int(rng.choice(len(causes), p=odds / odds.sum()))], now, rng)
    return count


def _opening(one: Occasion, owner: Member) -> Opening:
    about = one.about
    said = " ".join(about["words"].split())
    return Opening(
        title=f"{said[:70]}…" if len(said) > 70 else said, origin=f"complaint {one.cause}", unit=about.get("unit"),
        touchpoint=about.get("touchpoint"), profile=one.profile, score=one.score, tone="bad", words=about["words"],
        language=about.get("language", ""), channel=about.get("channel", ""),
        owner=owner.pk,
    )  # fmt: skip


def _work(one: Complaint, owner: Member, cause: Cause, now: datetime, rng: np.random.Generator) -> None:
    """Assessed within days, decided within weeks; some take too long."""
    by, moment = owner.user.email, one.received + timedelta(days=float(rng.gamma(2.0, 0.8)))
    if moment > now:
        return
    severity = int(rng.choice([1, 2, 3], p=[0.5, 0.4, 0.1]))
    assessed = Assessment(severity=severity, wide=bool(rng.random() < 0.2), vulnerable=bool(rng.random() < 0.08), urgent=severity == 3)
    work.assess(one, assessed, by=by, now=moment)
    moment += timedelta(days=float(rng.gamma(2.0, 2.0)))
    if moment > now:
        return
    work.find(one, str(rng.choice(_FOUND)), by=by, now=moment)
    ruling = str(rng.choice(["upheld", "partly", "rejected"], p=[0.45, 0.2, 0.35]))
    moment += timedelta(days=float(rng.gamma(3.0, 4.5)))
    if moment > now:
        return
    work.rule_on(one, ruling, _REASONS[ruling], by=by, now=moment)
    if ruling != "rejected" and rng.random() < 0.6:
        amount = Decimal(int(rng.choice([15, 25, 40, 120])))
        given = award.propose(one, kind="goodwill", amount=amount, reason="For the trouble", by=owner, now=moment)
        if given.waits:
            manager = next((who for who in award.who_may(one.case, given.amount)), None)
            if manager is None or moment + timedelta(days=2) > now:
                return
            award.approve(one, given.pk, by=manager, now=moment + timedelta(days=1))
        moment += timedelta(days=2)
    if moment > now:
        return
    work.answer(one, _REASONS[ruling], by=by, now=moment, how="by post")
    case = Case.objects.get(pk=one.case_id)
    close(case, by=by, now=moment, outcome=_REASONS[ruling], cause=cause, ask=False, closer=owner)
    if ruling == "rejected" and rng.random() < 0.25 and moment + timedelta(days=30) < now:
        referral = work.refer(one, authority="Telecoms mediator", reference="", by=by, now=moment + timedelta(days=30))
        if moment + timedelta(days=90) < now:
            overturned = bool(rng.random() < 0.3)
            work.settle_referral(one, referral.pk, overturned=overturned, outcome="", by=by, now=moment + timedelta(days=90))
