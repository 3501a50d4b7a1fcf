"""What the command line asks of Regard itself, once Django is up."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rich.console import Console
from rich.table import Table

from regard.metrics.payload import payload
from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.site.engines.places import places
from regard.site.engines.start import NotPossible
from regard.warehouse import Scope
from regard.workspace.keys.caller import choose_workspace
from regard.workspace.keys.models import ApiKey, KeyScope
from regard.workspace.workspaces.models import Workspace

DEFAULT = "default"


def the_workspace(name: str) -> Workspace:
    """The one meant; on an empty Regard `default` is made. Raises NotPossible when it is not clear which."""
    found = choose_workspace(name)
    if found:
        return found
    if Workspace.objects.exists():
        raise NotPossible(_no_choice(name))
    # Nobody has visited yet. The first visitor becomes the owner of this one.
    return Workspace.found(name=name or DEFAULT)


def _no_choice(name: str) -> str:
    names = ", ".join(Workspace.objects.values_list("name", flat=True))
    if not names:
        return f"There is nothing in {places().root} yet. Is REGARD_DATA the folder you mean?"
    return f"There is no workspace “{name}”, but: {names}." if name else f"Say which: --workspace NAME, one of {names}."


def answer(name: str, parameters: list[tuple[str, str]], workspace: str) -> dict[str, Any]:
    asked = dict(parameters)
    chosen = choose_workspace(workspace)
    if chosen is None:
        raise NotPossible(_no_choice(workspace))
    query = read_query(
        metric=name, by=asked.get("by", ""), where=[value for key, value in parameters if key == "where"], first=asked.get("from", ""),
        last=asked.get("to", ""), lasting=asked.get("last", ""), compare=asked.get("compare", ""),
        today=timezone.now().astimezone(chosen.zone).date(),
    )  # fmt: skip
    return payload(run(query, Scope(chosen.pk), chosen))


def show_metric(console: Console, found: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False)
    counted = found["unit"] == "count"
    for title in (found["by"] or "", found["metric"], *([] if counted else ["95 % interval", "n"])):
        table.add_column(title, justify="left" if title == (found["by"] or "") else "right")
    for row in found["rows"]:
        interval = "" if row["low"] is None else f"{row['low']:.1f} … {row['high']:.1f}"
        value = (
            "–"
            if row["value"] is None
            else f"{row['value']:,.0f}"
            if found["unit"] == "count"
            else f"{row['value']:.1f}"
        )
        table.add_row(row["by"] or "", value, *([] if counted else [interval, f"{row['n']:,}"]))
    console.print(table)
    console.print(found["formula"], style="dim", markup=False)


def make_key(*, scope: str, workspace: str, name: str) -> str:
    if scope not in KeyScope.values:
        raise NotPossible(f"A key's scope is one of {', '.join(KeyScope.values)}.")
    chosen = the_workspace(workspace)
    _key, secret = ApiKey.create(
        workspace_id=chosen.pk, name=name, scope=scope, unit_id=chosen.root.pk, actor="command line"
    )
    return secret
