"""Whom a campaign would reach, before it does: those it would draw, asked of the contact policy by the channel of their message. Nothing is
written.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from regard.customers.contact.channels import Channel
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.verdict import TITLES, Outcome
from regard.outreach.campaigns.draw import bounds, place_of
from regard.outreach.campaigns.models import Campaign
from regard.outreach.mail.models import MailAccount
from regard.outreach.phone.models import PhoneAccount
from regard.segments.members.mirror import refresh
from regard.segments.queries import members
from regard.warehouse.scope import Scope

_MOST = 5_000


@dataclass(frozen=True)
class Rehearsal:
    """Of those looked at (the whole segment, or its first 5,000): how many are kept out, may be written to now, later, and not at all, and
    why. `takes`: how long it takes until all of the segment have had their turn; `too_long`: it ends before. `unset`: channels of its
    messages by which nothing can be sent yet.
    """

    size: int
    looked_at: int
    kept_out: int
    now: int
    later: int
    refused: list[tuple[str, int]]
    takes: timedelta
    too_long: bool
    unset: list[str]

    @property
    def none(self) -> bool:
        return self.now + self.later == 0

    @property
    def asked(self) -> int:
        return self.looked_at - self.kept_out


def rehearse(campaign: Campaign, *, now: datetime) -> Rehearsal:
    refresh(campaign.segment, now=now)
    found = [customer for customer, _since in members(Scope(campaign.workspace_id), campaign.segment_id, limit=_MOST)]
    arms = list(campaign.arms.select_related("version__template"))
    spans = bounds(campaign.control_percent, [one.share for one in arms])
    by_channel: defaultdict[str, list[int]] = defaultdict(list)
    for customer in found:
        place = place_of(campaign.pk, customer)
        for arm, (first, past) in zip(arms, spans, strict=True):
            if first <= place < past:
                by_channel[arm.version.template.channel].append(customer)
    verdicts = [
        verdict for channel, mine in by_channel.items()
        for verdict in may_contact(campaign.workspace_id, mine, purpose=campaign.purpose.key, channel=channel, now=now)
    ]  # fmt: skip
    refused = Counter(one.because for one in verdicts if one.outcome is Outcome.REFUSED)
    outcomes = Counter(one.outcome for one in verdicts)
    size = campaign.segment.size if len(found) == _MOST else len(found)
    told = [(str(TITLES.get(because, because)), n) for because, n in refused.most_common()]
    reached = outcomes[Outcome.ALLOWED] + outcomes[Outcome.DELAYED]
    takes = timedelta(minutes=math.ceil(60 * reached * size / max(1, len(found)) / campaign.per_hour))
    begins = max(now, campaign.begins or now)
    return Rehearsal(
        size, len(found), len(found) - len(verdicts), outcomes[Outcome.ALLOWED], outcomes[Outcome.DELAYED], told, takes,
        too_long=campaign.ends is not None and begins + takes > campaign.ends,
        unset=unset(campaign),
    )  # fmt: skip


def unset(campaign: Campaign) -> list[str]:
    """Channels of its messages by which nothing can be sent yet."""
    wanted = {arm.version.template.channel for arm in campaign.arms.select_related("version__template")}
    return [str(Channel(one).label) for one in sorted(wanted) if not _set_up(campaign.workspace_id, one)]


def _set_up(workspace: int, channel: str) -> bool:
    if channel == Channel.EMAIL:
        return MailAccount.objects.filter(workspace=workspace).exists()
    return PhoneAccount.objects.filter(workspace=workspace, channel=channel).exists()
