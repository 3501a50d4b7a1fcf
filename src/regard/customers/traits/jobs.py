"""After kinds or trust have changed, what is believed of everybody is worked out anew, some thousands at a time."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.customers.identity.resolve import CHANGED
from regard.customers.people.models import Profile
from regard.customers.traits.fold import fold
from regard.customers.traits.models import Refold
from regard.jobs.defer import defer
from regard.jobs.models import publish

_AT_ONCE = 2_000


def ask_refold(workspace: int) -> None:
    """In the transaction of what changed. One that is under way begins again."""
    total = Profile.objects.filter(workspace=workspace, merged_into=None).count()
    Refold.objects.update_or_create(
        workspace_id=workspace,
        defaults={"asked": timezone.now(), "reached": 0, "done": 0, "total": total, "finished": None},
    )
    defer(refold_all, lock=f"refold-{workspace}", workspace=workspace)


@app.task(name="customers.traits.refold", retry=5)
def refold_all(workspace: int) -> None:
    """Goes on where it was after a crash."""
    while refold_some(workspace):
        pass
    connection.close()


@transaction.atomic
def refold_some(workspace: int) -> bool:
    """The next some thousand. Whether there were any."""
    job = Refold.objects.select_for_update().filter(workspace_id=workspace, finished=None).first()
    if job is None:
        return False
    profiles = Profile.objects.filter(workspace=workspace, merged_into=None, pk__gt=job.reached).order_by("pk")
    roots = list(profiles.values_list("pk", flat=True)[:_AT_ONCE])
    if not roots:
        Refold.objects.filter(pk=job.pk).update(finished=timezone.now())
        return False
    fold(workspace, roots)
    publish(CHANGED, workspace, roots)
    Refold.objects.filter(pk=job.pk).update(reached=roots[-1], done=F("done") + len(roots))
    return True
