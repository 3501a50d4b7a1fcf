"""The demo company, made once: `regard serve --demo`."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from regard.demo.acting import act
from regard.demo.build import ACTOR, build
from regard.demo.traits import enter_computed
from regard.ledger.record.project import project_all
from regard.site.consumers import consume_all
from regard.site.engines.places import places
from regard.workspace.members.models import Member, User
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

NAME = "Halcyon Mobile"
EMAIL = "demo@halcyon.example"
SEED = 20_260_101


@dataclass(frozen=True)
class Login:
    email: str
    password: str


def ensure_demo(say: Console) -> Login:
    """Make the demo company unless it is there; what a first run left unfinished is finished. Returns its login."""
    password = _password()
    if not Workspace.objects.filter(is_demo=True).exists():
        _found(password)
    workspace = Workspace.objects.get(is_demo=True)
    if not workspace.sources.exists():
        customers = int(os.environ.get("REGARD_DEMO_CUSTOMERS", "20000"))
        say.print(f"Making Halcyon Mobile: {customers:,} customers, 18 months, some {50 * customers:,} interactions …")
        with transaction.atomic():
            build(workspace, now=timezone.now(), rng=np.random.default_rng(SEED), customers=customers)
    _record(say)
    return Login(EMAIL, password)


def _record(say: Console) -> None:
    total, done = _counted()
    if done == total:
        return
    with Progress(TextColumn("Recording what happened"), BarColumn(), TimeElapsedColumn(), console=say) as progress:
        task = progress.add_task("", total=total, completed=done)
        project_all(after_each=lambda: progress.update(task, completed=_counted()[1]))
        consume_all()
    workspace = Workspace.objects.get(is_demo=True)
    enter_computed(workspace, by=ACTOR, now=timezone.now())
    act(workspace, now=timezone.now(), rng=np.random.default_rng(SEED + 1), by=ACTOR)
    project_all()
    consume_all()


def _counted() -> tuple[int, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(items), 0), coalesce(sum(items) filter (where done is not null), 0) from ledger_inboxrow"
        )
        total, done = cursor.fetchone()
    return int(total), int(done)


@transaction.atomic
def _found(password: str) -> None:
    workspace = Workspace.found(name=NAME, industry="telecom", time_zone="Europe/Paris", currency="EUR", is_demo=True)
    user = User.objects.create_user(EMAIL, password, name="Camille Demo")
    owner = Member.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    owner.units.set([workspace.root])


def _password() -> str:
    """Made once and kept in the data folder, closed to others, so that every run can print it."""
    file = places().root / "demo-password"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(f"halcyon-{secrets.token_hex(4)}")
    except FileExistsError:
        pass
    return file.read_text()
