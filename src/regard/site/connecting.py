"""`regard connection`: connections from the command line, whether a server runs or not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from regard.site.engines.start import NotPossible, engines, state
from regard.site.remote import running_server

if TYPE_CHECKING:
    from regard.connectors.taps.models import Connection, Run


def show(*, workspace: str, say: Console) -> None:
    with state("connection list"):
        from regard.connectors.taps.queries import connections_of
        from regard.site.show import the_workspace

        listed = connections_of(the_workspace(workspace).pk)
        if not listed:
            say.print("There is no connection yet: an owner makes one under Sources, Connections.")
            return
        table = Table("Connection", "Tap", "Records", "Last", "Next", box=None)
        for one in listed:
            latest = (
                f"{one.latest.get_kind_display()}: {one.latest.get_outcome_display() or 'running'}"
                if one.latest
                else "–"
            )
            following = f"{one.following:%Y-%m-%d %H:%M} UTC" if one.following else "by hand"
            table.add_row(one.connection.name, one.connection.script or one.connection.executable, f"{one.records:,}", latest, following)  # fmt: skip
        Console(highlight=False, markup=False).print(table)


def run(*, name: str, workspace: str, say: Console) -> None:
    """Run it and wait for its end. With a server the server does it."""
    if running_server():
        with state("connection run"):
            _tell(_with_server(_find(name, workspace), say), say)
    else:
        with engines("connection run"):
            _tell(_here(_find(name, workspace), say), say)


def _find(name: str, workspace: str) -> Connection:
    from regard.connectors.taps.models import Connection
    from regard.site.show import the_workspace

    found = Connection.objects.filter(workspace=the_workspace(workspace), name=name).first()
    if found is None:
        raise NotPossible(f"There is no connection “{name}”: `regard connection list` names them.")
    return found


def _with_server(found: Connection, say: Console) -> Run:
    from regard.connectors.taps.jobs import begin

    made = begin(found, "run", by="command line")
    with say.status("Fetching") as status:
        while made.ended is None:
            time.sleep(0.5)
            made.refresh_from_db()
            status.update(f"Fetching: {made.records:,} records")
    return made


def _here(found: Connection, say: Console) -> Run:
    from regard.connectors.taps.carry_out import carry_out, close_cut_short
    from regard.ledger.record.project import project_all
    from regard.site.consumers import consume_all

    close_cut_short()
    made = found.ask("run", by="command line")
    with say.status("Fetching"):
        carry_out(made)
    with say.status("Recording"):
        project_all()
        consume_all()
    made.refresh_from_db()
    return made


def _tell(made: Run, say: Console) -> None:
    from regard.connectors.taps.queries import runs_told

    told = runs_told([made])[0]
    for one in told.streams:
        counts = one.counts
        line = f"{one.name}: {counts.records:,} records, {counts.accepted:,} used, {counts.refused:,} refused, {counts.unchanged:,} unchanged"
        say.print(line + (f", {counts.waiting:,} being recorded" if counts.waiting else "") + ".", markup=False)
    for note in made.notes:
        say.print(f"  {note}", markup=False)
    if made.outcome != "done":
        raise NotPossible(made.message or f"The run ended: {made.get_outcome_display()}.")
