"""Touchpoints that a map or a file names become part of the catalogue; otherwise their rows would be
unmapped.
"""

from __future__ import annotations

from collections.abc import Iterable

from regard.ledger.touchpoints.models import Touchpoint

LONGEST = 120
#: A column with more names than this is no column of touchpoints.
MOST = 500


def know_touchpoints(workspace: int, names: Iterable[str]) -> None:
    """Add the names that the catalogue lacks. Longer or further ones stay unmapped, where they can be
    seen.
    """
    known = {
        name.casefold() for name in Touchpoint.objects.filter(workspace_id=workspace).values_list("name", flat=True)
    }
    new: dict[str, str] = {}
    for name in names:
        plain = name.strip()
        if plain and plain.casefold() not in known and len(plain) <= LONGEST and len(new) < MOST:
            new.setdefault(plain.casefold(), plain)
    Touchpoint.objects.bulk_create(
        [Touchpoint(workspace_id=workspace, name=name) for name in new.values()], ignore_conflicts=True
    )
