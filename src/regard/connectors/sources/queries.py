"""What came in from where: each source with what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from regard.ledger.refused.models import RefusedRequest
from regard.ledger.sources.models import Source, SourceKind
from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Flow:
    """A source and its sums. accepted + refused + repeated + waiting = items."""

    id: int
    name: str
    kind: str
    label: str
    undone: bool
    items: int
    accepted: int
    refused: int
    repeated: int
    waiting: int
    last: datetime | None
    href: str


@dataclass(frozen=True)
class SourcesPage:
    flows: list[Flow]
    waiting: int
    refused: int
    whole: list[RefusedRequest]  # requests refused as a whole, newest first

    @property
    def accepted(self) -> int:
        return sum(flow.accepted for flow in self.flows)


_SUMS = """
select source_id, sum(items), coalesce(sum(accepted), 0), coalesce(sum(refused), 0),
       coalesce(sum(repeated), 0), coalesce(sum(items) filter (where done is null), 0), max(received)
from ledger_inboxrow where workspace_id = %s group by source_id
"""


def seen_sources(scope: Scope) -> list[Source]:
    """The sources whose rows the reader may see whole: everything at the root, else keys of their own
    units.
    """
    sources = Source.objects.filter(workspace_id=scope.workspace).select_related("key", "file_import", "tap_stream")
    if scope.units is None:
        return list(sources)
    return [source for source in sources if source.key and scope.sees(source.key.unit_id)]


def sources_page(scope: Scope) -> SourcesPage:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [scope.workspace])
        sums = {row[0]: row[1:] for row in cursor.fetchall()}
    seen = seen_sources(scope)
    flows = [_flow(source, sums.get(source.pk, (0, 0, 0, 0, 0, None))) for source in seen]
    whole = RefusedRequest.objects.filter(source__in=seen).select_related("source")[:20]
    return SourcesPage(flows, sum(flow.waiting for flow in flows), sum(flow.refused for flow in flows), list(whole))


def _flow(source: Source, sums: tuple[int, int, int, int, int, datetime | None]) -> Flow:
    items, accepted, refused, repeated, waiting, last = sums
    return Flow(
        id=source.pk,
        name=source.name,
        kind=source.kind,
        label=_label(source),
        undone=source.undone is not None,
        items=int(items),
        accepted=int(accepted),
        refused=int(refused),
        repeated=int(repeated),
        waiting=int(waiting),
        last=last,
        href=_href(source),
    )


def _label(source: Source) -> str:
    """Records of a connection are kept like those of a file."""
    if source.kind == SourceKind.FILE and getattr(source, "file_import", None) is None:
        return str(_("Connection"))
    return str(SourceKind(source.kind).label)


def _href(source: Source) -> str:
    """The page of a file or of a connection, where there is one."""
    held = getattr(source, "file_import", None) if source.kind == SourceKind.FILE else None
    stream = getattr(source, "tap_stream", None) if source.kind == SourceKind.FILE else None
    try:
        if stream is not None:
            return reverse("connections:show", args=[stream.connection_id])
        return reverse("imports:show", args=[held.pk]) if held is not None else ""
    except NoReverseMatch:
        return ""
