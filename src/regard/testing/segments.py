"""Segments of one condition, and the mirror brought up to date, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from regard.customers.models import Profile
from regard.segments.definition import read
from regard.segments.mirror import rebuild
from regard.segments.queries import fitting
from regard.segments.suppressed.mirror import mirror_suppressed
from regard.warehouse.scope import Scope

#: A Wednesday noon in Paris.
NOW = datetime(2026, 7, 15, 10, 0, tzinfo=UTC)


def who(workspace: Any, leaf: dict[str, Any], now: datetime = NOW) -> set[int]:
    """Who fits this condition."""
    return set(fitting(Scope(workspace.pk), read({"kind": "all", "of": [leaf]}), now=now, limit=500))


def mirror_all(workspace: Any) -> None:
    list(rebuild(workspace.pk))
    mirror_suppressed(workspace.pk, list(Profile.objects.filter(workspace=workspace).values_list("pk", flat=True)))
