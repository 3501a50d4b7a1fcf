"""How Halcyon makes up for what went wrong: two playbooks that give offers, whom they leave alone by chance, and who took theirs up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import transaction

from regard.ledger.touchpoints.models import Touchpoint
from regard.loyalty.offers.accept import accept
from regard.loyalty.offers.give import Wish, give
from regard.loyalty.offers.models import Grant, Offer
from regard.loyalty.offers.words import language_of, said
from regard.playbooks.rules.definition import Answered, Happened, read
from regard.playbooks.rules.models import Playbook
from regard.playbooks.runs.enter import BY, enter
from regard.playbooks.runs.models import Deed, Run, RunState
from regard.playbooks.runs.queries import Occasion, occasions
from regard.workspace.workspaces.models import Workspace

WEEKS = 8
_MOST = 120
_CREDIT = {
    "en": "Hello {{ name }}, your bill was a surprise. Ten euros of the next one are on us.",
    "fr": "Bonjour {{ name }}, votre facture vous a surpris. Dix euros de la prochaine sont pour nous.",
    "de": "Hallo {{ name }}, Ihre Rechnung war eine Überraschung. Zehn Euro der nächsten übernehmen wir.",
    "es": "Hola, {{ name }}: su factura fue una sorpresa. Diez euros de la próxima corren de nuestra cuenta.",
    "it": "Buongiorno {{ name }}, la Sua bolletta è stata una sorpresa. Dieci euro della prossima li paghiamo noi.",
}
_MONTH = {
    "en": "Hello {{ name }}, it was too hard to get help from us. Have a month on {{ trait:plan }} on us.",
    "fr": "Bonjour {{ name }}, obtenir de l’aide a été trop difficile. Un mois de {{ trait:plan }} vous est offert.",
    "de": "Hallo {{ name }}, es war zu mühsam, Hilfe zu bekommen. Ein Monat {{ trait:plan }} geht auf uns.",
}


def give_offers(workspace: Workspace, *, now: datetime, rng: np.random.Generator, by: str) -> int:
    """Nothing is sent: nobody of the company is real. Returns how many offers were given. Who takes one up is chance, and it changes nothing."""
    credit = Offer(workspace=workspace, name="Ten euros off the next bill", texts=_CREDIT, cost=Decimal(10), days=60, budget=Decimal(20_000))
    credit.keep(by=by, codes=[f"HM-{number:05d}" for number in rng.choice(99_999, 400, replace=False).tolist()])
    month = Offer(workspace=workspace, name="A month on us", texts=_MONTH, cost=Decimal(18), code="ONUS", days=45, most=2_000)
    month.keep(by=by)
    shocked = {"kind": "happened", "touchpoints": _at(workspace, "Bill"), "where": ["property:far_above_usual=yes"]}
    hard = {"kind": "answered", "metric": "ces", "op": "<=", "score": 2, "touchpoints": _at(workspace, "Support call")}
    return sum(
        len(_as_it_went(workspace, name, offer, when, taken_up, now=now, rng=rng, by=by))
        for name, offer, when, taken_up in (
            ("After a bill that surprises", credit, shocked, 0.41), ("When help was hard to get", month, hard, 0.27),
        )
    )  # fmt: skip


def _at(workspace: Workspace, name: str) -> list[int]:
    return list(Touchpoint.objects.filter(workspace=workspace, name=name).values_list("pk", flat=True))


def _as_it_went(
    workspace: Workspace, name: str, offer: Offer, when: Mapping[str, Any], taken_up: float, *, now: datetime, rng: np.random.Generator, by: str
) -> list[Grant]:
    """The playbook's last weeks, a day after the other, as if it had been on."""
    step = {"do": "offer", "offer": offer.pk, "purpose": "service", "subject": name}
    rule = read({"name": name, "when": when, "rest_days": 90, "hold_out": 20, "then": [step]})
    book = Playbook(workspace=workspace, name=name)
    book.keep([rule], by=by)
    assert isinstance(rule.when, Answered | Happened)
    found = [one for one in occasions(workspace, rule.when, since=now - timedelta(weeks=WEEKS)) if one.profile and one.at < now]
    chosen = [found[place] for place in sorted(rng.permutation(len(found))[:_MOST].tolist(), reverse=True)]
    given = []
    for day in sorted({one.at.date() for one in chosen}):
        of_it = [one for one in chosen if one.at.date() == day]
        given += _begun(book, of_it, offer, now=min(max(one.at for one in of_it) + timedelta(minutes=1), now))
    book.switch_on(by=by, now=now)
    for grant in given:
        moment = grant.at + timedelta(days=float(rng.gamma(2.0, 5.0)))
        if rng.random() < taken_up and moment < min(now, grant.until):
            accept(grant, by="App and web site", now=moment)
    return given


@transaction.atomic
def _begun(book: Playbook, found: Sequence[Occasion], offer: Offer, *, now: datetime) -> list[Grant]:
    """What the playbook would have done with them, in one transaction: no worker comes in between and does it again."""
    rule = book.version.read[0]
    enter(book, 0, rule, found, now=now)
    runs = list(Run.objects.filter(playbook=book, begun=now, state=RunState.WAITING).order_by("pk"))
    wishes = [Wish(one.profile_id or 0, f"Run {one.pk}") for one in runs]
    given = [(run, grant) for run, grant in zip(runs, give(offer, wishes, by=f"{BY}{book.name}", now=now), strict=True) if isinstance(grant, Grant)]
    Deed.objects.bulk_create(
        Deed(run=run, step=0, do="offer", at=now, subject=book.name, text=said(grant), language=language_of(grant), told="sent")
        for run, grant in given
    )
    Run.objects.filter(pk__in=[one.pk for one in runs]).update(state=RunState.DONE, step=1)
    return [grant for _run, grant in given]
