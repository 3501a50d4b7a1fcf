from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from regard.listening.surveys.models import Survey
from regard.listening.surveys.queries import responses_of
from regard.listening.widgets.models import Widget
from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Listed:
    widget: Widget
    begun: int
    completed: int
    last: datetime | None


def widgets_of(scope: Scope, survey: Survey) -> list[Listed]:
    """With the responses that the scope may see."""
    mine = Widget.objects.filter(survey=survey, survey__workspace_id=scope.workspace, closed=None)
    complete = Count("pk", filter=Q(completed__isnull=False))
    counted = responses_of(scope, survey).filter(widget__in=mine).values("widget")
    seen = {
        row["widget"]: (row["begun"], row["whole"], row["last"])
        for row in counted.annotate(begun=Count("pk"), whole=complete, last=Max("saved"))
    }
    return [Listed(one, *seen.get(one.pk, (0, 0, None))) for one in mine.select_related("unit", "touchpoint")]
