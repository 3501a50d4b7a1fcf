"""What a colleague wrote, as it goes out, whether it still may, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from regard.customers.contact.channels import Channel
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.public.links import links_to_unsubscribe
from regard.customers.contact.queries import UnknownPurpose
from regard.customers.contact.verdict import Outcome as Said
from regard.outreach.direct.models import Direct
from regard.outreach.messages.models import Message
from regard.outreach.messages.senders import Content, Outcome, SenderKind
from regard.outreach.templates.write import Reader, written


def _said(one: Direct, message: Message, now: datetime) -> Said:
    """Asked again when it goes out: they may have said no since, or it is quiet there now."""
    try:
        (verdict,) = may_contact(
            one.workspace_id, [message.profile_id], purpose=one.purpose.key, channel=message.channel, now=now, address=message.address, counted=False
        )
    except UnknownPurpose:
        return Said.REFUSED
    return verdict.outcome


def _written(workspace: int, messages: Sequence[Message]) -> Mapping[int, Content | None]:
    now = timezone.now()
    related = Direct.objects.select_related("workspace", "profile__merged_into", "purpose")
    found = related.filter(workspace=workspace).in_bulk([one.sender_id for one in messages])
    contents: dict[int, Content | None] = {}
    for message in messages:
        one = found.get(message.sender_id)
        said = _said(one, message, now) if one else Said.REFUSED
        if one is None or said is Said.REFUSED:
            contents[message.pk] = None
            continue
        if said is Said.DELAYED:
            continue
        customer, link = one.profile.merged_into or one.profile, ""
        if one.purpose.can_be_refused and message.channel == Channel.EMAIL:
            link = links_to_unsubscribe(workspace, [message.profile_id], purpose=one.purpose, channel=message.channel)[message.profile_id]
        words = {"language": one.language, "subject": one.subject, "text": one.text, "link": "", "button": ""}
        contents[message.pk] = written(one.workspace, words, Reader(customer.name, {}), channel=message.channel, unsubscribe=link)
    return contents


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
