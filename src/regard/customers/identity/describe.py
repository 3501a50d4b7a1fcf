"""Writes down what is said about people: names, traits, the unit they belong to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from regard.customers.identity.resolve import CHANGED
from regard.jobs.models import publish


@dataclass
class Description:
    """What is known of one person after a batch; later words replace earlier ones."""

    name: str = ""
    traits: dict[str, Any] = field(default_factory=dict)
    unit: int | None = None


@transaction.atomic
def describe(workspace: int, people: Mapping[int, Description]) -> None:
    """Add to what is known of these customers (by profile id)."""
    if not people:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update customers_profile p set traits = p.traits || told.traits::jsonb, "
            "name = case when told.name = '' then p.name else told.name end, "
            "home_unit_id = coalesce(told.unit, p.home_unit_id), changed = now() "
            "from unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) as told(id, name, traits, unit) "
            "where p.id = told.id and p.workspace_id = %s",
            [
                list(people),
                [told.name[:200] for told in people.values()],
                [json.dumps(_storable(told.traits)) for told in people.values()],
                [told.unit for told in people.values()],
                workspace,
            ],
        )
    publish(CHANGED, workspace, people)


def _storable(value: Any) -> Any:
    """PostgreSQL's jsonb cannot hold NUL or half a character; they become the replacement character."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value
