from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.outreach.mail.mailbox.models import Mailbox
from regard.outreach.mail.mailbox.poll import NotReached, poll


@app.periodic(cron="* * * * *")
@app.task(name="outreach.mailbox.poll", queueing_lock="outreach.mailbox.poll", queue="mail")
def poll_all(timestamp: int) -> None:
    try:
        for box in Mailbox.objects.all():
            now, trouble = timezone.now(), ""
            try:
                poll(box, now=now)
            except NotReached as problem:
                trouble = str(problem)[:300]
            Mailbox.objects.filter(pk=box.pk).update(polled=now, trouble=trouble)
    finally:
        connection.close()
