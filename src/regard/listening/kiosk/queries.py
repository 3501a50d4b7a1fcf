from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from regard.listening.links.models import Link
from regard.listening.surveys.models import Survey
from regard.listening.surveys.queries import responses_of
from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Listed:
    link: Link
    begun: int
    last: datetime | None


def kiosks_of(scope: Scope, survey: Survey) -> list[Listed]:
    """Those that are open, with the responses that the scope may see."""
    mine = Link.objects.filter(survey=survey, survey__workspace_id=scope.workspace, kiosk=True, closed=None)
    counted = (
        responses_of(scope, survey).filter(link__in=mine).values("link").annotate(begun=Count("pk"), last=Max("saved"))
    )
    seen = {row["link"]: row for row in counted}
    return [
        Listed(one, seen[one.pk]["begun"], seen[one.pk]["last"]) if one.pk in seen else Listed(one, 0, None)
        for one in mine.select_related("unit", "touchpoint")
    ]
