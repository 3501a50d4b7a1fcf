from __future__ import annotations

from regard.warehouse.scope import Scope
from regard.workspace.keys.models import ApiKey


def keys_of(scope: Scope) -> list[ApiKey]:
    """The keys that work, of the units the reader sees; newest first."""
    keys = ApiKey.objects.filter(workspace_id=scope.workspace, revoked=None).select_related("unit")
    return [key for key in keys if scope.sees(key.unit_id)]
