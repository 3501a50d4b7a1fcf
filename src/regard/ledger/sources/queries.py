from __future__ import annotations

from collections.abc import Sequence

from regard.ledger.sources.models import Source

_MOST = 500


def source_names(workspace: int, sources: Sequence[int] | None = None) -> dict[int, str]:
    """Of these sources, or of the newest there are."""
    found = Source.objects.filter(workspace_id=workspace)
    chosen = found.filter(pk__in=sources) if sources is not None else found[:_MOST]
    return dict(chosen.values_list("pk", "name"))
