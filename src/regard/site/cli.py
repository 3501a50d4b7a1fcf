"""`regard`: the command line. Django is imported only by the commands that need it, so that help is quick."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from regard.site.engines.lock import FolderInUse
from regard.site.engines.postgres import PostgresFailed
from regard.site.engines.start import NotPossible

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Regard: customer experience management.",
)
keys = typer.Typer(no_args_is_help=True, help="Keys for programs.")
app.add_typer(keys, name="key")
connections = typer.Typer(no_args_is_help=True, help="Systems that records are fetched from.")
app.add_typer(connections, name="connection")
say = Console(stderr=True, highlight=False, soft_wrap=True)

Command = TypeVar("Command", bound=Callable[..., Any])
Workspace = Annotated[str, typer.Option(help="By name; else the only one, else the demo's.")]


def command(function: Command) -> Command:
    """What can go wrong is said in a sentence, without a traceback."""

    @wraps(function)
    def run(*arguments: Any, **options: Any) -> Any:
        from regard.site.remote import Refusal

        try:
            return function(*arguments, **options)
        except (FolderInUse, PostgresFailed, NotPossible, Refusal) as problem:
            raise _stop(str(problem)) from None
        except Exception as problem:
            if type(problem).__name__ in _SPOKEN:
                raise _stop(str(problem)) from None
            raise

    return run  # type: ignore[return-value]


_SPOKEN = {
    "BadQuery",
    "WarehouseBusy",
    "WarehouseAway",
    "BackupFailed",
    "UnreadableFile",
    "ImportMapError",
    "ImportRefused",
    "ConnectionRefused",
}


def _stop(message: str) -> typer.Exit:
    say.print(message, style="red", markup=False)
    return typer.Exit(1)


@app.command()
@command
def serve(
    host: Annotated[
        str, typer.Option(envvar="REGARD_HOST", help="0.0.0.0 for everyone; put HTTPS in front then.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="REGARD_PORT")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Make the demo company first, if it is not there.")] = False,
) -> None:
    """Everything in one process, with both engines embedded unless DATABASE_URL or LEDGER_URL name servers."""
    os.environ["REGARD_PORT"] = str(port)
    from regard.site.engines.start import engines

    with engines("serve"):
        if demo:
            from regard.site.demo import ensure_demo

            login = ensure_demo(say)
        from regard.site.server import serve as run

        def ready(address: str) -> None:
            say.print(f"\nRegard is at [bold]{address}[/]")
            if demo:
                say.print(f"Sign in as [bold]{login.email}[/] with [bold]{login.password}[/]")
            say.print("Ctrl-C stops it; the data stays.\n")

        run(host=host, port=port, on_ready=ready)


@app.command()
@command
def web(
    host: Annotated[str, typer.Option(envvar="REGARD_HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="REGARD_PORT")] = 8000,
    workers: Annotated[int, typer.Option(help="Processes.")] = 2,
) -> None:
    """Pages and API only (needs DATABASE_URL and LEDGER_URL on servers)."""
    from regard.site.roles import web as run

    run(host=host, port=port, workers=workers)


@app.command()
@command
def collect(
    host: Annotated[str, typer.Option(envvar="REGARD_HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="REGARD_PORT")] = 8000,
) -> None:
    """The collector only (needs DATABASE_URL on a server)."""
    from regard.site.roles import collect as run

    run(host=host, port=port)


@app.command()
@command
def work() -> None:
    """Projector, consumers and jobs only (needs DATABASE_URL and LEDGER_URL on servers)."""
    from regard.site.roles import work as run

    run()


@app.command()
@command
def migrate() -> None:
    """Bring the tables of both engines up to date."""
    from regard.site.engines.start import engines
    from regard.site.engines.start import migrate as run

    with engines("migrate", up_to_date=False):
        steps = run()
    say.print(f"PostgreSQL is up to date; ClickHouse: {', '.join(steps) or 'nothing to do'}.")


@app.command()
@command
def doctor() -> None:
    """Say what is wrong, and how to mend it."""
    from regard.site.doctor import examine

    sick = False
    for finding in examine():
        sick = sick or not finding.good
        say.print(f"{'✓' if finding.good else '✗'} {finding.what}", style=None if finding.good else "red", markup=False)
        if finding.mend and not finding.good:
            say.print(f"  → {finding.mend}", markup=False)
    if sick:
        raise typer.Exit(1)


@app.command()
@command
def metric(
    name: Annotated[str, typer.Argument(help="nps, csat, ces, rating, answers, interactions, duration")],
    by: Annotated[str, typer.Option(help="touchpoint, stage, channel, unit, trait:NAME, property:NAME, week …")] = "",
    first: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")] = "",
    to: Annotated[str, typer.Option("--to", help="Last day, included.")] = "",
    last: Annotated[str, typer.Option("--last", help="Instead: 90d, 12w, 6m, 1y.")] = "",
    where: Annotated[
        list[str] | None, typer.Option(help="dimension=value or dimension!=value; may be repeated.")
    ] = None,
    compare: Annotated[str, typer.Option(help="previous or year")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
    workspace: Workspace = "",
) -> None:
    """A number with its interval."""
    asked = [("by", by), ("from", first), ("to", to), ("last", last), ("compare", compare)]
    parameters = [(key, value) for key, value in asked if value] + [("where", value) for value in where or []]
    found = _ask(name, parameters, workspace)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    from regard.site.engines.start import set_up_django

    set_up_django()
    from regard.site.show import show_metric

    show_metric(Console(highlight=False), found)


def _ask(name: str, parameters: list[tuple[str, str]], workspace: str) -> dict[str, Any]:
    from regard.site.remote import running_server

    server = running_server()
    if server:
        import urllib.parse

        return server.get(f"/api/metrics/{urllib.parse.quote(name, safe='')}", parameters, workspace=workspace)
    from regard.site.engines.start import engines

    with engines("metric"):
        from regard.site.show import answer

        return answer(name, parameters, workspace)


@app.command("import")
@command
def import_(
    what: Annotated[str, typer.Argument(help="answers, interactions or customers")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    map_: Annotated[
        Path | None,
        typer.Option("--map", exists=True, dir_okay=False, help="How to read it (YAML). Without one it is guessed."),
    ] = None,
    guess: Annotated[bool, typer.Option("--guess", help="Print the guessed map and import nothing.")] = False,
    workspace: Workspace = "",
) -> None:
    """Bring a file in: CSV, TSV, Excel, JSON lines or Parquet, also .gz."""
    from regard.site.importing import run

    run(what=what, file=file.absolute(), map_file=map_, guess_only=guess, workspace=workspace, say=say)


@app.command()
@command
def backup(folder: Annotated[Path, typer.Argument(help="A new folder for it.")]) -> None:
    """Back both engines up, while Regard runs or not."""
    from regard.site.remote import running_server

    server = running_server()
    if server:
        made = server.post("/control/backup", {"folder": str(folder.absolute())})
    else:
        from regard.site.engines.start import engines

        with engines("backup"):
            from regard.site.backup import back_up

            made = back_up(folder)
    say.print(f"Backed up into {folder} ({made['bytes'] / 1e6:.1f} MB).", markup=False)


@app.command()
@command
def restore(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of what is there.")] = False,
) -> None:
    """Put a backup back. Stop the server first."""
    from regard.site.engines.start import engines
    from regard.site.engines.start import migrate as bring_up_to_date

    with engines("restore", up_to_date=False):
        from regard.site.backup import restore as run

        made = run(folder, replace=replace)
        bring_up_to_date()
        from regard.customers.privacy.erase_again import erase_again

        erased = erase_again()
    say.print(f"Restored the backup of {made['began']}. `regard serve` goes on from there.")
    if erased:
        people = "1 customer" if erased == 1 else f"{erased} customers"
        say.print(f"It held {people} who had been erased since; they are erased again.")


@app.command()
@command
def evidence(file: Annotated[Path, typer.Argument(help="The pack (ZIP), as it was given out.", exists=True, dir_okay=False)]) -> None:
    """Whether the evidence pack of a complaint is unchanged. Needs no data and no network."""
    from django.conf import settings

    settings.configure(USE_I18N=False)
    from regard.care.complaints.evidence.check import check

    found = check(file.read_bytes())
    if found.problem:
        raise _stop(found.problem)
    say.print(f"Complaint #{found.number}: {found.entries} entries, each follows from the one before. The chain ends in")
    print(found.head)
    say.print("Whether it was given out by your company says its audit log, or Complaints, Check a pack.")


@connections.command("list")
@command
def list_connections(workspace: Workspace = "") -> None:
    """What is connected, and when it runs."""
    from regard.site.connecting import show

    show(workspace=workspace, say=say)


@connections.command("run")
@command
def run_connection(
    name: Annotated[str, typer.Argument(help="As its page calls it.")],
    workspace: Workspace = "",
) -> None:
    """Run one now and wait for its end."""
    from regard.site.connecting import run

    run(name=name, workspace=workspace, say=say)


@keys.command("create")
@command
def create_key(
    scope: Annotated[str, typer.Option(help="collect, read or write")],
    workspace: Workspace = "",
    name: Annotated[str, typer.Option(help="To know it by.")] = "command line",
) -> None:
    """Print a new key; it cannot be shown again."""
    from regard.site.engines.start import state

    with state("key create"):
        from regard.site.show import make_key

        print(make_key(scope=scope, workspace=workspace, name=name))


if __name__ == "__main__":
    app()
