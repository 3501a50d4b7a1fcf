from __future__ import annotations

from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="jobs.retry_stalled", queueing_lock="jobs.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Jobs whose worker was killed are taken up again: every job of ours may be run twice."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=30):
        await manager.retry_job(job)


@app.periodic(cron="7 4 * * *")
@app.task(name="jobs.forget_events", queueing_lock="jobs.forget_events")
def forget_events(timestamp: int) -> None:
    """Events that every handler had a month to read go."""
    with connection.cursor() as cursor:
        cursor.execute("delete from jobs_event where at < now() - interval '30 days'")
    connection.close()
