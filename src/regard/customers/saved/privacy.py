from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Section, Subject, Taken


def _count(subject: Subject) -> int:
    """Views are members' own: what one of them was looking for says nothing of a customer."""
    return 0


def _export(subject: Subject) -> Iterator[Section]:
    return iter(())


def _erase(taken: Taken) -> int:
    """A view that looks for somebody by name or key looks for everybody from then on."""
    if not taken.needles.plain:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "update customers_savedview set listing_kept = listing_kept - 'words' - 'traits' where workspace_id = %s and listing_kept::text ~* %s",
            [taken.workspace, taken.needles.postgres],
        )
        cursor.execute(
            "delete from customers_savedview where workspace_id = %s and name ~* %s",
            [taken.workspace, taken.needles.postgres],
        )
        return int(cursor.rowcount)


KEEPER = Keeper(
    "views", _("Views of lists that look for them by name"), ("customers.SavedView",), _count, _export, _erase
)
