"""Messages name whom they went to. What they said is not kept: it is written when it is sent."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Section, Subject, Taken
from regard.outreach.messages.models import Message


def _count(subject: Subject) -> int:
    return Message.objects.filter(profile__in=subject.profiles).count()


def _export(subject: Subject) -> Iterator[Section]:
    found = Message.objects.filter(profile__in=subject.profiles).order_by("due")
    yield Section(
        "messages",
        found.values("channel", "address", "due", "sent", "delivered", "opened", "bounced", "complained").iterator(),
    )


def _erase(taken: Taken) -> int:
    count, _by_model = Message.objects.filter(profile__in=taken.profiles).delete()
    return count


KEEPER = Keeper("messages", _("Messages sent"), ("outreach.Message",), _count, _export, _erase)
