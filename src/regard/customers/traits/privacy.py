from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Section, Subject, Taken
from regard.customers.traits.models import PastTrait, Saying


def _count(subject: Subject) -> int:
    said = Saying.objects.filter(profile__in=subject.profiles).values_list("values", flat=True)
    return sum(map(len, said)) + PastTrait.objects.filter(profile__in=subject.profiles).count()


def _export(subject: Subject) -> Iterator[Section]:
    now = (
        {
            "source": source,
            "trait": trait,
            "value": said.get("v"),
            "since": said.get("since", said.get("at")),
            "at": said.get("at"),
        }
        for source, values in Saying.objects.filter(profile__in=subject.profiles).values_list("source", "values")
        for trait, said in values.items()
    )
    yield Section("traits by source", now)
    past = PastTrait.objects.filter(profile__in=subject.profiles).values("source", "name", "value", "since", "until")
    yield Section("traits before", past.iterator())


def _erase(taken: Taken) -> int:
    past, _by_model = PastTrait.objects.filter(profile__in=taken.profiles).delete()
    now, _by_model = Saying.objects.filter(profile__in=taken.profiles).delete()
    return past + now


def forget_past(workspace: int, before: datetime) -> int:
    count, _by_model = PastTrait.objects.filter(profile__workspace=workspace, until__lt=before).delete()
    return count


KEEPER = Keeper(
    "traits", _("Traits, who said them, and what they were before"), ("customers.Saying", "customers.PastTrait"), _count, _export, _erase
)  # fmt: skip
