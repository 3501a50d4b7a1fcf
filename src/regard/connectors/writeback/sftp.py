"""A batch as a CSV file on another server, by SFTP: under a name of its own until it is whole.

The server must prove the key that somebody confirmed. What is read is never a setting of this account (~/.ssh, agents).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from django.utils.translation import gettext as _

from regard import outbound
from regard.connectors.writeback.account import Account
from regard.connectors.writeback.webhook import NotTaken

if TYPE_CHECKING:
    import asyncssh

T = TypeVar("T")
PORTS = frozenset({22, 2022, 2222, 2223, 22000, 22022})
#: From the login on, however slowly the other side goes on; well within the lease of a delivery.
_WHOLE = 120.0
_LOGIN = 20.0


def installed() -> bool:
    """asyncssh comes with the extra `sftp`."""
    return find_spec("asyncssh") is not None


def not_installed() -> str:
    return _("Sending by SFTP needs the extra “sftp”: pip install 'regard[sftp]', then restart Regard.")


def host_key_of(account: Account) -> str:
    """The key that the server shows now, as one line: nobody has logged in, and it proves nothing yet. Raises NotTaken."""

    async def ask() -> str:
        import asyncssh

        sock = _connected(account)
        try:
            async with asyncio.timeout(_LOGIN):
                key = await asyncssh.get_server_host_key(account.host, account.port, sock=sock, config=None)
        finally:
            sock.close()
        if key is None:
            raise NotTaken(_("It shows no key by which it could be known again."))
        return key.export_public_key("openssh").decode().strip()

    return _run(ask)


def fingerprint(host_key: str) -> str:
    """As ssh-keygen spells it: SHA256:… Raises NotTaken for what is no key."""
    if not installed():
        raise NotTaken(not_installed(), final=True)
    import asyncssh

    try:
        key = asyncssh.import_public_key(host_key)
    except (asyncssh.KeyImportError, ValueError):
        raise NotTaken(_("This is not a server’s key.")) from None
    return f"{key.get_fingerprint()} ({key.algorithm.decode()})"


def is_private_key(text: str) -> bool:
    """One that can be used without a passphrase."""
    import asyncssh

    try:
        asyncssh.import_private_key(text)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        return False
    return True


def put(account: Account, host_key: str, name: str, content: bytes) -> None:
    """Whole or not at all: what is there under `name` is whole. Again is the same file again. Raises NotTaken."""

    async def write() -> None:
        async with _session(account, host_key) as sftp:
            await _write(sftp, account, name, content)

    _run(write)


def try_out(account: Account, host_key: str) -> None:
    """Log in, write a small file and take it away again. Raises NotTaken."""

    async def write() -> None:
        async with _session(account, host_key) as sftp:
            name = f"regard-trial-{uuid4().hex}.txt"
            await _write(sftp, account, name, b"Regard was here and takes this away again.\n")
            await sftp.remove(_path(account, name))

    _run(write)


async def _write(sftp: asyncssh.SFTPClient, account: Account, name: str, content: bytes) -> None:
    import asyncssh

    if account.folder and not await sftp.isdir(account.folder):
        raise NotTaken(_("There is no folder “%(folder)s”.") % {"folder": account.folder}, final=True)
    whole, half = _path(account, name), _path(account, f".{name}.part")
    async with sftp.open(half, "wb") as file:
        await file.write(content)
        with suppress(asyncssh.SFTPOpUnsupported):
            await file.fsync()
    if await sftp.getsize(half) != len(content):
        raise NotTaken(_("The file did not arrive whole."))
    try:
        await sftp.posix_rename(half, whole)
    except asyncssh.SFTPOpUnsupported:  # a server that only renames to what is not there yet
        if await sftp.exists(whole):
            await sftp.remove(whole)
        await sftp.rename(half, whole)


@asynccontextmanager
async def _session(account: Account, host_key: str) -> AsyncIterator[asyncssh.SFTPClient]:
    import asyncssh

    if not host_key:
        raise NotTaken(_("Nobody has confirmed the server’s key yet."), final=True)
    pinned = asyncssh.import_public_key(host_key)
    keys = [asyncssh.import_private_key(account.private_key)] if account.private_key else None
    sock = _connected(account)
    try:
        connection = await asyncssh.connect(
            account.host, account.port, sock=sock, config=None, known_hosts=([pinned], [], []), username=account.user,
            password=None if keys else account.password, client_keys=keys, agent_path=None, gss_auth=False, gss_kex=False,
            host_based_auth=False, login_timeout=_LOGIN, server_host_key_algs=_first(pinned.algorithm.decode()),
        )  # fmt: skip
    except BaseException:
        sock.close()
        raise
    # Cut off, not cancelled: who leaves the session says goodbye, and would wait for an answer.
    late = asyncio.get_running_loop().call_later(_WHOLE, connection.abort)
    try:
        async with connection, connection.start_sftp_client() as sftp:
            yield sftp
    finally:
        late.cancel()


def _connected(account: Account) -> socket.socket:
    sock = outbound.connected(account.host, account.port, ports=PORTS)
    sock.setblocking(False)
    return sock


def _first(kind: str) -> list[str]:
    """The pinned kind is asked for first, any other after it: so a server that has changed shows its key, instead of hanging up."""
    rsa = ["rsa-sha2-512", "rsa-sha2-256"]
    others = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", *rsa]
    return list(dict.fromkeys([*(rsa if kind == "ssh-rsa" else [kind]), *others]))


def _another_key() -> str:
    return _(
        "The server shows another key than the one that was confirmed. Nothing was sent: ask whoever runs it, then confirm the new key."
    )


def _path(account: Account, name: str) -> str:
    return str(PurePosixPath(account.folder) / name) if account.folder else name


def _run(act: Callable[[], Awaitable[T]]) -> T:
    if not installed():
        raise NotTaken(not_installed(), final=True)
    import asyncssh

    async def begin() -> T:
        return await act()

    try:
        return asyncio.run(begin())
    except (outbound.Refused, outbound.Unreachable) as problem:
        raise NotTaken(str(problem)) from None
    except asyncssh.HostKeyNotVerifiable:
        raise NotTaken(_another_key(), final=True) from None
    except asyncssh.KeyExchangeFailed:
        raise NotTaken(_("There is no way of encrypting that it and Regard both take as safe.")) from None
    except asyncssh.PermissionDenied:
        raise NotTaken(_("It did not let us in: are the user and the password or key right?"), final=True) from None
    except asyncssh.SFTPPermissionDenied:
        raise NotTaken(_("It does not allow us to write there."), final=True) from None
    except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
        raise NotTaken(_("The connection broke off.")) from None
    except asyncssh.SFTPError as problem:
        raise NotTaken(_("The file could not be written (code %(code)s).") % {"code": problem.code}) from None
    except TimeoutError:
        raise NotTaken(_("It did not answer in time.")) from None
    except (asyncssh.Error, OSError):
        raise NotTaken(_("The connection broke off.")) from None
