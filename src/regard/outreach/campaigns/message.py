"""What a campaign's message reads like when it goes out, whether it still may, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.utils import timezone

from regard.outreach.campaigns.models import Campaign, Recipient
from regard.outreach.messages.models import Message
from regard.outreach.messages.senders import Content, Outcome, SenderKind
from regard.outreach.templates.going_out import going_out
from regard.outreach.templates.write import Reader, written


def _written(workspace: int, messages: Sequence[Message]) -> Mapping[int, Content | None]:
    """The contact policy is asked again: somebody may have said no since. Of a campaign that stands still it waits."""
    now = timezone.now()
    related = Recipient.objects.select_related("campaign__purpose", "campaign__workspace", "arm__version", "profile__merged_into")
    found = related.in_bulk([one.sender_id for one in messages])
    contents: dict[int, Content | None] = {one.pk: None for one in messages if one.sender_id not in found}
    for campaign, channel in {(found[one.sender_id].campaign, one.channel) for one in messages if one.sender_id in found}:
        mine = [one for one in messages if one.sender_id in found and found[one.sender_id].campaign == campaign and one.channel == channel]
        if campaign.cancelled is not None or (campaign.ends is not None and campaign.ends <= now):
            contents |= dict.fromkeys((one.pk for one in mine), None)
        elif campaign.paused is None:
            contents |= _of_campaign(campaign, channel, mine, found, now)
    return contents


def _of_campaign(
    campaign: Campaign, channel: str, messages: Sequence[Message], found: Mapping[int, Recipient], now: datetime
) -> dict[int, Content | None]:
    going = going_out(campaign.purpose, channel, messages, now=now)
    contents: dict[int, Content | None] = {}
    for message in messages:
        one, goes = found[message.sender_id], going[message.pk]
        if one.arm is None or not (goes.now or goes.later):
            contents[message.pk] = None
        elif goes.now:
            customer = one.profile.merged_into or one.profile
            contents[message.pk] = written(
                campaign.workspace, one.arm.version.words_for(customer.traits), Reader(customer.name, customer.traits), channel=channel,
                unsubscribe=goes.unsubscribe,
            )  # fmt: skip
    return contents


def _about(workspace: int, messages: Sequence[Message]) -> Mapping[int, str]:
    names = dict(Recipient.objects.filter(pk__in=[one.sender_id for one in messages]).values_list("pk", "campaign__name"))
    return {one.pk: names.get(one.sender_id, "") for one in messages}


#: What an outcome changes: the columns, and where they have not been changed before.
_CHANGES = {
    Outcome.SENT: ("sent = m.sent, because = ''", "r.sent is null"),
    Outcome.DROPPED: ("because = case when c.cancelled is null then 'over' else 'cancelled' end", "r.sent is null and r.because = ''"),
    Outcome.DELIVERED: ("delivered = %(now)s", "r.delivered is null"),
    Outcome.OPENED: ("opened = %(now)s", "r.opened is null"),
    Outcome.SOFT: ("bounced = %(now)s, bounce = 'soft'", "r.bounced is null"),
    Outcome.HARD: ("bounced = %(now)s, bounce = 'hard'", "true"),
    Outcome.COMPLAINED: ("complained = %(now)s", "r.complained is null"),
}  # fmt: skip


def _told(messages: Sequence[Message], outcome: Outcome, now: datetime) -> None:
    columns, where = _CHANGES[outcome]
    with connection.cursor() as cursor:
        cursor.execute(
            f"update outreach_recipient r set {columns} from outreach_message m, outreach_campaign c "
            f"where m.id = any(%(messages)s) and r.id = m.sender_id and c.id = r.campaign_id and {where}",
            {"messages": [one.pk for one in messages], "now": now},
        )


CAMPAIGNS = SenderKind(_written, _about, _told)
