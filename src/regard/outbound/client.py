from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from django.utils.translation import gettext as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util.connection import create_connection

from regard.outbound.addresses import Resolver, addresses_of, checked, from_the_system

CONNECT, _WHOLE = 5.0, 20.0
ADDRESSES = 3
#: Of an answer so much is read, as it comes (nothing is unpacked).
MOST = 64 * 1024


class Unreachable(Exception):
    """No answer came. The message says why, in one sentence without anything that the other side said."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    #: In small letters.
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, resolve: Resolver = from_the_system, seconds: float = _WHOLE
) -> Answer:
    """Send it once. Redirects are answers like any other: nobody follows them. Raises Refused and Unreachable."""
    return ask("POST", url, body, headers, resolve=resolve, seconds=seconds)


def ask(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, resolve: Resolver = from_the_system, seconds: float = _WHOLE,
    most: int = MOST,
) -> Answer:  # fmt: skip
    """As `post`, by any method. Of the answer at most so many bytes are read."""
    place = checked(url)
    addresses = addresses_of(place, resolve)
    connection = _connection(place.scheme, place.host, place.port, addresses, min(CONNECT, seconds))
    late = threading.Event()
    timer = threading.Timer(seconds, _give_up, (connection, late))
    timer.daemon = True
    timer.start()
    try:
        told = {**headers, "User-Agent": "Regard", "Accept-Encoding": "identity"}
        connection.request(method, place.path, body, told, preload_content=False, decode_content=False)
        if late.is_set():
            raise TimeoutError
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        answer = connection.getresponse()
        read = answer.read(most, decode_content=False) or b""
        if late.is_set():  # what was cut off may look whole
            raise Unreachable(_why(TimeoutError(), True))
        return Answer(answer.status, read, {name.lower(): value for name, value in answer.headers.items()})
    except (HTTPError, HTTPException, OSError, ValueError) as problem:
        raise Unreachable(_why(problem, late.is_set())) from None
    finally:
        timer.cancel()
        connection.close()


class _Pinned:
    """Connects to the addresses that were looked at, whatever a name server says by now. TLS is held against the name."""

    addresses: Sequence[str]

    def _new_conn(self: Any) -> socket.socket:
        problem: OSError | None = None
        for address in self.addresses[:ADDRESSES]:
            try:
                return create_connection((address, self.port), self.timeout, socket_options=self.socket_options)
            except OSError as fault:
                problem = fault
        raise NewConnectionError(self, "no connection") from problem


class _Plain(_Pinned, HTTPConnection):
    pass


class _Secure(_Pinned, HTTPSConnection):
    pass


def _connection(scheme: str, host: str, port: int, addresses: Sequence[str], timeout: float) -> _Plain | _Secure:
    made: _Plain | _Secure
    if scheme == "https":
        made = _Secure(host, port, timeout=timeout, ssl_context=ssl.create_default_context())
    else:
        made = _Plain(host, port, timeout=timeout)
    made.addresses = addresses
    return made


def _give_up(connection: HTTPConnection, late: threading.Event) -> None:
    """The time for the whole is over, however busily the other side drips."""
    late.set()
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _why(problem: Exception, late: bool) -> str:
    chain: list[BaseException] = []
    cause: BaseException | None = problem
    while cause is not None and len(chain) < 5:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    if late or any(isinstance(one, TimeoutError) for one in chain):
        return _("It did not answer in time.")
    if any(isinstance(one, ssl.SSLError) for one in chain):
        return _("The connection could not be secured: is its certificate valid for this name?")
    if isinstance(problem, NewConnectionError):
        return _("No connection could be made.")
    return _("The connection broke off.")
