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
    seen = {
        row["widget"]: row
        for row in responses_of(scope, survey)
        .exclude(widget=None)
        .values("widget")
        .annotate(begun=Count("pk"), completed=Count("pk", filter=Q(completed__isnull=False)), last=Max("saved"))
    }
    nothing = {"begun": 0, "completed": 0, "last": None}
    listed = []
    for widget in Widget.objects.filter(
        survey=survey, survey__workspace_id=scope.workspace, closed=None
    ).select_related("unit", "touchpoint"):
        told = seen.get(widget.pk, nothing)
        listed.append(Listed(widget, told["begun"], told["completed"], told["last"]))
    return listed
