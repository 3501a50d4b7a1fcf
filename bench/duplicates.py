"""Probable duplicates in real records: the whole job, from PostgreSQL to proposals, beside a splink script written for just these files."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench.__main__ import Row

SETS = (1, 2, 3, 4)


def febrl() -> list[Row]:
    from regard.site.engines.start import engines, migrate
    from regard.testing.engines import DATA

    folder = Path(DATA) / "febrl"
    if not folder.is_dir():
        print("  left out: ../shared/data/febrl is not there", file=sys.stderr)
        return []
    with engines("bench"):
        migrate()
        from regard.customers.duplicates.find import find_duplicates
        from regard.customers.duplicates.models import DuplicateRun, Proposal
        from regard.customers.duplicates.tests.people_of_febrl import bring_in, by_hand, f1
        from regard.workspace.workspaces.models import Workspace

        by_hand(folder, 1)  # both import what they need, once
        rows = []
        for number in SETS:
            workspace = Workspace.found(name=f"febrl{number}")
            true = bring_in(workspace, folder, number)
            run = DuplicateRun.ask(workspace.pk, DuplicateRun.Kind.SEARCH, by="bench", threshold=0.5)
            began = time.perf_counter()
            find_duplicates(run)
            mine = time.perf_counter() - began
            ours = f1(set(Proposal.objects.filter(workspace=workspace).values_list("low", "high")), true)
            began = time.perf_counter()
            theirs = f1(*by_hand(folder, number))
            hand = time.perf_counter() - began
            rows.append(Row(
                f"Duplicates of febrl{number}: reading, splink, proposals", f"{mine:.1f} s, F1 {ours:.4f}", f"{hand:.1f} s, F1 {theirs:.4f} by hand",
                f"{mine / hand:.2f}", "≤ 1.2, F1 within 0.002",
            ))  # fmt: skip
    return rows
