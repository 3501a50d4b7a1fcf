"""A Singer tap for tests: what it does stands in its settings. Standard library alone; started as a program, never imported.

`tables`: stream → {"keys", "by", "rows", "schema"}, given incrementally by the column `by`, with a STATE after every `every` rows.
`plan`: instead, steps that are done as they stand: {"say": …} {"raw": …} {"moan": …} {"exit": …} {"sleep": …} {"long": …}.
"""

import json
import os
import sys
import time
from pathlib import Path


def option(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def schema_of(table):
    names = {name for row in table["rows"] for name in row}
    return table.get("schema") or {
        "type": "object",
        "properties": {name: {"type": ["null", "string"]} for name in sorted(names)},
    }


def discover(tables):
    entry = lambda name, table: {  # noqa: E731
        "tap_stream_id": name, "stream": name, "key_properties": table["keys"], "schema": schema_of(table),
        "metadata": [{"breadcrumb": [], "metadata": {"valid-replication-keys": [table["by"]] if table.get("by") else []}}],
    }  # fmt: skip
    print(json.dumps({"streams": [entry(name, table) for name, table in tables.items()]}))


def follow(plan):
    for step in plan:
        for what, given in step.items():
            if what == "say":
                say(given)
            elif what == "raw":
                print(given, flush=True)
            elif what == "moan":
                print(given, file=sys.stderr, flush=True)
            elif what == "long":
                sys.stdout.write(given["before"])
                for _ in range(given["megabytes"]):
                    sys.stdout.write("x" * 1_000_000)
                sys.stdout.write(given["after"] + "\n")
            elif what == "sleep":
                time.sleep(given)
            elif what == "environment":
                print(json.dumps(dict(os.environ)), file=sys.stderr, flush=True)
            elif what == "exit":
                sys.stdout.flush()
                os._exit(given)


def give(tables, config):
    catalog = json.loads(Path(option("--catalog") or option("--properties")).read_text())
    chosen = {
        entry["tap_stream_id"]: entry["metadata"][0]["metadata"]
        for entry in catalog["streams"]
        if entry["metadata"][0]["metadata"].get("selected")
    }
    state = {}
    if option("--state"):
        state = json.loads(Path(option("--state")).read_text())
    marks, sent = state.get("bookmarks", {}), 0
    for name, table in tables.items():
        if name not in chosen:
            continue
        say({"type": "SCHEMA", "stream": name, "schema": schema_of(table), "key_properties": table["keys"]})
        by = table.get("by") if chosen[name].get("replication-method") == "INCREMENTAL" else None
        since = marks.get(name, {}).get("since", "")
        for row in sorted(table["rows"], key=lambda row: row[by]) if by else table["rows"]:
            if by and row[by] < since:
                continue
            say({"type": "RECORD", "stream": name, "record": row})
            sent += 1
            if by and sent % config.get("every", 2) == 0:
                marks[name] = {"since": row[by]}
                say({"type": "STATE", "value": {"bookmarks": marks}})
            if sent == config.get("dies_after"):
                print("CRITICAL the source went away", file=sys.stderr, flush=True)
                os._exit(1)
        if by and table["rows"]:
            marks[name] = {"since": max(row[by] for row in table["rows"])}
        say({"type": "STATE", "value": {"bookmarks": marks}})


if "--help" in sys.argv:
    print("usage: fake [--config] [--discover] [--catalog] [--state]")
    sys.exit()
config = json.loads(Path(option("--config")).read_text())
if "--discover" in sys.argv:
    discover(config.get("tables", {}))
elif "plan" in config:
    follow(config["plan"])
else:
    give(config["tables"], config)
