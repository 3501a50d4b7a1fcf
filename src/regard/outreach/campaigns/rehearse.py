"""Whom a campaign would reach, before it does: the contact policy is asked for some of its segment, and nothing is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.verdict import TITLES, Outcome
from regard.outreach.campaigns.models import Campaign
from regard.segments.members.mirror import refresh
from regard.segments.queries import members
from regard.warehouse.scope import Scope

_MOST = 5_000


@dataclass(frozen=True)
class Rehearsal:
    """Of those looked at (the whole segment, or its first 5,000): how many may be written to now, later, and not at all, and why."""

    size: int
    looked_at: int
    now: int
    later: int
    refused: list[tuple[str, int]]

    @property
    def none(self) -> bool:
        return self.now + self.later == 0


def rehearse(campaign: Campaign, *, now: datetime) -> Rehearsal:
    refresh(campaign.segment, now=now)
    found = [customer for customer, _since in members(Scope(campaign.workspace_id), campaign.segment_id, limit=_MOST)]
    arm = campaign.arms.select_related("version__template").first()
    assert arm is not None
    verdicts = may_contact(campaign.workspace_id, found, purpose=campaign.purpose.key, channel=arm.version.template.channel, now=now)
    refused = Counter(one.because for one in verdicts if one.outcome is Outcome.REFUSED)
    outcomes = Counter(one.outcome for one in verdicts)
    size = campaign.segment.size if len(found) == _MOST else len(found)
    told = [(str(TITLES.get(because, because)), n) for because, n in refused.most_common()]
    return Rehearsal(size, len(found), outcomes[Outcome.ALLOWED], outcomes[Outcome.DELAYED], told)
