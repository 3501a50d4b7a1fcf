"""Backups of both engines that fit together, taken while Regard runs.

The projector pauses: so the inbox in PostgreSQL and the rows in ClickHouse tell the same story. The collector goes on; what it
acknowledges before the backup begins is in the inbox, and so in the backup.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from regard import __version__
from regard.customers.privacy.log import NAME as ERASURES
from regard.customers.privacy.log import append, lines_of, log_file
from regard.jobs.pause import projector_paused
from regard.site.engines.postgres import binary
from regard.warehouse import warehouse

_STATE, _LEDGER, _MANIFEST, _SECRET, _FILES = "state.pgdump", "ledger", "manifest.json", "secret.key", "files"


class BackupFailed(RuntimeError):
    """The backup or restore was not made; the message says why and what to do."""


def back_up(folder: Path) -> dict[str, Any]:
    """Write a backup into `folder`, which must not exist or be empty. Returns its manifest."""
    folder = folder.absolute()
    if folder.exists() and any(folder.iterdir()):
        raise BackupFailed(f"{folder} is not empty. Give a new folder for each backup.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # one that was there already may be open to others
    began = datetime.now(UTC)
    with projector_paused():
        _dump(folder / _STATE)
        _back_up_ledger(folder / _LEDGER)
    if settings.PLACES.files.exists():  # after the rows: each that is in the backup has its bytes there
        shutil.copytree(settings.PLACES.files, folder / _FILES)
    if settings.PLACES.secret.exists():
        shutil.copy2(settings.PLACES.secret, folder / _SECRET)
    if (erased := log_file()).exists():
        shutil.copy2(erased, folder / ERASURES)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    manifest = {
        "regard": __version__,
        "began": began.isoformat(),
        "ended": datetime.now(UTC).isoformat(),
        "bytes": size,
    }
    # Last: a folder without it is not a backup.
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1))
    return manifest


def restore(folder: Path, *, replace: bool) -> dict[str, Any]:
    """Put a backup in the place of what is there. The server must not run; the engines must be up."""
    folder = folder.absolute()
    if not (folder / _MANIFEST).exists():
        raise BackupFailed(f"{folder} is not a whole backup: {_MANIFEST} is missing.")
    if not replace and _in_use():
        raise BackupFailed(
            "There is data here already. Add --replace to put the backup in its place, or choose an empty REGARD_DATA."
        )
    _load(folder / _STATE)
    _restore_ledger(folder / _LEDGER)
    shutil.rmtree(settings.PLACES.files, ignore_errors=True)  # no row of the backup knows them
    if (folder / _FILES).exists():
        shutil.copytree(folder / _FILES, settings.PLACES.files)
    if (folder / _SECRET).exists():
        shutil.copy2(folder / _SECRET, settings.PLACES.secret)
    append(lines_of(folder / ERASURES))  # a machine that is new has no log of its own
    _drop_half_projected()
    return dict(json.loads((folder / _MANIFEST).read_text()))


def _dump(file: Path) -> None:
    _run("pg_dump", "--format=custom", "--compress=1", f"--file={file}", f"--dbname={_database()}")
    file.chmod(0o600)


def _load(file: Path) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={_database()}",
        str(file),
    )


def _back_up_ledger(folder: Path) -> None:
    if not warehouse().embedded:
        target = os.environ.get("LEDGER_BACKUP")
        if not target:
            raise BackupFailed(
                "A ClickHouse server writes its backups itself: set LEDGER_BACKUP to where, such as \"Disk('backups', 'regard')\" "
                "(docs/operating.md)."
            )
        warehouse().execute(f"backup database {_ledger_database()} to {target}")
        return
    inside = settings.PLACES.backups / f"making-{os.getpid()}"
    shutil.rmtree(inside, ignore_errors=True)
    warehouse().execute(f"backup database default to File('{_plain(inside)}')")
    shutil.move(inside, folder)


def _restore_ledger(folder: Path) -> None:
    for (table,) in warehouse().unscoped(
        "select name from system.tables where database = currentDatabase() and not is_temporary"
    ):
        warehouse().execute(f"drop table if exists `{table}` sync")
    if not warehouse().embedded:
        target = os.environ.get("LEDGER_BACKUP")
        if not target:
            raise BackupFailed("Set LEDGER_BACKUP to where the ClickHouse server keeps the backup (docs/operating.md).")
        warehouse().execute(f"restore database {_ledger_database()} from {target}")
        return
    inside = settings.PLACES.backups / f"restoring-{os.getpid()}"
    shutil.rmtree(inside, ignore_errors=True)
    shutil.copytree(folder, inside)
    try:
        warehouse().execute(
            f"restore database default from File('{_plain(inside)}') settings allow_non_empty_tables = 1"
        )
    finally:
        shutil.rmtree(inside, ignore_errors=True)


def _drop_half_projected() -> None:
    """A batch that was under way has some of its rows: they go, and it is projected anew at the next start."""
    from regard.ledger.record.write import remove

    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id, array_agg(id) from ledger_inboxrow where batch_id is not null and done is null group by 1"
        )
        for workspace, ids in cursor.fetchall():
            remove(workspace, inboxes=ids)


def _in_use() -> bool:
    tables = connection.introspection.table_names()
    if "workspace_workspace" not in tables:
        return False
    with connection.cursor() as cursor:
        cursor.execute("select exists (select 1 from workspace_workspace)")
        return bool(cursor.fetchone()[0])


def _database() -> str:
    """Without the password, which travels in the environment: other users can read a command line."""
    parameters = connection.get_connection_params()
    names = {"host": "host", "port": "port", "user": "user", "dbname": "dbname"}
    return " ".join(f"{names[name]}='{value}'" for name, value in parameters.items() if name in names and value)


def _run(name: str, *arguments: str) -> None:
    password = str(connection.settings_dict.get("PASSWORD") or "")
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run([binary(name), *arguments], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise BackupFailed(f"{name} failed: {done.stderr.strip()[-500:]}")


def _plain(path: Path) -> str:
    text = str(path)
    if "'" in text or "\\" in text:
        raise BackupFailed("The data folder's path holds a quote or backslash, which ClickHouse's BACKUP cannot take.")
    return text


def _ledger_database() -> str:
    ((name,),) = warehouse().unscoped("select currentDatabase()")
    return f"`{name}`"
