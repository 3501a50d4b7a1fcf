"""When a connection is due."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from regard.connectors.taps.models import Connection


def due(connection: Connection, *, last: datetime | None, now: datetime) -> bool:
    """`last` is when it was last asked to run, whatever became of it."""
    following = next_after(connection, last=last, now=now)
    return following is not None and following <= now


def next_after(connection: Connection, *, last: datetime | None, now: datetime) -> datetime | None:
    """The next time by its schedule; None when it runs only by hand or is switched off."""
    if not connection.on or connection.every == Connection.Every.MANUAL:
        return None
    since = last or connection.created
    if connection.every == Connection.Every.HOURS:
        return since + timedelta(hours=max(connection.hours, 1)) if last else now
    zone = connection.workspace.zone
    local = since.astimezone(zone)
    at = connection.at or time(3)
    day = local.date() if local.time() < at else local.date() + timedelta(days=1)
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
