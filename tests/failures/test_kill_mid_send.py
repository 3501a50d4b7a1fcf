"""kill -9 in the middle of sending, a hundred times: nobody is left out, and no more is sent twice than there were kills."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from regard.customers.people.models import Profile
from regard.outreach.messages.models import Addressed, Message, queue
from regard.testing.mail import Inbox, inbox
from regard.workspace.workspaces.models import Workspace

__all__ = ["inbox"]
KILLS, MESSAGES = 100, 600

#: Workers are forked, because starting Django takes longer than the work; a lease runs out at once, because five minutes do not pass here.
_WORKERS = """
import os, random, signal, sys, time
from datetime import timedelta
import django
django.setup()
from django.db import connections
from regard.outreach.mail.carry import mail_carrier
from regard.outreach.messages import send
from regard.outreach.messages.carriers import CARRIERS
from regard.outreach.messages.senders import SENDERS, Content, SenderKind
CARRIERS["e-mail"] = mail_carrier
SENDERS["trial"] = SenderKind(
    lambda w, ms: {m.pk: Content(text="Hello", subject=f"No. {m.pk}") for m in ms}, lambda w, ms: {m.pk: "Trial" for m in ms},
    lambda ms, o, now: None)
send.LEASE = timedelta(seconds=0.3)
dice = random.Random(11)
for number in range(int(sys.argv[1]) + 1):
    connections.close_all()
    child = os.fork()
    if not child:
        while send.send_due(seconds=60):
            pass
        os._exit(0)
    if number == int(sys.argv[1]):
        os.waitpid(child, 0)
        break
    time.sleep(dice.uniform(0.02, 0.25))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.django_db(transaction=True)
def test_each_message_arrives_and_duplicates_are_no_more_than_the_kills(
    ledger: object, workspace: Workspace, inbox: Inbox, tmp_path: Path
) -> None:
    inbox.account(workspace)
    customer = Profile.objects.create(workspace=workspace)
    addressed = [Addressed(customer.pk, "e-mail", f"p{number}@mail.example", number) for number in range(MESSAGES)]
    queue(workspace.pk, addressed, sender_kind="trial", due=timezone.now())
    given = connection.settings_dict
    url = f"postgresql://{given['USER']}:{given['PASSWORD']}@/{given['NAME']}?host={given['HOST']}&port={given['PORT'] or 5432}"
    environment = {
        **os.environ, "DATABASE_URL": url, "REGARD_DATA": str(tmp_path), "REGARD_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "regard.site.settings",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", _WORKERS, str(KILLS)], env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    arrived = Counter(int(re.sub(r"\D", "", str(mail["Subject"]))) for mail in inbox.mails)
    twice = sum(arrived.values()) - len(arrived)
    print(f"{len(arrived)} messages, {twice} of them twice, {KILLS} kills")
    assert set(arrived) == set(Message.objects.values_list("pk", flat=True)) and len(arrived) == MESSAGES
    assert twice <= KILLS and not Message.objects.filter(sent=None).exists()
