"""`make bench`: ours, the yardstick measured in the same run, and the ratio. Loopback only, about twenty minutes.

python -m bench [NAME ...]      some of: collector sustained single lag metrics importing identity customers computed duplicates searching
                                surveys inviting acting demo
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("REGARD_DATA", tempfile.mkdtemp(prefix="regard-bench-"))


@dataclass(frozen=True)
class Row:
    work: str
    ours: str
    yardstick: str
    ratio: str
    aim: str


def main(wanted: list[str]) -> None:
    from bench import acting, collector, customers, duplicates, importing, inviting, metrics, pages, searching, surveys

    parts = {
        "collector": collector.acknowledged,
        "sustained": collector.until_queryable,
        "single": collector.one_event_a_request,
        "lag": collector.lag,
        "metrics": metrics.breakdowns,
        "importing": importing.airline,
        "identity": customers.identity,
        "customers": customers.customers,
        "computed": customers.computed,
        "duplicates": duplicates.febrl,
        "searching": searching.searching,
        "surveys": surveys.surveys,
        "inviting": inviting.inviting,
        "acting": acting.acting,
        "demo": pages.demo,
    }
    unknown = set(wanted) - set(parts)
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; choose from {', '.join(parts)}.")
    rows = []
    for name, part in parts.items():
        if not wanted or name in wanted:
            print(f"… {name}", file=sys.stderr, flush=True)
            rows += part()
    cells = [
        ("Work", "Ours", "Yardstick", "Ratio", "Aim"),
        *((r.work, r.ours, r.yardstick, r.ratio, r.aim) for r in rows),
    ]
    widths = [max(len(row[place]) for row in cells) for place in range(5)]
    for number, row in enumerate(cells):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    print(
        f"\n{os.cpu_count()} cores; {Path('/proc/loadavg').read_text().split()[0] if Path('/proc/loadavg').exists() else '?'} load at the end"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
