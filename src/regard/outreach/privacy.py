"""Messages name whom they went to. What they said is not kept, but for what a colleague wrote to one of them: the rest is written when it is sent."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Section, Subject, Taken
from regard.outreach.campaigns.models import Recipient
from regard.outreach.direct.models import Direct
from regard.outreach.messages.models import Message


def _count(subject: Subject) -> int:
    return sum(model.objects.filter(profile__in=subject.profiles).count() for model in (Message, Recipient, Direct))


def _export(subject: Subject) -> Iterator[Section]:
    found = Message.objects.filter(profile__in=subject.profiles).order_by("due")
    yield Section(
        "messages",
        found.values("channel", "address", "due", "sent", "delivered", "opened", "bounced", "complained").iterator(),
    )
    drawn = Recipient.objects.filter(profile__in=subject.profiles).order_by("drawn")
    yield Section("campaigns", drawn.values("campaign__name", "drawn", "arm__letter", "because", "sent", "delivered", "opened").iterator())
    direct = Direct.objects.filter(profile__in=subject.profiles).order_by("at")
    yield Section("messages of colleagues", direct.values("at", "by", "channel", "subject", "text", "told").iterator())


def _erase(taken: Taken) -> int:
    return sum(model.objects.filter(profile__in=taken.profiles).delete()[0] for model in (Message, Recipient, Direct))


KEEPER = Keeper("messages", _("Messages sent"), ("outreach.Message", "outreach.Recipient", "outreach.Direct"), _count, _export, _erase)
