from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from regard.ledger.touchpoints.models import Touchpoint
from regard.workspace.workspaces.models import Workspace


@dataclass(frozen=True)
class Ground:
    """What values depend on besides the ledger. Days are the workspace's, so that a value holds for a whole day."""

    today: date
    zone: ZoneInfo
    currency: str
    touchpoints: Mapping[int, str]

    @classmethod
    def of(cls, workspace: Workspace, now: datetime) -> Ground:
        touchpoints = dict(Touchpoint.objects.filter(workspace=workspace).order_by("pk").values_list("pk", "name"))
        return cls(now.astimezone(workspace.zone).date(), workspace.zone, workspace.currency, touchpoints)

    def begin(self, days: int) -> datetime:
        """When the day begins that was so many days before today."""
        return datetime.combine(self.today - timedelta(days=days), time.min, self.zone).astimezone(UTC)
