"""What a colleague wrote, as it goes out, whether it still may, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from regard.customers.contact.purposes.models import Purpose
from regard.outreach.direct.models import Direct
from regard.outreach.messages.models import Message
from regard.outreach.messages.senders import Content, Outcome, SenderKind
from regard.outreach.templates.going_out import going_out
from regard.outreach.templates.write import Reader, written


def _written(workspace: int, messages: Sequence[Message]) -> Mapping[int, Content | None]:
    now, contents = timezone.now(), dict[int, Content | None]()
    related = Direct.objects.select_related("workspace", "profile__merged_into", "purpose")
    found = related.filter(workspace=workspace).in_bulk([one.sender_id for one in messages])
    alike: dict[tuple[Purpose, str], list[Message]] = {}
    for message in messages:
        if message.sender_id in found:
            alike.setdefault((found[message.sender_id].purpose, message.channel), []).append(message)
        else:
            contents[message.pk] = None
    for (purpose, channel), mine in alike.items():
        going = going_out(purpose, channel, mine, now=now)
        for message in mine:
            if going[message.pk].now:
                contents[message.pk] = _content(found[message.sender_id], channel, going[message.pk].unsubscribe)
            elif not going[message.pk].later:
                contents[message.pk] = None
    return contents


def _content(one: Direct, channel: str, unsubscribe: str) -> Content:
    customer = one.profile.merged_into or one.profile
    words = {"language": one.language, "subject": one.subject, "text": one.text}
    return written(one.workspace, words, Reader(customer.name, {}), channel=channel, unsubscribe=unsubscribe)


def _about(workspace: int, messages: Sequence[Message]) -> Mapping[int, str]:
    subjects = dict(Direct.objects.filter(pk__in=[one.sender_id for one in messages]).values_list("pk", "subject"))
    return {one.pk: subjects.get(one.sender_id, "") or _("Message of a colleague") for one in messages}


_TOLD = {
    Outcome.SENT: "sent", Outcome.DROPPED: "not sent", Outcome.DELIVERED: "delivered", Outcome.OPENED: "opened", Outcome.SOFT: "came back",
    Outcome.HARD: "came back", Outcome.COMPLAINED: "unwanted",
}  # fmt: skip


def _told(messages: Sequence[Message], outcome: Outcome, now: datetime) -> None:
    Direct.objects.filter(pk__in=[one.sender_id for one in messages]).update(told=_TOLD[outcome])


DIRECTS = SenderKind(_written, _about, _told)
