"""ClickHouse: the client, its migrations, and the scope that every select must name."""

from regard.warehouse.client import UnscopedQuery, Warehouse, WarehouseAway, WarehouseBusy
from regard.warehouse.scope import Scope

__all__ = ["Scope", "UnscopedQuery", "Warehouse", "WarehouseAway", "WarehouseBusy", "warehouse"]

_current: Warehouse | None = None


def warehouse() -> Warehouse:
    """The one warehouse of this process, opened on first use."""
    global _current
    if _current is None:
        from django.conf import settings

        _current = Warehouse(settings.LEDGER_URL, scratch=settings.PLACES.scratch, backups=settings.PLACES.backups)
    return _current


def use(other: Warehouse | None) -> None:
    """Put another in its place (tests, and the command line against another folder)."""
    global _current
    _current = other
