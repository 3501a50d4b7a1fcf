"""Effects told by customers who are left alone by chance: by a campaign, or by a playbook, which lies above: `site/wiring.py` fills it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from regard.outreach.campaigns.models import Campaign
from regard.outreach.campaigns.queries import against_kept_out
from regard.science.difference import gap
from regard.science.estimate import Estimate


@dataclass(frozen=True)
class HeldOut:
    """What customers answered, within so many days, to whom it happened, less what those answered who were left alone, in points of the
    score; None while one side has not answered at all.
    """

    name: str
    effect: Estimate | None
    run: int
    alone: int
    days: int


def _none(workspace: int) -> Mapping[int, str]:
    return {}


def _nothing(workspace: int, number: int, metric: str, touchpoints: Sequence[int]) -> HeldOut | None:
    return None


def of_campaign(campaign: Campaign, metric: str, touchpoints: Sequence[int]) -> HeldOut:
    """All whose turn has come, whichever message was theirs, against those kept out."""
    written, kept_out = against_kept_out(campaign, metric, touchpoints)
    effect = gap(written, kept_out) if written is not None and kept_out is not None else None
    return HeldOut(campaign.name, effect, written.n if written else 0, kept_out.n if kept_out else 0, campaign.days)


@dataclass
class HoldOuts:
    #: Playbooks that leave some customers alone, by their number: names.
    offered: Callable[[int], Mapping[int, str]] = _none
    #: Of one of them, in one metric, at some touchpoints if any are named; None where there is no such any more.
    measured: Callable[[int, int, str, Sequence[int]], HeldOut | None] = _nothing


HOLD_OUTS = HoldOuts()
