"""What a playbook would have done: the deciding itself, on the last 30 days, with nothing begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from regard.metrics.period import BadQuery
from regard.playbooks.rules.definition import Answered, CaseWas, Clock, Happened, Moved, Rule, Silent
from regard.playbooks.rules.models import Playbook
from regard.playbooks.runs.enter import left_alone, steps_of
from regard.playbooks.runs.look import moved, silent
from regard.playbooks.runs.queries import MOST_TRIED, Occasion, customers_of, fitting, occasions
from regard.segments.queries import members
from regard.warehouse.scope import Scope

DAYS = 30
_SHOWN = 50


@dataclass(frozen=True)
class Trial:
    rule: Rule
    #: How often what it waits for came about, whoever it was about.
    happened: int
    #: How often it would have run, for how many customers, and how many would have been left alone to compare.
    runs: int
    customers: int
    left_alone: int
    #: The newest of them.
    some: list[Occasion]
    #: More happened than is counted here.
    capped: bool
    problem: str = ""


def try_out(playbook: Playbook, *, now: datetime) -> list[Trial]:
    """For each of its rules."""
    return [_tried(playbook, rule, now) for rule in playbook.version.read]


def _tried(playbook: Playbook, rule: Rule, now: datetime) -> Trial:
    try:
        found = _occasions(playbook, rule, now)
    except BadQuery as problem:
        return Trial(rule, 0, 0, 0, 0, [], False, str(problem))
    chosen = _rested(fitting(playbook.workspace_id, rule, found), rule.rest_days)
    alone = [one for one in chosen if left_alone(playbook, rule, one.profile)]
    run = [one for one in chosen if not left_alone(playbook, rule, one.profile)]
    newest = sorted(run, key=lambda one: one.at, reverse=True)
    customers = set(customers_of([one.profile for one in run]).values())
    return Trial(rule, len(found), len(run), len(customers), len(alone), newest[:_SHOWN], len(found) >= MOST_TRIED)


def _occasions(playbook: Playbook, rule: Rule, now: datetime) -> Sequence[Occasion]:
    since = now - timedelta(days=DAYS)
    match rule.when:
        case Answered() | Happened():
            return occasions(playbook.workspace, rule.when, since=since)
        case CaseWas():
            return steps_of(playbook, rule.when, None, since=since)
        case Moved():
            return moved(playbook, rule.when, since)
        case Silent():
            return silent(rule.when, since, now, most=MOST_TRIED)
        case Clock():
            times = {"day": DAYS, "week": DAYS // 7, "month": 1}[rule.when.every]
            page = members(Scope(playbook.workspace_id), rule.when.segment, limit=MOST_TRIED)
            return [Occasion(f"clock {n} {pk}", pk, now - timedelta(days=n), {}) for n in range(times) for pk, _since in page][:MOST_TRIED]


def _rested(found: Sequence[Occasion], rest_days: int) -> list[Occasion]:
    """For each customer not again before the days of rest are over."""
    if not rest_days:
        return list(found)
    customers = customers_of([one.profile for one in found])
    last: dict[int, datetime] = {}
    chosen = []
    for one in sorted(found, key=lambda occasion: occasion.at):
        customer = customers.get(one.profile, 0)
        if customer and customer in last and one.at - last[customer] < timedelta(days=rest_days):
            continue
        last[customer] = one.at
        chosen.append(one)
    return chosen
