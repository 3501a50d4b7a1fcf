"""A connection to a server that speaks something other than HTTP. Whoever asked for it speaks, and closes it."""

from __future__ import annotations

import socket
from collections.abc import Collection

from django.utils.translation import gettext as _

from regard.outbound.addresses import Resolver, addresses_of, from_the_system, named
from regard.outbound.client import ADDRESSES, CONNECT, Unreachable


def connected(
    host: str, port: int, *, ports: Collection[int], resolve: Resolver = from_the_system, seconds: float = CONNECT
) -> socket.socket:
    """Connected to an address that was looked at. Raises Refused and Unreachable."""
    late = False
    for address in addresses_of(named(host, port, ports=ports), resolve)[:ADDRESSES]:
        try:
            return socket.create_connection((address, port), seconds)
        except OSError as problem:
            late = isinstance(problem, TimeoutError)
    raise Unreachable(_("It did not answer in time.") if late else _("No connection could be made."))
