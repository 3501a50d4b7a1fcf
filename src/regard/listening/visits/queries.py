from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from regard.listening.inbox.queries import line
from regard.listening.responses.models import Response
from regard.listening.surveys.models import Survey
from regard.listening.visits.models import Visit
from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Listed:
    visit: Visit
    response: Response | None
    score: str
    tone: str
    late: bool


def visits_of(scope: Scope, survey: Survey, *, today: date) -> list[Listed]:
    """Of the reader's units; those still to be made first, the soonest due before the others."""
    found = Visit.objects.filter(survey=survey, link__closed=None) | Visit.objects.filter(survey=survey, link__responses__isnull=False)
    if scope.units is not None:
        found = found.filter(link__unit__in=scope.units)
    visits = list(found.distinct().select_related("link__unit", "link__touchpoint")[:500])
    told = Response.objects.filter(link__in=[one.link_id for one in visits], test=False).exclude(completed=None).select_related("version")
    made = {one.link_id: one for one in told}
    listed = []
    for visit in visits:
        response = made.get(visit.link_id)
        score = line(response).score if response else None
        listed.append(
            Listed(visit, response, score.answer if score else "", score.tone if score else "", response is None and visit.late(today))
        )
    return sorted(listed, key=lambda one: (one.response is not None, one.visit.due))
