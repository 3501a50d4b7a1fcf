"""How far a campaign is, who was not written to and why, and what difference it made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.verdict import TITLES
from regard.metrics.afterwards import Sums, acted_after, answers_after, spent_after
from regard.outreach.campaigns.models import Aim, Arm, Campaign, Recipient
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


def effect(campaign: Campaign, arms: Sequence[Arm]) -> Effect | None:
    """None before anybody's turn came. Between all whose turn it was, written to or not: those kept out were drawn alike, and waited alike."""
    sides = {arm.pk: place for place, arm in enumerate(arms, start=1)}
    since = _turns(campaign, sides)
    if not since:
        return None
    letters = {_CONTROL: "", **{sides[arm.pk]: arm.letter for arm in arms}}
    measured = _measured(campaign, since, letters)
    pairs = [(arm.letter, "") for arm in arms if "" in measured] + [
        (one.letter, other.letter) for place, one in enumerate(arms) for other in arms[place + 1 :]
    ]  # fmt: skip
    compared = _compared(measured, [(one, other) for one, other in pairs if one in measured and other in measured])
    told = bool(compared) and all(estimate.n >= FEWEST for estimate in measured.values())
    return Effect(measured, compared, told)


def against_kept_out(campaign: Campaign, metric: str, touchpoints: Sequence[int]) -> tuple[Estimate | None, Estimate | None]:
    """What all of its messages together came to in one score, and what those kept out gave; None on a side that has not answered."""
    since = _turns(campaign, dict.fromkeys(campaign.arms.values_list("pk", flat=True), 1))
    found = answers_after(Scope(campaign.workspace_id), since, days=campaign.days, touchpoints=touchpoints)
    told = [found.get((metric, side)) for side in (1, _CONTROL)]
    written, kept_out = (mean(n=one.n, total=one.total, total_of_squares=one.squares) if one else None for one in told)
    return written, kept_out


def _turns(campaign: Campaign, sides: Mapping[int, int]) -> dict[int, tuple[datetime, int]]:
    """Customer → when their turn came, and which side they are on."""
    rows = Recipient.objects.filter(campaign=campaign, turn__isnull=False).values_list("profile__merged_into", "profile", "turn", "arm")
    since: dict[int, tuple[datetime, int]] = {}
    for merged, own, turn, arm in rows.order_by(F("profile__merged_into").desc(nulls_last=True), "-pk").iterator():
        assert turn is not None
        since[merged or own] = turn, sides.get(arm or 0, _CONTROL)  # of several who are one: as the one was drawn that they are
    return since


def _measured(campaign: Campaign, since: dict[int, tuple[datetime, int]], letters: dict[int, str]) -> dict[str, Estimate]:
    scope, touchpoints = Scope(campaign.workspace_id), campaign.touchpoints
    if campaign.aim == Aim.SCORE:
        found = answers_after(scope, since, days=campaign.days, touchpoints=touchpoints)
        return {
            letters[side]: mean(n=one.n, total=one.total, total_of_squares=one.squares)
            for (metric, side), one in sorted(found.items(), key=lambda item: item[0][1]) if metric == campaign.metric
        }  # fmt: skip
    drawn = sorted(Counter(side for _moment, side in since.values()).items())
    if campaign.aim == Aim.ACT:
        acted = acted_after(scope, since, days=campaign.days, touchpoints=touchpoints)
        return {letters[side]: proportion(successes=acted.get(side, 0), n=n) for side, n in drawn}
    spent = spent_after(scope, since, days=campaign.days, touchpoints=touchpoints, currency=campaign.workspace.currency)
    sums = {side: spent.get(side, Sums(0, 0.0, 0.0)) for side, _n in drawn}  # who spent nothing counts with nothing
    return {letters[side]: mean(n=n, total=sums[side].total, total_of_squares=sums[side].squares) for side, n in drawn}


def _compared(measured: dict[str, Estimate], pairs: Sequence[tuple[str, str]]) -> list[Compared]:
    found = [difference(measured[one], measured[other]) for one, other in pairs]
    significant = [bool(one) for one in benjamini_hochberg([one.p for one in found])] if found else []
    told = []
    for (one, other), beyond in zip(pairs, significant, strict=True):
        told.append(Compared(one, other, gap(measured[one], measured[other]), beyond))
    return told
