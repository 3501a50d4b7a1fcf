"""`regard import`: files from the command line, whether a server runs or not."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from regard.site.engines.start import NotPossible, engines, state
from regard.site.remote import running_server

WHAT = ("answers", "interactions", "customers")


def run(*, what: str, file: Path, map_file: Path | None, guess_only: bool, workspace: str, say: Console) -> None:
    """Import a file, or print the guessed map. With a server the rows are left in its inbox, and it is waited for."""
    if what not in WHAT:
        raise NotPossible(f"A file holds one of: {', '.join(WHAT)}.")
    if guess_only:
        with state("import --guess"):
            print(_guessed(what, file, workspace, say, asking=False), end="")
        return
    if running_server():
        with state("import"):
            _import(what, file, map_file, workspace, say, project=_wait_for_server)
    else:
        with engines("import"):
            _import(what, file, map_file, workspace, say, project=_project_here)


def _guessed(what: str, file: Path, workspace: str, say: Console, *, asking: bool) -> str:
    """The map as YAML, with what is not certain said beside it."""
    from regard.connectors.files.begin_import import guess_map
    from regard.connectors.files.import_map import to_yaml
    from regard.workspace.keys.caller import choose_workspace

    guessed = guess_map(file, what=what, workspace=choose_workspace(workspace))  # type: ignore[arg-type]
    for question in guessed.reading.questions:
        say.print(
            f"{question.about}: {question.reason} It could be {' or '.join(question.choices)}.",
            style="yellow",
            markup=False,
        )
    if asking and guessed.reading.questions:
        raise NotPossible(
            "This file can be read in more than one way (above). Print the map with --guess, correct it, and give it with --map."
        )
    return to_yaml(guessed)


def _import(
    what: str,
    file: Path,
    map_file: Path | None,
    workspace: str,
    say: Console,
    *,
    project: Callable[[int, Progress], None],
) -> None:
    from regard.connectors.files.begin_import import begin
    from regard.connectors.files.import_map import from_yaml
    from regard.site.show import the_workspace

    chosen = the_workspace(workspace)
    text = map_file.read_text() if map_file else _guessed(what, file, workspace, say, asking=True)
    import_map = from_yaml(text)
    if import_map.what != what:
        raise NotPossible(f"The map is for {import_map.what}, not for {what}.")
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=say
    )
    with bar as progress:
        reading = progress.add_task("Reading", total=None)
        made = begin(
            file,
            import_map,
            workspace=chosen,
            actor="command line",
            progress=lambda done, total: progress.update(reading, completed=done, total=total),
        )
        progress.update(reading, completed=made.rows or 0, total=made.rows or 0)
        assert made.source_id is not None
        project(made.source_id, progress)
    _report(made, say)


def _project_here(source: int, progress: Progress) -> None:
    from regard.ledger.record.project import project_all
    from regard.site.consumers import consume_all

    total, done = _counted(source)
    task = progress.add_task("Recording", total=total, completed=done)
    while done < total:
        project_all(after_each=lambda: progress.update(task, completed=_counted(source)[1]))
        total, done = _counted(source)
        if done < total:
            time.sleep(0.2)  # a `regard work` elsewhere has the projector's place: it records them
    consume_all()


def _wait_for_server(source: int, progress: Progress) -> None:
    total, done = _counted(source)
    task = progress.add_task("Recording", total=total, completed=done)
    quiet_since, before = time.monotonic(), done
    while done < total:
        time.sleep(0.2)
        total, done = _counted(source)
        progress.update(task, completed=done)
        if done != before:
            quiet_since, before = time.monotonic(), done
        if time.monotonic() - quiet_since > 120:
            raise NotPossible(
                "The rows are safe in the inbox, but the server does not record them. `regard doctor` says more."
            )


def _counted(source: int) -> tuple[int, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(items), 0), coalesce(sum(items) filter (where done is not null), 0) from ledger_inboxrow where source_id = %s",
            [source],
        )
        total, done = cursor.fetchone()
    return int(total), int(done)


def _report(made: Any, say: Console) -> None:
    from django.db.models import Count, Sum

    from regard.ledger.models import InboxRow, RefusedItem

    sums = InboxRow.objects.filter(source_id=made.source_id).aggregate(
        a=Sum("accepted"), r=Sum("refused"), s=Sum("repeated")
    )
    say.print(f"{sums['a'] or 0:,} rows taken, {sums['s'] or 0:,} known already, {sums['r'] or 0:,} refused.")
    reasons = (
        RefusedItem.objects.filter(source_id=made.source_id).values("code").annotate(n=Count("id")).order_by("-n")[:5]
    )
    for reason in reasons:
        example = RefusedItem.objects.filter(source_id=made.source_id, code=reason["code"]).order_by("id").first()
        say.print(f"  {reason['n']:,} × {example.detail if example else reason['code']}", markup=False)
