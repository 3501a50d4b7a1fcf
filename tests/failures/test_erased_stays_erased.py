"""Somebody is erased on a running server, and searched for in a dump; then an older backup that still has them is restored."""

import json
import subprocess
import time
import urllib.request

from regard.site.engines.postgres import binary


def ask(server, path, key, body=None):
    request = urllib.request.Request(
        f"{server.url}{path}", data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def send(server, key, *batch):
    request = urllib.request.Request(
        f"{server.url}/v1/batch", data=json.dumps({"batch": list(batch), "writeKey": key}).encode(),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def found(server, key, words):
    return ask(server, f"/api/customers?search={words}", key)["items"]


def until(true, patience=60):
    began = time.monotonic()
    while not (got := true()):
        assert time.monotonic() - began < patience
        time.sleep(0.2)
    return got


TRACES = ("C40718", "ines@example.org", "Moreau", "612345678")


def dump(folder):
    """Everything of a backup as text: the dump of PostgreSQL, with the inbox unpacked, and the files of the ledger."""
    from regard.ledger.inbox.body import unpacked

    text = subprocess.run(
        [binary("pg_restore"), "--file=-", str(folder / "state.pgdump")], capture_output=True, check=True
    ).stdout.decode("utf-8", "replace")
    lines = text.partition("COPY public.ledger_inboxrow")[2].partition("\n\\.")[0].splitlines()[1:]
    names = text.partition("COPY public.ledger_inboxrow")[2].partition("(")[2].partition(")")[0].split(", ")
    bodies = [dict(zip(names, line.split("\t"), strict=True)) for line in lines]
    inbox = [
        unpacked(bytes.fromhex(row["body"].lstrip("\\x")), int(row["size"])).decode("utf-8", "replace")
        for row in bodies
    ]
    assert inbox
    return "\n".join([text, *inbox])


def test_who_was_erased_is_in_no_dump_and_does_not_come_back_with_an_older_backup(server, tmp_path):
    server.start()
    collect, write = server.key("collect"), server.key("write")
    traits = {"email": "ines@example.org", "phone": "+33612345678", "name": "Inès Moreau"}
    send(
        server, collect,
        {"type": "identify", "messageId": "1", "userId": "C40718", "traits": traits},
        {"type": "track", "messageId": "2", "userId": "C40718", "event": "Call Ended"},
        {"type": "track", "messageId": "3", "userId": "K90001", "event": "Call Ended"},
    )  # fmt: skip
    (ines,) = until(lambda: found(server, write, "C40718"))
    until(lambda: ask(server, f"/api/customers/{ines['id']}/everything", write)["timeline"])
    server.regard("backup", tmp_path / "old")
    assert all(trace in dump(tmp_path / "old") for trace in TRACES)

    erasure = ask(server, f"/api/customers/{ines['id']}/erasure", write, {"mode": "erase"})
    done = until(lambda: (now := ask(server, f"/api/erasures/{erasure['id']}", write))["done"] and now)
    assert done["left"] == {} and done["removed"]["ledger"] == 1
    server.regard("backup", tmp_path / "new")
    assert [trace for trace in TRACES if trace in dump(tmp_path / "new")] == []

    server.stop()
    told = server.regard("restore", tmp_path / "old", "--replace")
    assert "erased since" in told.stderr.replace("\n", " ")
    server.start()
    until(lambda: found(server, write, "K90001"))
    assert found(server, write, "C40718") == []
    server.regard("backup", tmp_path / "after")
    assert [trace for trace in TRACES if trace in dump(tmp_path / "after")] == []
    server.stop()
