"""What customers were given. Of somebody who is gone a grant stays as one of nobody, without its code and why: what it cost still counts."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Section, Subject, Taken
from regard.ledger.inbox.strike import replacing
from regard.loyalty.offers.models import Grant


def _count(subject: Subject) -> int:
    return Grant.objects.filter(profile__in=subject.profiles).count()


def _export(subject: Subject) -> Iterator[Section]:
    grants = Grant.objects.filter(profile__in=subject.profiles).order_by("at")
    yield Section("offers", grants.values("offer__name", "at", "why", "code", "until", "accepted").iterator())


def _erase(taken: Taken) -> int:
    count = Grant.objects.filter(profile__in=taken.profiles).update(profile=None, code="", why="")
    if not taken.needles.plain:
        return count
    replace = replacing(taken.needles.compiled)
    for grant in Grant.objects.filter(offer__workspace=taken.workspace, why__iregex=taken.needles.postgres).only("why"):
        grant.why = replace(grant.why)
        grant.save(update_fields=["why"])
        count += 1
    return count


KEEPER = Keeper("offers", _("What they were given"), ("loyalty.Grant",), _count, _export, _erase)
