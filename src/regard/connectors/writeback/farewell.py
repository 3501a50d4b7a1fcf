"""Telling destinations of customers who were erased: by the key they know them by, which is kept sealed until then and not longer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils.translation import gettext as _

from regard.connectors.taps.sealed import Unreadable
from regard.connectors.writeback.models import Batch, Delivery, Destination, Farewell, Sent
from regard.connectors.writeback.queries import Row, names_of
from regard.customers.privacy.registry import Subject
from regard.workspace.sealing import keys_for

#: Longer than this nobody's key is kept for a system that does not listen.
GIVE_UP_AFTER = timedelta(days=30)


def bid_farewell(subjects: Sequence[Subject]) -> None:
    """Write down whom to tell of these customers, while what they are known by is still there."""
    whose = {profile: one for one in subjects for profile in one.profiles}
    reached: dict[int, dict[int, Subject]] = defaultdict(dict)
    for destination, profile in Sent.objects.filter(customer__in=whose).values_list("destination", "customer"):
        reached[destination][whose[profile].customer] = whose[profile]
    # A batch that was tried may have arrived, whatever became of the answer.
    tried = Batch.objects.filter(delivered=None, tries__gt=0, customers__overlap=list(whose))
    for destination, customers in tried.values_list("delivery__destination", "customers"):
        reached[destination] |= {whose[who].customer: whose[who] for who in customers if who in whose}
    made = [
        Farewell(destination=one, told=_sealed(row))
        for one in Destination.objects.filter(pk__in=reached)
        for row in _rows(one, reached[one.pk])
    ]
    Farewell.objects.bulk_create(made)


def rows_of_farewells(batch: Batch) -> list[Row]:
    """Raises Unreadable."""
    try:
        return [msgspec.json.decode(keys_for("farewell").decrypt(one.told.encode())) for one in batch.farewells.all()]
    except InvalidToken:
        raise Unreadable(
            _("Who is to be told of was sealed with another signing key (REGARD_SECRET_KEY or secret.key).")
        ) from None


def give_up(*, now: datetime) -> int:
    """Forget whom a destination could not be told of in time; that it could not is kept, and shown. Returns how many."""
    count = 0
    late = Farewell.objects.filter(made__lt=now - GIVE_UP_AFTER)
    for destination in Destination.objects.filter(pk__in=late.values("destination")):
        count += _give_up(destination, now)
    return count


@transaction.atomic
def _give_up(destination: Destination, now: datetime) -> int:
    late = Farewell.objects.filter(destination=destination, made__lt=now - GIVE_UP_AFTER)
    for delivery in Delivery.objects.filter(ended=None, batches__farewells__in=late).distinct():
        delivery.close(Delivery.Outcome.STOPPED, _("Who was erased could not be told of in time."))
    gone, _by_model = late.delete()
    destination.given_up, destination.given_up_at = destination.given_up + gone, now
    destination.save(update_fields=["given_up", "given_up_at"])
    destination.audit("given_up", by="Regard", customers=gone)
    return gone


def _rows(destination: Destination, gone: Mapping[int, Subject]) -> list[Row]:
    """In files of this server they go by their number alone: what lies here names nobody who was erased."""
    rows = names_of(destination, sorted(gone))
    for row in rows:
        row |= {"also": sorted(set(gone[row["id"]].profiles) - {row["id"]}), "left": Batch.What.ERASED.value}
        if destination.kind == Destination.Kind.CSV:
            row.pop("identifiers", None)
    return rows


def _sealed(row: Row) -> str:
    return keys_for("farewell").encrypt(msgspec.json.encode(row)).decode()
