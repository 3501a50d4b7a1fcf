from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regard.customers.duplicates.models import Proposal
from regard.customers.privacy.registry import Keeper, Section, Subject, Taken


def _count(subject: Subject) -> int:
    return Proposal.objects.filter(Q(low__in=subject.profiles) | Q(high__in=subject.profiles)).count()


def _export(subject: Subject) -> Iterator[Section]:
    """Whom they were taken for is about somebody else as well: it is counted, not given out."""
    return iter(())


def _erase(taken: Taken) -> int:
    count, _by_model = Proposal.objects.filter(Q(low__in=taken.profiles) | Q(high__in=taken.profiles)).delete()
    return count


KEEPER = Keeper("duplicates", _("Whom they were taken for"), ("customers.Proposal",), _count, _export, _erase)
