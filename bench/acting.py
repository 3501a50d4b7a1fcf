"""From a submitted response to its case and notice, the inbox over 200,000 open cases, and a million runs that wait."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from bench.__main__ import Row
from bench.surveys import _answer
from regard.testing.server import Server, new_server

CASES, RUNS, DUE = 200_000, 1_000_000, 2_000
#: How many responses a second come in, and for how long; 7 of 11 open a case.
RATES, SECONDS = (50, 100), 20

_MAKE = """
from regard.site.engines.start import engines, migrate
with engines("bench"):
    migrate()
    from django.utils import timezone
    from regard.listening.links.models import Link
    from regard.listening.surveys.models import Survey
    from regard.listening.surveys.starts import starts
    from regard.playbooks.rules.definition import read
    from regard.playbooks.rules.models import Playbook
    from regard.testing.people import member
    from regard.workspace.workspaces.models import Workspace
    workspace = Workspace.found(name="Halcyon")
    member(workspace, "owner")
    survey = Survey(workspace=workspace, name="Calls")
    survey.keep(starts()["relationship"][1], by="bench")
    survey.publish(by="bench")
    book = Playbook(workspace=workspace, name="Recovery", most_per_hour=1_000_000)
    rule = {"when": {"kind": "answered", "metric": "nps", "op": "<=", "score": 6}, "rest_days": 0, "then": [
        {"do": "case"}, {"do": "notify", "whom": "managers", "text": "Case {{ case }}"}]}
    book.keep([read(rule)], by="bench")
    book.switch_on(by="bench", now=timezone.now())
    print(Link.objects.create(survey=survey, name="Poster").token)
"""
#: How long after its response each notice was written, and how many answers that want one have none.
_LATE = """
import json
from regard.site.engines.start import engines
with engines("bench"):
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute(
            "select extract(epoch from d.at - r.completed) from playbooks_deed d join playbooks_run u on u.id = d.run_id "
            "join listening_response r on r.id = (u.about ->> 'response')::uuid "
            "where d.do = 'notify' and r.key like %s", ["%/bench-00000000000000000000%"])
        late = sorted(float(one) for (one,) in cursor.fetchall())
        cursor.execute("select count(*) from listening_response where completed is not null and (answers ->> 'recommend')::int <= 6 "
            "and key like %s", ["%/bench-00000000000000000000%"])
        print(json.dumps([late, cursor.fetchone()[0]]))
"""

_CASES = """
insert into care_case (workspace_id, number, title, queue_id, unit_id, owner_id, priority, state, skill, language, channel, origin, score, tone,
    words, tags, done, opened, first_due, due, reopenings, unheard, changed)
select %(workspace)s, n, 'Case ' || n, %(queue)s, (%(units)s::bigint[])[1 + n %% array_length(%(units)s::bigint[], 1)],
    case when n %% 3 = 0 then %(member)s end, 1 + n %% 4, (array['new', 'open', 'waiting'])[1 + n %% 3], '', 'en', 'phone', '', 'NPS 2', 'bad',
    'Nobody called back', '{}', '{}', now() - make_interval(mins => n), now() + make_interval(mins => n - 100000),
    now() + make_interval(mins => n - 50000), 0, false, now()
from generate_series(1, %(count)s) n
"""
_RUNS = """
insert into playbooks_run (playbook_id, version_id, rule, cause, about, happened, begun, step, due, state, attempts, trouble)
select %s, %s, 0, 'bench ' || n, '{}', now(), now(), 1, now() + make_interval(days => 1 + n %% 60), 'waiting', 0, '' from generate_series(1, %s) n
"""


def acting() -> list[Row]:
    rows = [_latency(rate) for rate in RATES]
    from regard.site.engines.start import engines, migrate

    with engines("bench"):
        migrate()
        rows += _inbox()
        rows += _waiting()
    return rows


def _latency(rate: int) -> Row:
    with new_server(REGARD_ANSWERS_PER_MINUTE="0") as server:
        made = _told(server, _MAKE)
        server.start()
        path = f"/s/{made.split()[-1]}"
        asyncio.run(_send(server.port, path, rate, 3, first=10**9))  # warm
        asyncio.run(_send(server.port, path, rate, SECONDS, first=0))
        time.sleep(10)
        server.stop()
        late, wanted = json.loads(_told(server, _LATE).splitlines()[-1])
    p95 = late[int(0.95 * len(late))] if late else float("nan")
    return Row(
        f"From submitted response to case and notice, {rate} responses a second, p95",
        f"{p95:.2f} s (median {late[len(late) // 2]:.2f}; {len(late):,} of {wanted:,})", "", "", "≤ 2 s",
    )  # fmt: skip


def _told(server: Server, script: str) -> str:
    return subprocess.run([sys.executable, "-c", script], env=server.variables, capture_output=True, text=True, check=True).stdout


async def _send(port: int, path: str, rate: int, seconds: int, *, first: int) -> None:
    waiting, began = iter(range(rate * seconds)), time.perf_counter()

    async def respondent() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in waiting:
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            writer.write(_answer(path, first + number))
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
            assert head[9:12] == b"302", head
        writer.close()

    await asyncio.gather(*(respondent() for _ in range(16)))


def _inbox() -> list[Row]:
    from django.db import connection

    from regard.care.cases.open import first_queue
    from regard.testing.people import member, signed_in
    from regard.workspace.units.models import Unit
    from regard.workspace.workspaces.models import Workspace

    workspace = Workspace.found(name="Many cases")
    units = Unit.objects.bulk_create([Unit(workspace=workspace, parent=workspace.root, name=f"Shop {n}") for n in range(40)])
    boss, agent = member(workspace, "owner"), member(workspace, "agent", at=units[0])
    with connection.cursor() as cursor:
        cursor.execute(_CASES, {"workspace": workspace.pk, "queue": first_queue(workspace.pk).pk, "units": [one.pk for one in units],
                                "member": boss.pk, "count": CASES})  # fmt: skip
        cursor.execute("analyze care_case")
    rows = []
    for name, who, paths in (
        ("the whole company", boss, ("/cases/", "/cases/?whose=mine", "/cases/?due=late")), ("an agent of one of 40 units", agent, ("/cases/",)),
    ):  # fmt: skip
        ask = partial(signed_in(who).get, headers={"host": "127.0.0.1"})
        assert ask("/cases/").status_code == 200
        times = sorted(_timed(partial(ask, path)) for path in paths for _again in range(15))
        rows.append(Row(f"Inbox page with {CASES:,} open cases, {name}, median", f"{1000 * times[len(times) // 2]:.0f} ms", "", "", "≤ 150 ms"))
    return rows


def _waiting() -> list[Row]:
    from django.db import connection
    from django.utils import timezone

    from regard.playbooks.rules.definition import read
    from regard.playbooks.rules.models import Playbook
    from regard.playbooks.runs.models import Run
    from regard.playbooks.runs.run import run_due
    from regard.workspace.workspaces.models import Workspace

    workspace = Workspace.found(name="Many runs")
    book = Playbook(workspace=workspace, name="Wait")
    steps = [{"do": "wait", "number": 60, "unit": "days"}, {"do": "trait", "trait": "waited", "value": "yes"}]
    book.keep([read({"when": {"kind": "happened"}, "then": steps})], by="bench")
    book.switch_on(by="bench", now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, [book.pk, book.version.pk, RUNS])
        cursor.execute("analyze playbooks_run")
    idle = _timed(run_due)
    chosen = list(Run.objects.filter(playbook=book).order_by("pk").values_list("pk", flat=True)[:DUE])
    Run.objects.filter(pk__in=chosen).update(due=timezone.now() - timedelta(seconds=1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    busy = _timed(lambda: run_due(seconds=60))
    assert Run.objects.filter(pk__in=chosen, state="waiting").count() == 0
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return [
        Row(f"{RUNS:,} waiting runs: finding that none is due", f"{1000 * idle:.0f} ms", "", "", "within 5 s"),
        Row(f"{RUNS:,} waiting runs: {DUE:,} that are due, all done", f"{busy:.1f} s, {grown:.0f} MB more", "", "", "begin within 5 s"),
    ]


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
