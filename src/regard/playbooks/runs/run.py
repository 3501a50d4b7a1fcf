"""Takes runs a step further when they are due. A step and the place of its run are one transaction: nothing is done twice, whatever is killed."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.care.closures.models import Closure, Says
from regard.listening.responses.models import Response
from regard.playbooks.rules.definition import Step, Stop, Wait
from regard.playbooks.rules.models import Playbook, running
from regard.playbooks.runs.actions import perform
from regard.playbooks.runs.batch import Batch
from regard.playbooks.runs.models import Deed, Run, RunState
from regard.playbooks.runs.queries import customers_of
from regard.segments.queries import members_among
from regard.warehouse import WarehouseAway
from regard.warehouse.scope import Scope

log = logging.getLogger(__name__)
_BATCH = 200
#: An engine that is away is nobody's fault: the step is tried again as it is. What a database refuses (a value, a key) is the run's own trouble.
_AWAY = (WarehouseAway, OperationalError, InterfaceError)
#: How long a step that went wrong waits before each further try; then the run has failed.
_WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


def run_due(*, seconds: float = 20.0) -> int:
    """Go on for about so long, or until nothing is due. Returns how many steps were done.

    What an engine refuses to one playbook keeps no other; when all had their turn the first such trouble is raised.
    """
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        done, away = 0, None
        for playbook in running().select_related("workspace"):
            try:
                done += run_some(playbook, now=timezone.now())
            except WarehouseAway as problem:
                away = away or problem
        count += done
        if away is not None:
            raise away
        if not done:
            break
    return count


def run_some(playbook: Playbook, *, now: datetime) -> int:
    """The longest due of one playbook, one step further; those alike together."""
    try:
        return _step_on(playbook, now)
    except _AWAY:
        raise
    except Exception:
        log.exception("A step of playbook %s went wrong for several runs: they are tried one by one", playbook.pk)
        return sum(_alone(playbook, pk, now) for pk in list(_due(playbook, now).values_list("pk", flat=True)[:_BATCH]))


def _due(playbook: Playbook, now: datetime) -> QuerySet[Run]:
    return Run.objects.filter(playbook=playbook, state=RunState.WAITING, due__lte=now).order_by("due", "id")


@transaction.atomic
def _step_on(playbook: Playbook, now: datetime, only: int | None = None) -> int:
    due = _due(playbook, now) if only is None else _due(playbook, now).filter(pk=only)
    found = list(due.select_for_update(of=("self",), skip_locked=True).select_related("version", "case__unit", "case__owner__user")[:_BATCH])
    groups: dict[tuple[int, int, int], list[Run]] = {}
    for run in found:
        groups.setdefault((run.version_id, run.rule, run.step), []).append(run)
    for runs in groups.values():
        _do(playbook, runs, now)
    _keep(found)
    return len(found)


#: What Django's `bulk_update` says with a case for each row and column costs more than the step itself.
_KEEP = """
update playbooks_run r set step = g.step, due = g.due, state = g.state, case_id = g.case_id, attempts = g.attempts, trouble = g.trouble
from unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::text[], %s::bigint[], %s::int[], %s::text[])
    as g(id, step, due, state, case_id, attempts, trouble) where r.id = g.id
"""


def _keep(runs: Sequence[Run]) -> None:
    if runs:
        rows = [(one.pk, one.step, one.due, str(one.state), one.case_id, one.attempts, one.trouble) for one in runs]
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [list(column) for column in zip(*rows, strict=True)])


def _alone(playbook: Playbook, run: int, now: datetime) -> int:
    """One that goes wrong is tried again later, and keeps nobody else."""
    try:
        return _step_on(playbook, now, only=run)
    except _AWAY:
        raise
    except Exception as problem:
        log.exception("A step of run %s went wrong", run)
        found = Run.objects.get(pk=run)
        over = found.attempts >= len(_WAITS)
        Run.objects.filter(pk=run).update(
            attempts=found.attempts + 1, trouble=_("It went wrong (%(what)s): the log says more.") % {"what": type(problem).__name__},
            state=RunState.FAILED if over else RunState.WAITING, due=found.due if over else now + _WAITS[found.attempts],
        )  # fmt: skip
        return 0


def _do(playbook: Playbook, runs: list[Run], now: datetime) -> None:
    """One step for all of these; where they go next stands in them."""
    rule = runs[0].version.read[runs[0].rule]
    if runs[0].step >= len(rule.then):
        for run in runs:
            run.state = RunState.DONE
        return
    step = rule.then[runs[0].step]
    wanted = _wanted(playbook, step, runs)
    chosen = [run for run in runs if run.pk in wanted]
    told: dict[int, str] = {}
    if isinstance(step, Wait | Stop):
        pass
    elif chosen:
        told = perform(step, Batch(playbook, chosen, now))
    Deed.objects.bulk_create(
        (
            Deed(run=run, step=run.step, do=step.do, at=now, told=(told.get(run.pk, "") if run.pk in wanted else _("Left out."))[:300])
            for run in runs
        ),
        ignore_conflicts=True,  # a letter has written its own
    )
    last = runs[0].step + 1 >= len(rule.then)
    for run in runs:
        done = run.pk in wanted
        run.step, run.attempts, run.trouble = run.step + 1, 0, ""
        run.due = now + step.lasting if isinstance(step, Wait) and done else now
        if isinstance(step, Stop) and done:
            run.state = RunState.STOPPED
        elif last and not isinstance(step, Wait):
            run.state = RunState.DONE


def _wanted(playbook: Playbook, step: Step, runs: Sequence[Run]) -> set[int]:
    """For which of them the step's own condition holds."""
    match step.only:
        case "in" | "out":
            customers = customers_of([run.profile_id or 0 for run in runs])
            belong = members_among(Scope(playbook.workspace_id), step.only_segment or 0, set(customers.values()))
            inside = {run.pk for run in runs if customers.get(run.profile_id or 0) in belong}
            return inside if step.only == "in" else {run.pk for run in runs} - inside
        case "open":
            return {run.pk for run in runs if run.case is not None and run.case.open}
        case "closed":
            said = Closure.objects.filter(case__in=[run.case_id for run in runs if run.case_id], says=Says.SOLVED).values_list("case", flat=True)
            confirmed = set(said)
            return {run.pk for run in runs if run.case is not None and (not run.case.open or run.case_id in confirmed)}
        case "answered" | "silent":
            spoke = _answered(runs)
            return spoke if step.only == "answered" else {run.pk for run in runs} - spoke
    return {run.pk for run in runs}


def _answered(runs: Sequence[Run]) -> set[int]:
    """Those whose customer has answered anything at all since the run began."""
    said = Response.objects.filter(profile=OuterRef("profile"), saved__gt=OuterRef("begun"), test=False).exclude(completed=None, final=None)
    return set(Run.objects.filter(Exists(said), pk__in=[run.pk for run in runs]).values_list("pk", flat=True))
