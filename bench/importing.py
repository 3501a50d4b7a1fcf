"""The airline file (37,956 rows, 531,384 ratings) until queryable, against pandas and a plain insert: once of the same columns (the
passenger's class, age and so on stay beside each rating, as they do here), once of no more than customer, touchpoint and score."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.__main__ import Row

FILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "airline_satisfaction" / "Invistico_Airline.csv"
ROUNDS = 3

_PANDAS = """
import os, sys, tempfile, time, statistics
folder = tempfile.mkdtemp(prefix="regard-pandas-"); os.environ["TMPDIR"] = folder
import pandas as pd
from clickhouse_connect import get_client
client = get_client(dsn=f"chdb://{folder}/ch", settings={"async_insert": 0})
whole = sys.argv[3] == "whole"
times = []
for round in range(int(sys.argv[2]) + 1):
    client.command("drop table if exists ratings")
    began = time.perf_counter()
    frame = pd.read_csv(sys.argv[1]).dropna(subset=["Online boarding"])
    ratings = list(frame.columns[7:21])
    others = [name for name in frame.columns if name not in ratings] if whole else []
    types = ["String" if frame[name].dtype in ("object", "str") else "Float64" for name in others]
    more = "".join(f", `{name}` {kind}" for name, kind in zip(others, types))
    client.command(
        f"create table ratings (customer UInt32{more}, touchpoint LowCardinality(String), score Float64) "
        "engine = MergeTree order by touchpoint"
    )
    wide = frame.fillna(0).reset_index(names="customer")
    long = wide.melt(id_vars=["customer", *others], value_vars=ratings, var_name="touchpoint", value_name="score")
    long["customer"] = long["customer"].astype("uint32"); long["score"] = long["score"].astype("float64")
    client.insert_df("ratings", long)
    client.query("select touchpoint, avg(score) from ratings group by touchpoint").result_rows
    if round: times.append(time.perf_counter() - began)
print(len(long), statistics.median(times))
"""


def airline() -> list[Row]:
    if not FILE.exists():
        return [Row("Import of the airline file", "the file is not beside this repository", "", "", "≤ 5")]
    ratings, whole = _pandas("whole")
    _, bare = _pandas("bare")
    environment = {**os.environ, "REGARD_DATA": tempfile.mkdtemp(prefix="regard-import-")}
    done = subprocess.run(
        [sys.executable, "-m", "bench.importing"],
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr
    ours = float(done.stdout.split()[-1])
    return [
        Row(
            f"Import of {ratings:,} ratings until queryable",
            f"{ours:.2f} s",
            f"{whole:.2f} s (pandas, the same columns)",
            f"{ours / whole:.1f}",
            "≤ 5",
        ),
        Row("The same", "", f"{bare:.2f} s (pandas, three columns kept)", f"{ours / bare:.1f}", ""),
    ]


def _pandas(what: str) -> tuple[int, float]:
    command = [sys.executable, "-c", _PANDAS, str(FILE), str(ROUNDS), what]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ratings, seconds = done.stdout.split()
    return int(ratings), float(seconds)


def _ours() -> float:
    from regard.site.engines.start import engines, migrate

    with engines("bench"):
        migrate()
        from regard.connectors.files.begin_import import begin, guess_map
        from regard.ledger.record.project import project_all
        from regard.metrics.query import read_query
        from regard.metrics.run import run
        from regard.warehouse import Scope
        from regard.workspace.workspaces.models import Workspace

        times = []
        for round in range(ROUNDS + 1):
            workspace = Workspace.found(name=f"Round {round}")
            import_map = guess_map(FILE, what="answers", workspace=workspace)
            began = time.perf_counter()
            begin(FILE, import_map, workspace=workspace, actor="bench")
            project_all()
            run(
                read_query(metric="csat", by="touchpoint", today=__import__("datetime").date.today()),
                Scope(workspace.pk),
                workspace,
            )
            if round:
                times.append(time.perf_counter() - began)
        return statistics.median(times)


if __name__ == "__main__":
    print(_ours())
