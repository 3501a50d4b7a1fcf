"""Finds customers who are probably one person, and proposes them."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from regard.customers.duplicates.blocking import make_rules
from regard.customers.duplicates.fields import Field, written
from regard.customers.duplicates.gather import gather
from regard.customers.duplicates.guessing import guess, useful
from regard.customers.duplicates.matching import evidence, score, short_numbers
from regard.customers.duplicates.models import DuplicateRun, DuplicateSettings, Proposal
from regard.customers.identity.models import Link

log = logging.getLogger(__name__)
MOST_PROPOSALS = 200_000
_AT_ONCE = 5_000


class CannotSearch(Exception):
    """With a sentence for whoever asked."""


def installed() -> bool:
    """splink and DuckDB come with the extra `identity`."""
    return find_spec("splink") is not None and find_spec("duckdb") is not None


def find_duplicates(run: DuplicateRun) -> None:
    """Search, then replace the proposals of the search before: all of them, in one transaction, or none.

    Raises CannotSearch.
    """
    if not installed():
        raise CannotSearch(
            _("Searching needs the extra “identity”: pip install 'regard[identity]', then restart Regard.")
        )
    fields = DuplicateSettings.of(run.workspace_id).chosen or useful(guess(run.workspace_id))
    if len(fields) < 2:
        _propose(run, fields, iter(()), customers=0)
        return
    with scratch_pad(run.pk) as (pad, folder):
        run.at(_("Reading customers"), 0.02)
        customers = gather(pad, folder, run.workspace_id, fields)
        run.at(_("Looking for what to compare"), 0.15)
        rules = make_rules(pad, fields, customers)
        if not rules:
            _propose(run, fields, iter(()), customers=customers)
            return
        short = short_numbers(pad, fields)
        shares = iter((0.25, 0.4, 0.47, 0.54, 0.6))
        steps = {
            "u": _("Comparing customers at random"),
            "m": _("Learning what duplicates look like"),
            "predict": _("Comparing pairs"),
        }
        table = score(
            pad, fields, rules, short, threshold=run.threshold, at=lambda step: run.at(steps[step], next(shares, 0.6))
        )
        run.at(_("Writing down what was found"), 0.95)
        pairs = _pairs(pad, table, evidence(fields, short, _columns(pad, table)), _decided(run.workspace_id))
        _propose(run, fields, pairs, customers=customers, compared=sum(rule.pairs for rule in rules))


@contextmanager
def scratch_pad(number: int) -> Iterator[tuple[Any, Path]]:
    """A DuckDB in a folder of its own that goes when the block ends; what a killed search left goes with the next."""
    import duckdb

    above = Path(settings.REGARD_DATA) / "scratch"
    for left in above.glob("duplicates-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = above / f"duplicates-{number}"
    folder.mkdir(mode=0o700, parents=True)
    try:
        limit = f"{settings.DUPLICATES_MEMORY_MB}MB"
        config = {"memory_limit": limit, "temp_directory": str(folder / "spill"), "preserve_insertion_order": "false"}
        with duckdb.connect(str(folder / "pad.duckdb"), config=config) as pad:
            yield pad, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _columns(pad: Any, table: str) -> set[str]:
    sql = "select column_name from information_schema.columns where table_name = $name"
    return {name for (name,) in pad.execute(sql, {"name": table}).fetchall()}


def _pairs(pad: Any, table: str, states: str, decided: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    """The likeliest first, without those that somebody has decided, or is asked about elsewhere."""
    pad.execute("create table decided (low bigint, high bigint)")
    if decided:
        pad.executemany("insert into decided values (?, ?)", decided)
    found = pad.execute(
        f"select least(id_l, id_r) as low, greatest(id_l, id_r) as high, match_probability, round(match_weight, 3), {states} "
        f"from {table} pair where not exists (select 1 from decided d where d.low = least(id_l, id_r) and d.high = greatest(id_l, id_r)) "
        f"order by match_probability desc, low, high limit {MOST_PROPOSALS}"
    )
    while rows := found.fetchmany(_AT_ONCE):
        yield from rows


def _decided(workspace: int) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct least(l, h), greatest(l, h) from (select coalesce(lo.merged_into_id, lo.id) l, coalesce(hi.merged_into_id, hi.id) h "
            "from customers_link k join customers_profile lo on lo.id = k.low_id join customers_profile hi on hi.id = k.high_id "
            "where k.workspace_id = %s and k.decision = any(%s)) ends where l != h",
            [workspace, [Link.Decision.OPEN.value, Link.Decision.APART.value]],
        )
        return list(cursor.fetchall())


@transaction.atomic
def _propose(
    run: DuplicateRun, fields: list[Field], pairs: Iterator[tuple[Any, ...]], *, customers: int, compared: int = 0
) -> None:
    Proposal.objects.filter(workspace_id=run.workspace_id).delete()
    found = 0
    with (
        connection.cursor() as cursor,
        cursor.copy("copy customers_proposal (workspace_id, run_id, low_id, high_id, probability, weight, evidence) from stdin") as rows,
    ):  # fmt: skip
        for low, high, probability, weight, *states in pairs:
            each = [[states[place], states[place + 1]] for place in range(0, len(states), 2)]
            rows.write_row((run.workspace_id, run.pk, low, high, probability, weight, json.dumps(each)))
            found += 1
    run.end(DuplicateRun.Outcome.DONE, customers=customers, compared=compared, found=found, fields=written(fields))
