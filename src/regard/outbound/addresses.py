"""Where Regard may connect to on behalf of somebody who typed an address: the public internet, never its own network."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

#: Host and port → addresses, as text. Asked once for each connection; the addresses that were looked at are those connected to.
Resolver = Callable[[str, int], Sequence[str]]

PORTS = {80, 443, 8080, 8443}
#: Where only https counts.
ENCRYPTED_PORTS = PORTS - {80}
_LONGEST = 2_000
_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
#: Ways of writing an IPv4 address inside an IPv6 one: what they lead to is the gateway's decision, not ours.
_EMBEDDING = [
    ipaddress.IPv6Network(net)
    for net in (
        "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16",
    )
]  # fmt: skip


class Refused(Exception):
    """Regard does not connect there. The message is one sentence for whoever gave the address."""


@dataclass(frozen=True)
class Place:
    """An address taken apart. `host` is ASCII; `path` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def allowed(self) -> bool:
        """Named by the operator (REGARD_OUTBOUND_ALLOW): it may be anywhere, at any port."""
        return f"{self.host}:{self.port}" in settings.OUTBOUND_ALLOW


def checked(url: str, *, encrypted: bool = False) -> Place:
    """Take the address apart; `encrypted`: by https only, unless the operator named the host. Raises Refused for what needs no name server to be
    refused.
    """
    if len(url) > _LONGEST or any(ord(letter) <= 32 or ord(letter) == 127 or letter == "\\" for letter in url):
        raise Refused(_("This is not a web address."))
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode().lower().rstrip(".")
        port = parts.port
    except (ValueError, UnicodeError):
        raise Refused(_("This is not a web address.")) from None
    if parts.scheme not in ("http", "https") or not host:
        raise Refused(
            _("The address must begin with https:// and name a host.") if encrypted
            else _("The address must begin with https:// or http:// and name a host.")
        )  # fmt: skip
    if "@" in parts.netloc:
        raise Refused(_("The address must not hold a user name or password."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise Refused(_("Letters outside of ASCII must be written with % in an address."))
    place = Place(parts.scheme, host, (443 if parts.scheme == "https" else 80) if port is None else port, path)
    if encrypted and place.scheme != "https" and not place.allowed:
        raise Refused(_("Customers’ data leaves only encrypted: the address must begin with https://."))
    return _fit(place, ENCRYPTED_PORTS if encrypted else PORTS)


def named(host: str, port: int, *, ports: Collection[int]) -> Place:
    """A server that is given by its name or number, not by a web address. Raises Refused as `checked` does."""
    try:
        name = host.strip().removeprefix("[").removesuffix("]").encode("idna").decode().lower().rstrip(".")
    except UnicodeError:
        name = ""
    if not _HOST.fullmatch(name) or not 0 < port < 2**16:
        raise Refused(_("This is not the name of a server."))
    return _fit(Place("", name, port, ""), ports)


def _fit(place: Place, ports: Collection[int]) -> Place:
    if place.allowed:
        return place
    if place.port not in ports:
        told = ", ".join(str(port) for port in sorted(ports))
        raise Refused(_("Regard connects to these ports only: %(ports)s.") % {"ports": told})
    literal = _literal(place.host)
    if literal:
        _look(literal)
    return place


def addresses_of(place: Place, resolve: Resolver) -> list[str]:
    """Where the host is, asked once. All its addresses must be public ones: whoever mixes in one of ours means harm. Raises Refused."""
    found = (
        [_literal(place.host)] if not place.allowed and _literal(place.host) else list(resolve(place.host, place.port))
    )
    if not found:
        raise Refused(_("No server is known by this name."))
    if not place.allowed:
        for address in found:
            _look(address)
    return found


def from_the_system(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _literal(host: str) -> str:
    """The address when the host is one. Numbers that are none, as 2130706433, 0x7f.1 or 0177.0.0.1, are refused: libraries read them differently."""
    if ":" in host:
        return host
    if not _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
        return ""
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        raise Refused(_("Write the server’s address with four plain numbers, or its name.")) from None


def _look(text: str) -> None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise Refused(_("This is not a web address.")) from None
    embedded = isinstance(address, ipaddress.IPv6Address) and any(address in net for net in _EMBEDDING)
    closed = (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or getattr(address, "is_site_local", False)
    )
    if embedded or closed or not address.is_global:
        raise Refused(_("This address is inside a private network. Whoever runs this server can allow it (REGARD_OUTBOUND_ALLOW)."))  # fmt: skip
