from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from regard.listening.responses.models import Response
from regard.listening.surveys.models import Survey, Version
from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Listed:
    survey: Survey
    version: int | None
    responses: int
    last: datetime | None


def surveys_of(workspace: int) -> list[Listed]:
    newest = Version.objects.filter(survey=OuterRef("pk")).order_by("-number").values("number")[:1]
    real = Q(versions__responses__test=False)
    found = Survey.objects.filter(workspace_id=workspace, retired=None).annotate(
        version=Subquery(newest), responses=Count("versions__responses", filter=real), last=Max("versions__responses__saved", filter=real)
    )  # fmt: skip
    return [Listed(one, one.version, one.responses, one.last) for one in found]


@dataclass(frozen=True)
class Counts:
    begun: int
    completed: int
    partial: int

    @property
    def rate(self) -> float | None:
        """Completed of begun."""
        return self.completed / self.begun if self.begun else None


def counts_of(scope: Scope, survey: Survey) -> Counts:
    """Of responses that the scope may see."""
    complete, final = Q(completed__isnull=False, screened=False), Q(final__isnull=False, completed=None)
    found = responses_of(scope, survey).aggregate(
        all=Count("pk"), whole=Count("pk", filter=complete), left=Count("pk", filter=final)
    )
    return Counts(begun=found["all"], completed=found["whole"], partial=found["left"])


def responses_of(scope: Scope, survey: Survey) -> QuerySet[Response]:
    """Those of the reader's units; a response without a unit is the whole workspace's."""
    mine = Response.objects.filter(version__survey=survey, workspace_id=scope.workspace, test=False)
    return mine if scope.units is None else mine.filter(unit__in=scope.units)


def answered_by(scope: Scope, survey: Survey, question: str) -> int:
    """How many of the responses that the scope may see answer a question."""
    return responses_of(scope, survey).filter(answers__has_key=question).count()
