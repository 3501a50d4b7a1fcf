"""What campaigns did is worked out beside the pages: of a million recipients it takes its time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import F

from regard.outreach.campaigns.models import Campaign
from regard.outreach.campaigns.queries import afterwards

_OFTEN = timedelta(minutes=5)
#: Once its days are over: what is heard of late, and for so long.
_SELDOM, _LATE = timedelta(days=1), timedelta(days=30)
_log = logging.getLogger(__name__)


def measure(campaign: Campaign, *, now: datetime) -> None:
    campaign.afterwards, campaign.measured = afterwards(campaign), now
    campaign.save(update_fields=["afterwards", "measured"])


def measure_due(*, now: datetime) -> int:
    """All whose last measurement is old; returns how many. One that cannot be measured keeps no other."""
    count = 0
    for campaign in Campaign.objects.exclude(started=None).select_related("workspace").order_by(F("measured").asc(nulls_first=True), "pk"):
        if _due(campaign, now):
            try:
                measure(campaign, now=now)
                count += 1
            except Exception:
                _log.exception("What campaign %s did was not worked out; it is tried again in a few minutes.", campaign.pk)
    return count


def _due(campaign: Campaign, now: datetime) -> bool:
    if campaign.measured is None:
        return True
    age, ended = now - campaign.measured, campaign.done or campaign.cancelled
    if ended is None or campaign.measured < ended + timedelta(days=campaign.days):
        return age >= _OFTEN
    return age >= _SELDOM and campaign.measured < ended + timedelta(days=campaign.days) + _LATE
