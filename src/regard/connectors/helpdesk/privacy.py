"""Which tickets of a help desk were theirs. What stands in Zendesk is Zendesk's: it is erased there, by whoever answers for it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from regard.connectors.helpdesk.models import Attachment, Setback, Ticket
from regard.customers.privacy.registry import Keeper, Section, Subject, Taken


def _count(subject: Subject) -> int:
    return Ticket.objects.filter(case__profile__in=subject.profiles).count()


def _export(subject: Subject) -> Iterator[Section]:
    found = Ticket.objects.filter(case__profile__in=subject.profiles).order_by("number")
    yield Section("tickets of a help desk", found.values("number", "case__number", "status").iterator())


def _erase(taken: Taken) -> int:
    """A ticket that is nobody's case comes in no second time, nor anything that is written in it later."""
    for desk, number in Ticket.objects.filter(case__profile__in=taken.profiles).values_list("desk", "number"):
        Setback.objects.filter(desk=desk, number=number).delete()
    Attachment.objects.filter(ticket__case__profile__in=taken.profiles).delete()
    return Ticket.objects.filter(case__profile__in=taken.profiles).update(case=None, pending=None, sending="", there={}, here={})


KEEPER = Keeper("tickets", _("Tickets of a help desk"), ("connectors.Ticket", "connectors.Setback", "connectors.Attachment"), _count, _export, _erase)
