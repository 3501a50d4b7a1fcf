from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from regard.customers.people.models import Profile
from regard.customers.privacy.registry import Keeper, Section, Subject, Taken


def _count(subject: Subject) -> int:
    return len(subject.profiles)


def _export(subject: Subject) -> Iterator[Section]:
    rows = Profile.objects.filter(pk__in=subject.profiles).values(
        "id", "name", "traits", "home_unit__name", "created", "changed"
    )
    yield Section("profiles", rows.iterator())


@transaction.atomic
def _erase(taken: Taken) -> int:
    """Last of all: with the profile goes everything in PostgreSQL that hangs on it."""
    profiles = list(taken.profiles)
    with connection.cursor() as cursor:
        cursor.execute("update customers_profile set merged_into_id = null where id = any(%s)", [profiles])
    # What other features keep per profile cascades; whoever keeps more has a keeper that came before this one.
    count, _by_model = Profile.objects.filter(workspace_id=taken.workspace, pk__in=profiles).delete()
    return count


KEEPER = Keeper("people", _("Who they are: name, traits, home unit"), ("customers.Profile",), _count, _export, _erase)
