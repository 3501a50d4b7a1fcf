from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Section, Subject, Taken
from regard.ledger.notes.models import Mention


def _count(subject: Subject) -> int:
    return Mention.objects.filter(profile__in=subject.profiles).count()


def _export(subject: Subject) -> Iterator[Section]:
    """The notes themselves are in the timeline; that a colleague was named in one says nothing more of the customer."""
    return iter(())


def _erase(taken: Taken) -> int:
    count, _by_model = Mention.objects.filter(profile__in=taken.profiles).delete()
    return count


KEEPER = Keeper("mentions", _("Colleagues named in notes about them"), ("ledger.Mention",), _count, _export, _erase)
