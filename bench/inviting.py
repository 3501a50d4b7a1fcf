"""Deciding on a million who could be asked under ten quarantine rules, and handing invitations to a mail server."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from datetime import timedelta

from bench.__main__ import Row
from regard.testing.server import free_port

CANDIDATES, MAILS = 1_000_000, 100_000

_PEOPLE = """
insert into customers_profile (workspace_id, name, traits, is_account, created, changed)
select %s, 'Customer ' || n, jsonb_build_object('plan', (array['Free', 'Pro', 'Team'])[1 + n %% 3], 'language', 'en'), false, now(), now()
from generate_series(1, %s) n
"""
_ADDRESSES = """
insert into customers_identifier (workspace_id, profile_id, namespace, value, first_seen, aliased)
select workspace_id, id, 'email', 'c' || id || '@mail.example', now(), false from customers_profile where workspace_id = %s
"""
#: Half of them were contacted before, some often.
_CONTACTS = """
insert into customers_contactmade (workspace_id, profile_id, purpose_id, channel, at, sender_kind, sender_id, address, what)
select p.workspace_id, p.id, %s, 'e-mail', now() - make_interval(days => ((p.id * 7 + n * 13) %% 120)::int), 'survey', '1', '', 'contact'
from customers_profile p, generate_series(1, 2) n where p.workspace_id = %s and p.id %% 2 = 0
"""
_CANDIDATES = """
insert into listening_invitation
    (programme_id, profile_id, cause, wave, happened, created, due, because, sentence, channel, reminded, bounce)
select %s, id, 'bench ' || id, 1, now(), now(), now(), '', '', '', 0, '' from customers_profile where workspace_id = %s
"""

_SERVER = """
import asyncio, sys
from aiosmtpd.controller import Controller
class Taker:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"
Controller(Taker(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
print("up", flush=True)
sys.stdin.read()
"""


def inviting() -> list[Row]:
    from regard.site.engines.start import engines, migrate

    with engines("bench"):
        migrate()
        programme = _made()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds, asked = _decided(programme)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        sent = _sent()
    return [
        Row(f"Deciding {CANDIDATES:,} candidates, ten rules ({asked:,} asked)", f"{seconds:.0f} s, {grown:.0f} MB more", "", "", "≤ 60 s"),
        Row(f"{MAILS:,} invitations rendered and handed to SMTP, one worker", f"{sent:.0f} /s", "", "", "≥ 200 /s"),
    ]


def _made() -> int:
    from django.db import connection
    from django.utils import timezone

    from regard.customers.contact.log.models import FrequencyRule
    from regard.customers.contact.purposes.models import Purpose
    from regard.customers.contact.purposes.seed import fill
    from regard.listening.programmes.models import Programme
    from regard.listening.surveys.models import Survey
    from regard.listening.surveys.starts import starts
    from regard.workspace.workspaces.models import Workspace

    workspace = Workspace.found(name="Halcyon")
    fill(workspace.pk, actor="bench")
    survey = Survey(workspace=workspace, name="Calls")
    survey.keep(starts()["relationship"][1], by="bench")
    survey.publish(by="bench")
    purpose = Purpose.objects.get(workspace=workspace, key="feedback")
    programme = Programme(
        workspace=workspace, name="Calls", kind="transactional", survey=survey, purpose=purpose, window_start="00:00", window_end="00:00"
    )
    programme.keep(by="bench")
    programme.launch(by="bench", now=timezone.now() - timedelta(minutes=5))
    for number in range(10):
        FrequencyRule.objects.create(
            workspace=workspace, most=1 + number % 4, days=7 + 9 * number, channel=("all", "e-mail")[number % 2],
            sender_kind=("", "survey")[number % 3 == 0], trait=("", "plan")[number % 5 == 0], value=("", "Pro")[number % 5 == 0],
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [workspace.pk, CANDIDATES])
        cursor.execute(_ADDRESSES, [workspace.pk])
        cursor.execute(_CONTACTS, [purpose.pk, workspace.pk])
        cursor.execute(_CANDIDATES, [programme.pk, workspace.pk])
        cursor.execute("analyze")
    return programme.pk


def _decided(programme: int) -> tuple[float, int]:
    from django.utils import timezone

    from regard.listening.invitations.models import Invitation
    from regard.listening.programmes.jobs import decide_all

    start = time.perf_counter()
    decide_all(now=timezone.now(), seconds=3_600)
    seconds = time.perf_counter() - start
    assert not Invitation.objects.filter(decided=None, because="").exists()
    return seconds, Invitation.objects.filter(programme=programme, because="").count()


def _sent() -> float:
    from regard.outreach.mail.models import MailAccount
    from regard.outreach.messages.models import Message
    from regard.outreach.messages.send import send_due
    from regard.workspace.workspaces.models import Workspace

    port = free_port()
    with subprocess.Popen([sys.executable, "-c", _SERVER, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None and server.stdin is not None
        server.stdout.readline()
        account = MailAccount(
            workspace=Workspace.objects.get(name="Halcyon"), kind="smtp", sender_name="H", sender_address="h@h.example", per_second=10_000
        )
        account.settings = {"host": "127.0.0.1", "port": port, "security": "none", "user": "", "password": ""}
        account.save()
        kept = Message.objects.order_by("pk").values("pk")[:MAILS]
        Message.objects.exclude(pk__in=kept).delete()
        start = time.perf_counter()
        count = send_due(seconds=3_600)
        seconds = time.perf_counter() - start
        assert count == MAILS and not Message.objects.filter(sent=None).exists()
        server.stdin.close()
    return count / seconds
