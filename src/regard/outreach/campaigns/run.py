"""Goes on with campaigns: draws who is to get what, asks the contact policy, and queues no more messages than are wanted in an hour.

Each step is a transaction with its place in it. What leaves the house is a message with a key of its own, so that a worker that is killed
has written to nobody twice.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from regard.customers.contact.claim_contact import claim_contact
from regard.customers.contact.log.models import Sender
from regard.customers.contact.queries import UnknownPurpose
from regard.customers.contact.verdict import Because, Outcome
from regard.outreach.campaigns.draw import draw_some
from regard.outreach.campaigns.models import SENDER, Campaign, Recipient, call_off
from regard.outreach.messages.models import Addressed, Message, queue
from regard.segments.members.mirror import refresh

_BATCH = 500
_log = logging.getLogger(__name__)


def going() -> QuerySet[Campaign]:
    """Those that have something to do."""
    return Campaign.objects.filter(paused=None, cancelled=None, done=None).exclude(started=None)


def run_campaigns(*, now: datetime, seconds: float = 40.0) -> int:
    """For about so long; returns how many messages were queued. One that cannot go on keeps no other."""
    end, count = time.monotonic() + seconds, 0
    for campaign in going().select_related("workspace", "segment").order_by("pk"):
        if campaign.begins is not None and campaign.begins > now:
            continue
        try:
            count += _go_on(campaign, end, now=now)
        except Exception:
            _log.exception("Campaign %s does not go on; it is tried again with the next minute.", campaign.pk)
    return count


def _go_on(campaign: Campaign, end: float, *, now: datetime) -> int:
    if campaign.drawn is None and not campaign.drawn_to:
        refresh(campaign.segment, now=now)  # who belongs to it now, not some minutes ago
    while campaign.drawn is None and time.monotonic() < end and draw_some(campaign, now=now):
        campaign.refresh_from_db()
    room, count = _room(campaign, now), 0
    while room > 0 and time.monotonic() < end:
        asked, queued = queue_some(campaign, min(room, _BATCH), now=now)
        room, count = room - queued, count + queued
        if not asked:
            break
    finish(campaign, now=now)
    return count


def _room(campaign: Campaign, now: datetime) -> int:
    """How many may be queued now: a minute's part, and no more than are wanted within any hour. What still waits counts, so that nothing
    piles up while a mail server is away and goes out at once when it is back.
    """
    hour_ago, waits = now - timedelta(hours=1), Q(sent=None, bounced=None, because="")
    lately = Recipient.objects.filter(Q(queued__gt=hour_ago) | Q(sent__gt=hour_ago) | waits, campaign=campaign, queued__isnull=False).count()
    return min(campaign.per_hour - lately, -(-campaign.per_hour // 60))


@transaction.atomic
def queue_some(campaign: Campaign, most: int, *, now: datetime) -> tuple[int, int]:
    """The next few: how many had their turn, and how many of these are written to. Those kept out have theirs in the same line, so that what
    customers do is counted from the same days on both sides, however slowly messages go out.
    """
    current = Campaign.objects.select_related("purpose").filter(pk=campaign.pk, paused=None).select_for_update(of=("self",)).first()
    if current is None or current.over:
        return 0, 0
    due = Recipient.objects.filter(campaign=current, due__lte=now).order_by("due", "id")
    found = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("arm__version__template")[:most])
    if current.ends is not None and current.ends <= now:
        call_off(Recipient.objects.filter(campaign=current), "ended")
        return 0, 0
    turns, queued = Recipient.objects.filter(pk__in=[one.pk for one in found]), 0
    turns.filter(turn=None).update(turn=now)
    turns.filter(arm=None).update(due=None)
    for channel in {one.arm.version.template.channel for one in found if one.arm}:
        mine = {one.profile_id: one for one in found if one.arm and one.arm.version.template.channel == channel}
        queued += _ask(current, mine, channel, now)
    return len(found), queued


#: Recipients whose profile has turned out since to be another recipient's: they go by where that one was drawn.
_SAME = """
select r.id from outreach_recipient r join customers_profile p on p.id = r.profile_id
where r.id = any(%(some)s) and p.merged_into_id is not null and exists (
    select from customers_profile q join outreach_recipient s on s.profile_id = q.id and s.campaign_id = r.campaign_id
    where (q.id = p.merged_into_id or q.merged_into_id = p.merged_into_id) and s.id <> r.id and (q.merged_into_id is null or s.id < r.id))
"""


def _leave_out_the_same(mine: dict[int, Recipient]) -> dict[int, Recipient]:
    with connection.cursor() as cursor:
        cursor.execute(_SAME, {"some": [one.pk for one in mine.values()]})
        again = {pk for (pk,) in cursor.fetchall()}
    if again:
        Recipient.objects.filter(pk__in=again).update(due=None, because=Because.REPEATED)
    return {profile: one for profile, one in mine.items() if one.pk not in again}


def _ask(campaign: Campaign, mine: dict[int, Recipient], channel: str, now: datetime) -> int:
    mine = _leave_out_the_same(mine)
    try:
        verdicts = claim_contact(
            campaign.workspace_id, mine, purpose=campaign.purpose.key, channel=channel, now=now, sender=Sender("campaign", str(campaign.pk))
        )
    except UnknownPurpose:
        Campaign.objects.filter(pk=campaign.pk).update(paused=now, trouble=_("Nobody is contacted for this purpose any more."))
        return 0
    wanted = []
    for verdict in verdicts:
        one = mine[verdict.asked]
        if verdict.outcome is Outcome.ALLOWED:
            one.queued, one.due = now, None
            wanted.append(Addressed(verdict.customer, channel, verdict.address, one.pk))
        elif verdict.outcome is Outcome.DELAYED and verdict.until and (campaign.ends is None or verdict.until < campaign.ends):
            one.due = verdict.until
        else:
            one.due, one.because = None, verdict.because.value
    queue(campaign.workspace_id, wanted, sender_kind=SENDER, due=now)
    Recipient.objects.bulk_update(mine.values(), ["due", "queued", "because"], batch_size=_BATCH)
    return len(wanted)


def finish(campaign: Campaign, *, now: datetime) -> None:
    """Nobody waits any more, and nothing lies in the queue: it is done."""
    if not Campaign.objects.filter(pk=campaign.pk).exclude(drawn=None).exists():
        return
    if Recipient.objects.filter(campaign=campaign).exclude(due=None).exists():
        return
    mine = Recipient.objects.filter(campaign=campaign).exclude(queued=None).values("pk")
    if not Message.objects.filter(Q(sent=None, dropped=None), sender_kind=SENDER, sender_id__in=mine).exists():
        Campaign.objects.filter(pk=campaign.pk, done=None, cancelled=None).update(done=now)
