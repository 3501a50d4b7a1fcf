"""How far a campaign is, who was not written to and why, and what difference it made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.verdict import TITLES
from regard.metrics.afterwards import Sums, acted_after, answers_after, spent_after
from regard.outreach.campaigns.models import Aim, Campaign, Recipient
from regard.outreach.messages.models import Message
from regard.science import benjamini_hochberg, difference, mean, proportion
from regard.science.difference import gap
from regard.science.estimate import Estimate
from regard.warehouse.scope import Scope

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_REASONS: dict[str, StrOrPromise] = {
    **TITLES, "ended": _("the campaign ended"), "cancelled": _("the campaign was cancelled"), "over": _("changed before it went out"),
}  # fmt: skip
#: Fewer on either side say nothing.
FEWEST = 30
_CONTROL = 0

#: Whoever says no to the purpose within a fortnight of the message is counted with it.
_NUMBERS = """
select a.letter, count(*), count(r.queued), count(r.sent), count(r.delivered), count(r.opened), count(r.bounced), count(r.complained),
    count(*) filter (where exists (
        select from customers_consent k where k.profile_id = r.profile_id and k.purpose_id = c.purpose_id and k.decision in ('withdrawn', 'refused')
        and k.at >= r.sent and k.at < r.sent + interval '14 days')),
    count(*) filter (where r.due is not null), count(*) filter (where r.because <> '')
from outreach_recipient r join outreach_campaign c on c.id = r.campaign_id left join outreach_arm a on a.id = r.arm_id
where r.campaign_id = %s group by a.letter order by a.letter nulls last
"""
#: Of several recipients who are one customer by now it counts how the one was drawn that they are.
_TURNS = """
select distinct on (who) who, turn, arm from (
    select coalesce(p.merged_into_id, p.id) as who, p.merged_into_id is not null as merged, r.id, r.turn, coalesce(r.arm_id, 0) as arm
    from outreach_recipient r join customers_profile p on p.id = r.profile_id where r.campaign_id = %s and r.turn is not null
) one order by who, merged, id
"""


@dataclass(frozen=True)
class Numbers:
    """Of one arm; `letter` is "" for those kept out."""

    letter: str
    drawn: int
    queued: int
    sent: int
    delivered: int
    opened: int
    bounced: int
    complained: int
    refused_more: int
    waiting: int
    held_back: int


def numbers(campaign: Campaign) -> list[Numbers]:
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, [campaign.pk])
        return [Numbers(letter or "", *rest) for letter, *rest in cursor.fetchall()]


def stuck(campaign: Campaign) -> str:
    """Why what is queued does not go out; "" where it does."""
    mine = Recipient.objects.filter(campaign=campaign, sent=None).exclude(queued=None).values("pk")
    waiting = Message.objects.filter(sent=None, dropped=None, sender_kind="campaign", sender_id__in=mine).exclude(trouble="")
    return waiting.order_by("-pk").values_list("trouble", flat=True).first() or ""


def reasons(campaign: Campaign) -> list[tuple[str, int]]:
    """Why customers were not written to, the commonest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select because, count(*) from outreach_recipient where campaign_id = %s and because <> '' group by because order by 2 desc, 1",
            [campaign.pk],
        )
        return [(str(_REASONS.get(because, because)), n) for because, n in cursor.fetchall()]


@dataclass(frozen=True)
class Compared:
    """One against another: the difference in points, its 95 % interval, and whether more than chance explains it (several comparisons
    together: Benjamini and Hochberg 1995).
    """

    one: str
    other: str
    gap: Estimate
    significant: bool


@dataclass(frozen=True)
class Effect:
    """`measured`: what each arm came to, by its letter ("" those kept out). `told` False: too few to say anything yet."""

    measured: dict[str, Estimate]
    compared: list[Compared]
    told: bool


def effect(campaign: Campaign) -> Effect | None:
    """From what was last measured; None before anybody's turn came. Between all whose turn it was, written to or not: those kept out were
    drawn alike, and waited alike.
    """
    if not campaign.afterwards:
        return None
    arms = [arm.letter for arm in campaign.arms.all()]
    measured = _measured(campaign)
    pairs = [(arm, "") for arm in arms if "" in measured] + list(combinations(arms, 2))
    compared = _compared(measured, [(one, other) for one, other in pairs if one in measured and other in measured])
    told = bool(compared) and all(estimate.n >= FEWEST for estimate in measured.values())
    return Effect(measured, compared, told)


def against_kept_out(campaign: Campaign, metric: str, touchpoints: Sequence[int]) -> tuple[Estimate | None, Estimate | None]:
    """What all of its messages together came to in one score, and what those kept out gave; None on a side that has not answered."""
    found = answers_after(Scope(campaign.workspace_id), _turns(campaign), days=campaign.days, touchpoints=touchpoints)
    sides = {True: Sums(0, 0.0, 0.0), False: Sums(0, 0.0, 0.0)}
    for (said, arm), one in found.items():
        if said == metric:
            sides[arm != _CONTROL] = sides[arm != _CONTROL].with_more(one.n, one.total, one.squares)
    written, kept_out = (mean(n=one.n, total=one.total, total_of_squares=one.squares) if one.n else None for one in sides.values())
    return written, kept_out


def afterwards(campaign: Campaign) -> dict[str, list[float]]:
    """What those whose turn has come did since: how `Campaign.afterwards` tells it. Reads every one of them, a batch at a time."""
    letters = {_CONTROL: "", **dict(campaign.arms.values_list("pk", "letter"))}
    with connection.cursor() as cursor:
        cursor.execute(f"select arm, count(*) from ({_TURNS}) one group by arm", [campaign.pk])
        drawn = dict(cursor.fetchall())
    scope, since, days, touchpoints = Scope(campaign.workspace_id), _turns(campaign), campaign.days, campaign.touchpoints
    if campaign.aim == Aim.SCORE:
        by_metric = answers_after(scope, since, days=days, touchpoints=touchpoints)
        found = {arm: one for (metric, arm), one in by_metric.items() if metric == campaign.metric}
    elif campaign.aim == Aim.ACT:
        found = {arm: Sums(n, n, n) for arm, n in acted_after(scope, since, days=days, touchpoints=touchpoints).items()}
    else:
        found = spent_after(scope, since, days=days, touchpoints=touchpoints, currency=campaign.workspace.currency)
    sums = {arm: found.get(arm, Sums(0, 0.0, 0.0)) for arm in letters}
    return {letters[arm]: [n, sums[arm].n, sums[arm].total, sums[arm].squares] for arm, n in sorted(drawn.items())}


def _turns(campaign: Campaign) -> Iterator[tuple[int, datetime, int]]:
    """Customers, when their turn came, and the arm that they are in (0: kept out)."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_TURNS, [campaign.pk])
        while rows := cursor.fetchmany(10_000):
            yield from rows


def _measured(campaign: Campaign) -> dict[str, Estimate]:
    sides: dict[str, list[float]] = campaign.afterwards or {}
    told = {letter: (int(drawn), Sums(int(n), total, squares)) for letter, (drawn, n, total, squares) in sides.items()}
    if campaign.aim == Aim.SCORE:
        return {letter: mean(n=one.n, total=one.total, total_of_squares=one.squares) for letter, (_drawn, one) in told.items() if one.n}
    if campaign.aim == Aim.ACT:
        return {letter: proportion(successes=one.n, n=drawn) for letter, (drawn, one) in told.items()}
    # Of money: who spent nothing counts with nothing.
    return {letter: mean(n=drawn, total=one.total, total_of_squares=one.squares) for letter, (drawn, one) in told.items()}


def _compared(measured: dict[str, Estimate], pairs: Sequence[tuple[str, str]]) -> list[Compared]:
    found = [difference(measured[one], measured[other]) for one, other in pairs]
    significant = [bool(one) for one in benjamini_hochberg([one.p for one in found])] if found else []
    told = []
    for (one, other), beyond in zip(pairs, significant, strict=True):
        told.append(Compared(one, other, gap(measured[one], measured[other]), beyond))
    return told
