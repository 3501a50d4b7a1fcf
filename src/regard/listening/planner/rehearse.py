"""What a programme would have done in the last 90 days: the deciding itself, on days gone by, in a transaction that is rolled back.

Consents, restraints and contacts count as they were; the suppression list, segments and addresses as they are today. Where many could be
asked, a sample of them is: the rules are about one customer at a time, so shares are those of all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Min

from regard.customers.contact.log.models import FrequencyRule
from regard.listening.invitations import enter
from regard.listening.invitations.decide import Candidate, candidates, decide, keep
from regard.listening.invitations.models import Invitation
from regard.listening.invitations.queries import reach
from regard.listening.planner import queries
from regard.listening.planner.expected import Answering, Spread, spread
from regard.listening.planner.models import DAYS, Plan
from regard.listening.programmes.models import Kind, Programme
from regard.segments.queries import members_among
from regard.warehouse.scope import Scope

#: So many people are looked at, about.
PEOPLE = 20_000
_STEP = timedelta(hours=6)
#: The limits of a margin are looked at between batches.
_BATCH = 500


def rehearse(plan: Plan, *, now: datetime, tell: Callable[[int], None], most: int = PEOPLE) -> dict[str, Any]:
    """What is found, as the page shows it; counts are of everybody, estimated where a sample was looked at. Nothing else stays.

    `tell` is told how many days are done. Raises BadQuery where a condition names what is gone.
    """
    programme = Programme.objects.select_related("workspace", "purpose", "survey").get(pk=plan.programme_id)
    spreads = spread(programme, now=now)
    begin = now - timedelta(days=DAYS)
    eligible = _eligible(programme, begin)
    one_in = max(1, math.ceil(eligible / most))
    with transaction.atomic():
        copy = _copied(programme, begin, one_in)
        rehearsal = _Rehearsal(copy, begin, one_in, _answering(plan, copy, one_in, spreads))
        rehearsal.enter()
        for day in range(DAYS):
            rehearsal.live(begin + timedelta(days=day))
            tell(day + 1)
        found = queries.found(copy, plan.trait, since=begin, until=now, one_in=one_in)
        transaction.set_rollback(True)
    return {**found, "one_in": one_in, "spread": spreads and [spreads.metric, spreads.deviation, spreads.n]}


def _eligible(programme: Programme, begin: datetime) -> int:
    """People, about: what the size of the sample follows from."""
    match programme.kind:
        case Kind.TRANSACTIONAL:
            return reach(programme, since=begin).customers
        case Kind.RELATIONSHIP:
            return queries.customers(programme.workspace_id)
    return queries.answerers(programme, begin)


def _copied(programme: Programme, begin: datetime, one_in: int) -> Programme:
    """As if it had been launched then. A cap is of a sample as of all; rules about this one programme are about the copy."""
    copy = Programme.objects.select_related("workspace", "purpose", "survey").get(pk=programme.pk)
    copy.pk, copy._state.adding = None, True
    copy.name, copy.launched, copy.since = uuid4().hex, begin, begin
    copy.paused = copy.ended = None
    if copy.daily_cap:
        copy.daily_cap = max(1, round(copy.daily_cap / one_in))
    copy.save()
    FrequencyRule.objects.filter(workspace=programme.workspace_id, sender_id=str(programme.pk)).update(
        sender_id=str(copy.pk)
    )
    return copy


def _answering(plan: Plan, copy: Programme, one_in: int, spreads: Spread | None) -> Answering:
    needed = spreads.needed(float(copy.margin)) if copy.margin is not None and spreads is not None else None
    return Answering(float(plan.rate) / 100 * one_in, needed)


@dataclass
class _Rehearsal:
    programme: Programme
    begin: datetime
    one_in: int
    answering: Answering
    among: list[int] | None = None

    def enter(self) -> None:
        """What is known from the start; whoever has a clock of their own is entered day by day."""
        match self.programme.kind:
            case Kind.TRANSACTIONAL:
                enter.enter_sample(self.programme, since=self.begin, now=self.begin, one_in=self.one_in)
            case Kind.RELATIONSHIP:
                sampled = queries.sample(self.programme.workspace_id, one_in=self.one_in)
                if self.programme.segment_id is not None:
                    sampled = sorted(
                        members_among(Scope(self.programme.workspace_id), self.programme.segment_id, sampled)
                    )
                self.among = sampled
            case Kind.SEQUENCE:
                queries.enter_answerers(self.programme, since=self.begin, one_in=self.one_in)

    def live(self, day: datetime) -> None:
        """One day, some hours at a time; hours in which nobody is due are passed over."""
        if self.among is not None:
            enter.enter_whose_time_has_come(self.programme, self.among, now=day)
        moment, end = day, day + timedelta(days=1)
        while moment < end:
            while batch := candidates(self.programme, due=moment, most=_BATCH):
                self._decide(batch, moment)
            following = Invitation.objects.filter(programme=self.programme, decided=None).aggregate(first=Min("due"))["first"]
            if following is None:
                return
            moment += _STEP * max(1, math.ceil((following - moment) / _STEP))

    def _decide(self, batch: list[Candidate], moment: datetime) -> None:
        decisions = decide(self.programme, batch, now=moment, rehearsal=self.answering)
        keep(self.programme, batch, decisions, moment)
        if self.answering.needed is not None:
            for one in batch:
                if decisions[one.pk].channel:
                    self.answering.note(one.group, one.wave)


def tell_of(plan: Plan) -> Callable[[int], None]:
    """Over a connection of its own: what the rehearsal's writes is rolled back."""
    aside = connection.copy()

    def tell(days: int) -> None:
        with aside.cursor() as cursor:
            cursor.execute("update listening_plan set done_days = %s where id = %s", [days, plan.pk])
        if days == DAYS:
            aside.close()

    return tell
