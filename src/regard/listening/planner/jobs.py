from __future__ import annotations

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.contrib.django import app

from regard.listening.planner.models import Plan
from regard.listening.planner.rehearse import rehearse, tell_of
from regard.metrics.period import BadQuery
from regard.warehouse import WarehouseAway, warehouse


@app.task(name="listening.plan")
def work_out(pk: int, begun: str, language: str) -> None:
    """Unless it was asked for anew since: then that job does it."""
    plan = Plan.objects.select_related("programme").filter(pk=pk, finished=None).first()
    if plan is None or plan.begun.isoformat() != begun:
        return
    now = timezone.now()
    try:
        with override(language):
            plan.found, plan.trouble = _found(plan)
        plan.finished = now
        Plan.objects.filter(pk=pk, begun=plan.begun).update(found=plan.found, trouble=plan.trouble, finished=now)
    finally:
        warehouse().close()
        connection.close()


def _found(plan: Plan) -> tuple[dict[str, object], str]:
    try:
        return rehearse(plan, now=plan.begun, tell=tell_of(plan)), ""
    except BadQuery as problem:
        return {}, str(problem)[:300]
    except WarehouseAway:
        return {}, _("ClickHouse does not answer at the moment. Ask again in a minute.")
