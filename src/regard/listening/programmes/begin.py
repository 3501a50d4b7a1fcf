from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from regard.customers.contact.purposes.models import PURPOSE_OF_SURVEYS, Purpose
from regard.customers.contact.purposes.seed import fill
from regard.ledger.touchpoints.models import Touchpoint
from regard.listening.programmes.models import Programme
from regard.listening.programmes.starts import Start
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.workspace.workspaces.models import Workspace


@transaction.atomic
def ready_survey(workspace: Workspace, start: Start, *, by: str) -> Survey:
    """The ready-made survey of this start, as it was published before, else published now."""
    name, content = starts()[start.survey]
    survey = known_survey(workspace, start)
    if survey is None:
        survey = Survey(workspace=workspace, name=name)
        survey.keep(content, by=by)
    if survey.published is None:
        survey.publish(by=by)
    return survey


def known_survey(workspace: Workspace, start: Start) -> Survey | None:
    """The ready-made survey of this start, where it was taken already."""
    name, _content = starts()[start.survey]
    return Survey.objects.filter(workspace=workspace, name__iexact=name, retired=None).first()


def prepared(workspace: Workspace, start: Start, survey: Survey) -> Programme:
    """A programme as the start has it, not yet saved."""
    purpose = Purpose.objects.filter(workspace=workspace, key=PURPOSE_OF_SURVEYS, retired=None).first()
    points = Touchpoint.objects.filter(workspace=workspace, retired=None, function__in=start.functions)
    return Programme(
        workspace=workspace, name=_free(workspace, str(start.name)), kind=start.kind, survey=survey, purpose=purpose,
        touchpoints=list(points.values_list("pk", flat=True)), **start.given,
    )  # fmt: skip


def with_purposes(workspace: Workspace, *, by: str) -> None:
    """Nothing is sent before it is clear what for."""
    if not Purpose.objects.filter(workspace=workspace).exists():
        fill(workspace.pk, actor=by)


def _free(workspace: Workspace, name: str) -> str:
    taken = {one.casefold() for one in Programme.objects.filter(workspace=workspace).values_list("name", flat=True)}
    names = (name, *(_("%(name)s, %(n)s") % {"name": name, "n": number} for number in range(2, 100)))
    return next(one for one in names if one.casefold() not in taken)
