from __future__ import annotations

from typing import Any

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import Task


def defer(task: Task[..., Any, Any], *, lock: str | None = None, **arguments: Any) -> None:
    """Enqueue in the current transaction of Django. Jobs of one `lock` run one after the other.

    `task.defer` does so only where no worker runs in the same process: a worker puts its own connection in place for the whole
    application, so the job would be taken up before what it is about is there, and stay when that is rolled back.
    """
    JobDeferrer(job_manager=JobManager(DjangoConnector()), job=task.configure(lock=lock).job).defer(**arguments)
