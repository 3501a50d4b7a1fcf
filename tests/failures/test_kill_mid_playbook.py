"""kill -9 in the middle of playbooks, messages and webhooks: every action is done once, or arrives again under the same id."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from regard.care.cases.models import Case
from regard.care.cases.models import Step as CaseStep
from regard.care.cases.tests.made import customer
from regard.customers.contact.purposes.seed import fill
from regard.customers.people.models import Profile
from regard.ledger.inbox.models import InboxRow
from regard.ledger.sources.models import Source
from regard.outreach.campaigns.tests.made import template
from regard.outreach.messages.models import Message
from regard.outreach.webhooks.models import Delivery, Endpoint, new_secret
from regard.playbooks.runs.actions import SOURCE
from regard.playbooks.runs.enter import enter
from regard.playbooks.runs.models import Deed, Run, RunState
from regard.playbooks.runs.queries import Occasion
from regard.playbooks.runs.tests.made import playbook
from regard.testing.mail import Inbox, inbox
from regard.testing.receiver import Receiver, receiver
from regard.workspace.workspaces.models import Workspace

__all__ = ["inbox", "receiver"]
LONG = bool(os.environ.get("REGARD_LONG"))
KILLS, RUNS = (100, 1_500) if LONG else (15, 300)
THEN = ("case", "call", "tag", "note", "trait")

#: Workers are forked, because starting Django takes longer than the work; leases run out at once, because minutes do not pass here. Small batches
#: commit often, so that kills fall between commits as well as within. None of these steps asks the ledger, which lives in the test's own process.
_WORKERS = """
import os, random, signal, sys, time
from datetime import timedelta
import django
django.setup()
from django.db import connections
from django.urls import reverse
from regard.outreach.messages import send
from regard.outreach.messages.models import Message
from regard.outreach.webhooks import deliver
from regard.outreach.webhooks.models import Delivery
from regard.playbooks.runs import run
from regard.playbooks.runs.models import Run
from regard.site.wiring import enter_senders
enter_senders()
reverse("cases:index")  # reads every page once: a second that each worker would be killed in
send.LEASE = deliver._LEASE = timedelta(seconds=0.5)
run._BATCH, send._BATCH, deliver._BATCH = 5, 10, 10

def work():
    turns = [lambda: run.run_due(seconds=0.05), lambda: send.send_due(seconds=0.1), lambda: deliver.deliver_due(seconds=0.05)]
    random.seed(os.getpid())  # so that each of the three is what a kill falls on
    open_ones = (Run.objects.filter(state="waiting"), Message.objects.filter(sent=None, dropped=None), Delivery.objects.filter(delivered=None))
    while any(one.exists() for one in open_ones):
        for turn in random.sample(turns, 3):
            turn()
    send.tell_sent()

dice, kills, last = random.Random(11), 0, 0.0
while True:
    connections.close_all()
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    if kills < int(sys.argv[1]):
        time.sleep(dice.uniform(0.1, 0.9))
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        sys.exit(print(kills, last) or os.waitstatus_to_exitcode(status))
    kills, last = kills + 1, time.time()
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.django_db(transaction=True)
def test_killed_workers_do_everything_once(
    ledger: object, workspace: Workspace, inbox: Inbox, receiver: Receiver, tmp_path: Path
) -> None:
    inbox.account(workspace)
    fill(workspace.pk, actor="t@x.example")
    endpoint = Endpoint(workspace=workspace, name="CRM", url=receiver.url)
    endpoint.settings = {"secret": new_secret()}
    receiver.secret = endpoint.settings["secret"]
    endpoint.keep(by="t@x.example")
    made = playbook(
        workspace, {"do": "case"}, {"do": "write", "subject": "About {{ case }}", "text": "Sorry"}, {"do": "call", "endpoint": endpoint.pk},
        {"do": "write", "template": template(workspace, "News", subject="News").pk},
        {"do": "tag", "tag": "recovery"}, {"do": "note", "text": "noted"}, {"do": "trait", "trait": "seen", "value": "yes"},
        most_per_hour=1_000_000,
    )  # fmt: skip
    now = timezone.now()
    found = [Occasion(f"row {n}", customer(workspace, f"k{n}@mail.example"), now, {}) for n in range(RUNS)]
    assert enter(made, 0, made.version.read[0], found, now=now - timedelta(seconds=1)) == RUNS

    begun = list(Run.objects.order_by("pk"))
    for place, run in enumerate(begun):  # one after the other, so that all kinds of steps are under way at once
        run.due = timezone.now() + timedelta(seconds=place * 0.08)
    Run.objects.bulk_update(begun, ["due"])

    kills, last = _work(receiver, tmp_path)

    assert set(Run.objects.values_list("state", flat=True)) == {RunState.DONE}
    assert Counter(Deed.objects.values_list("do", flat=True)) == {**dict.fromkeys(THEN, RUNS), "write": 2 * RUNS}
    assert Counter(Case.objects.values_list("profile", flat=True)) == dict.fromkeys((one.profile for one in found), 1)
    opened = Counter(CaseStep.objects.filter(what__in=("opened", "tagged")).values_list("case", "what"))
    assert len(opened) == 2 * RUNS and set(opened.values()) == {1}
    notes = InboxRow.objects.filter(source_id=Source.objects.get(workspace=workspace, name=SOURCE).pk)
    assert sum(notes.values_list("items", flat=True)) == RUNS
    assert Profile.objects.filter(traits__seen="yes").count() == RUNS

    mails = Counter(re.sub(r"\D", "", str(mail["Subject"])) for mail in inbox.mails if mail["Subject"] != "News")
    news = Counter(str(mail["To"]) for mail in inbox.mails if mail["Subject"] == "News")
    calls, same = Counter(receiver.keys), {told["data"]["run"]: told["data"] for told in receiver.came}
    twice = len(inbox.mails) - len(mails) - len(news), sum(calls.values()) - len(calls)
    print(f"{RUNS} runs, {kills} kills: {twice[0]} mails and {twice[1]} webhooks came twice")
    assert kills == KILLS, "The work was over before the kills were: give it more runs"
    assert Message.objects.filter(sent__lt=last).exists() and Delivery.objects.filter(delivered__lt=last).exists(), "None fell on what is sent"
    assert set(mails) == {str(number) for number in Case.objects.values_list("number", flat=True)}
    assert len(news) == RUNS
    assert set(calls) == set(Delivery.objects.values_list("key", flat=True)) and len(calls) == RUNS
    assert all(told["data"] == same[told["data"]["run"]] for told in receiver.came)
    assert sum(twice) <= kills
    assert Message.objects.exclude(told=None).count() == Message.objects.count() == 2 * RUNS


def _work(receiver: Receiver, folder: Path) -> tuple[int, datetime]:
    """Until nothing is left, however often it was killed. Returns how often, and the last time."""
    given = connection.settings_dict
    url = f"postgresql://{given['USER']}:{given['PASSWORD']}@/{given['NAME']}?host={given['HOST']}&port={given['PORT'] or 5432}"
    environment = {
        **os.environ, "DATABASE_URL": url, "REGARD_DATA": str(folder), "REGARD_SECRET_KEY": settings.SECRET_KEY, "LEDGER_URL": "clickhouse://127.0.0.1:1",
        "REGARD_OUTBOUND_ALLOW": f"127.0.0.1:{receiver.port}", "DJANGO_SETTINGS_MODULE": "regard.site.settings",
    }  # fmt: skip
    command = [sys.executable, "-c", _WORKERS, str(KILLS)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as workers:
        try:
            said, wrong = workers.communicate(timeout=800 if LONG else 200)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(workers.pid, signal.SIGKILL)  # those that were forked, too
    assert workers.returncode == 0, wrong[-2000:]
    kills, last = said.split()
    return int(kills), datetime.fromtimestamp(float(last), UTC)
