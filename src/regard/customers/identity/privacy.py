from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regard.customers.identity.lock import hold
from regard.customers.identity.models import Identifier, Link, Merge
from regard.customers.privacy.registry import Keeper, Section, Subject, Taken


def _count(subject: Subject) -> int:
    return Identifier.objects.filter(profile__in=subject.profiles).count()


def _export(subject: Subject) -> Iterator[Section]:
    names = Identifier.objects.filter(profile__in=subject.profiles).order_by("namespace", "id")
    yield Section("identifiers", names.values("namespace", "value", "first_seen").iterator())
    merges = Merge.objects.filter(Q(one__in=subject.profiles) | Q(other__in=subject.profiles))
    yield Section("joined", merges.values("one", "other", "why", "evidence", "at", "undone").iterator())


@transaction.atomic
def _erase(taken: Taken) -> int:
    """Also the questions that others were asked because of them."""
    hold(taken.workspace)
    keys = {key for one in taken.subjects for key in one.keys}
    named = Q(value__in=[value for _namespace, value in keys])
    asked = [
        link.pk
        for link in Link.objects.filter(named, workspace=taken.workspace)
        if (link.namespace, link.value) in keys
    ]
    Link.objects.filter(pk__in=asked).delete()
    Link.objects.filter(Q(low__in=taken.profiles) | Q(high__in=taken.profiles)).delete()
    Merge.objects.filter(Q(one__in=taken.profiles) | Q(other__in=taken.profiles)).delete()
    count, _by_model = Identifier.objects.filter(profile__in=taken.profiles).delete()
    return count


KEEPER = Keeper(
    "identity", _("What they are known by, and how they were joined"),
    ("customers.Identifier", "customers.Link", "customers.Merge"), _count, _export, _erase,
)  # fmt: skip
