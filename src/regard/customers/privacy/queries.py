from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from regard.customers.people.queries import Person
from regard.customers.privacy.erase import held
from regard.customers.privacy.models import Erasure, RetentionRule
from regard.customers.privacy.registry import REGISTRY, Subject
from regard.customers.privacy.subjects import subjects

_PER_PAGE = 25


@dataclass(frozen=True)
class KeptOf:
    """One keeper's part of a customer."""

    title: str
    count: int


@dataclass(frozen=True)
class CustomerPrivacy:
    person: Person
    subject: Subject
    kept: list[KeptOf]
    on_hold: bool

    @property
    def total(self) -> int:
        return sum(one.count for one in self.kept)


def kept_of(workspace: int, person: Person) -> CustomerPrivacy:
    (subject,) = subjects(workspace, [person.id])
    kept = [KeptOf(str(keeper.title), keeper.count(subject)) for keeper in REGISTRY.keepers]
    return CustomerPrivacy(person, subject, [one for one in kept if one.count], bool(held(workspace, [person.id])))


@dataclass(frozen=True)
class PrivacyPage:
    erasures: Page[Erasure]
    rules: list[RetentionRule]
    open: int
    unproven: int


def privacy_page(workspace: int, number: str) -> PrivacyPage:
    found = Erasure.objects.filter(workspace_id=workspace)
    return PrivacyPage(
        Paginator(found, _PER_PAGE).get_page(number),
        list(RetentionRule.objects.filter(workspace_id=workspace)),
        found.filter(done=None).count(),
        found.filter(proven=None, done__isnull=False).count(),
    )


@dataclass(frozen=True)
class Went:
    title: str
    count: int


@dataclass(frozen=True)
class Certificate:
    """What an erasure shows for itself."""

    erasure: Erasure
    went: list[Went]
    left: list[Went]
    step: str
    share: float  # of the way, while it goes on

    @property
    def waiting_since(self) -> datetime:
        return self.erasure.begun or self.erasure.asked


def certificate(erasure: Erasure) -> Certificate:
    titles = {keeper.name: str(keeper.title) for keeper in REGISTRY.keepers}
    steps = [keeper.name for keeper in REGISTRY.keepers] + ["proof"]
    place = steps.index(erasure.step) if erasure.step in steps else 0
    return Certificate(
        erasure,
        [Went(titles.get(name, name), count) for name, count in erasure.removed.items()],
        [Went(titles.get(name, name), count) for name, count in erasure.left.items()],
        titles.get(erasure.step)
        or (_("Searching everything for what is left") if erasure.step == "proof" else _("Waiting to begin")),
        (place + 0.5) / len(steps),
    )
