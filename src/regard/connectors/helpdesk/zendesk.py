"""Zendesk's API, as much of it as tickets need: the incremental export by cursor, comments, users, audits, files, and updates that
overwrite nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from regard import outbound
from regard.connectors.helpdesk.models import Desk
from regard.connectors.helpdesk.told import (
    Audits,
    Comment,
    Comments,
    Exported,
    Me,
    Numbered,
    One,
    Told,
    Uploaded,
    User,
    Users,
)
from regard.connectors.helpdesk.trouble import Missing, NotLetIn, TooLarge, Trouble, Unfit, Unreached, check, refused

_SECONDS = 20.0
_MOST_BYTES = 20_000_000
PER_PAGE = 100
_MOST_PAGES, _MOST_HOPS = 50, 4
#: The export refuses to begin within the last minute.
_BEGIN = timedelta(minutes=2)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Page:
    tickets: list[Told]
    #: The numbers of those that could not be read.
    unread: list[int]
    after: str
    end: bool


class Zendesk:
    """Raises Trouble and its kinds, from every method."""

    def __init__(self, desk: Desk) -> None:
        given = desk.settings
        self._base = settings.ZENDESK_ADDRESS.format(subdomain=desk.subdomain)
        proof = base64.b64encode(f"{given.get('email', '')}/token:{given.get('token', '')}".encode()).decode()
        self._headers = {"Authorization": f"Basic {proof}", "Content-Type": "application/json", "Accept": "application/json"}
        self.hold = desk.hold
        self._known: dict[int, User] = {}
        self._agents: dict[str, int | None] = {}

    def me(self) -> User:
        """Whose token it is: whoever may not sign in is told to be nobody."""
        found = self._get("/api/v2/users/me.json", Me).user
        if found.id is None or found.role == "end-user":
            raise NotLetIn(refused())
        return found

    def changed(self, cursor: str, since: datetime) -> Page:
        """Tickets that have changed since then, or after that place, the longest ago first."""
        start = int(min(since, timezone.now() - _BEGIN).timestamp())
        query = {"cursor": cursor} if cursor else {"start_time": str(start)}
        found = self._get(f"/api/v2/incremental/tickets/cursor.json?{urlencode({**query, 'per_page': PER_PAGE})}", Exported)
        page = Page([], [], found.after_cursor or "", found.end_of_stream)
        for raw in found.tickets:
            try:
                page.tickets.append(msgspec.json.decode(raw, type=Told))
            except msgspec.ValidationError:
                page.unread.append(_decoded(raw, Numbered).id)
        return page

    def ticket(self, number: int) -> Told:
        return self._get(f"/api/v2/tickets/{number}.json", One).ticket

    def comments(self, number: int) -> list[Comment]:
        pages = self._pages(f"/api/v2/tickets/{number}/comments.json?page%5Bsize%5D={PER_PAGE}", Comments)
        return sorted((one for page in pages for one in page.comments), key=lambda one: one.id)

    def sent(self, number: int, key: str) -> list[int] | None:
        """The comments of the update that we marked so; None where it never arrived."""
        for page in self._pages(f"/api/v2/tickets/{number}/audits.json?page%5Bsize%5D={PER_PAGE}", Audits):
            for audit in page.audits:
                if audit.mark == key:
                    return audit.comments
        return None

    def users(self, numbers: Iterable[int | None]) -> dict[int, User]:
        new = sorted({one for one in numbers if one is not None and one > 0} - self._known.keys())
        for place in range(0, len(new), PER_PAGE):
            ids = ",".join(map(str, new[place : place + PER_PAGE]))
            self._known |= {one.id: one for one in self._get(f"/api/v2/users/show_many.json?ids={ids}", Users).users if one.id is not None}
        return self._known

    def agent(self, address: str) -> int | None:
        """Who may have tickets and has exactly this address."""
        address = address.casefold()
        if address not in self._agents:
            found = self._get(f"/api/v2/users/search.json?{urlencode({'query': f'email:{address}'})}", Users).users
            able = [one.id for one in found if (one.email or "").casefold() == address and one.role in ("agent", "admin") and not one.suspended]
            self._agents[address] = able[0] if able else None
        return self._agents[address]

    def put(self, number: int, change: dict[str, Any], *, stamp: str, key: str) -> tuple[Told, list[int]]:
        """The ticket as it is then, and the comments that this made. Raises Conflict where it is not as it was at that stamp."""
        whole = {**change, "safe_update": True, "updated_stamp": stamp, "metadata": {"regard": key}}
        answer = self._ask("PUT", f"/api/v2/tickets/{number}.json", One, {"ticket": whole})
        return answer.ticket, answer.audit.comments if answer.audit else self.sent(number, key) or []

    def upload(self, name: str, kind: str, body: bytes, token: str = "") -> str:
        """A file for a comment to come: what it is named by there, together with the others of that token."""
        query = {"filename": name, **({"token": token} if token else {})}
        try:
            answer = self._answer("POST", f"{self._base}/api/v2/uploads.json?{urlencode(query)}", body, {**self._headers, "Content-Type": kind})
            check(answer)
        except (Unfit, TooLarge):
            why = _("Zendesk does not take the file %(name)s: it is too large there, or of a kind that is not allowed.")
            raise Trouble(why % {"name": name}) from None
        return _decoded(answer.body, Uploaded).upload.token

    def content(self, url: str, most: int) -> bytes:
        """Of an attachment, at most so many bytes. It is fetched where Zendesk serves such things, and nowhere else; the key stays with its API."""
        for _hop in range(_MOST_HOPS):
            place, own = self._served(url)
            answer = self._answer("GET", place, None, self._headers if own else {}, most=most + 1)
            if answer.status in (301, 302, 303, 307, 308) and answer.headers.get("location"):
                url = urljoin(place, answer.headers["location"])
                continue
            check(answer)
            if len(answer.body) > most:
                raise TooLarge
            return answer.body
        raise Missing(_("Zendesk sends from one place to the next."))

    def _served(self, url: str) -> tuple[str, bool]:
        """The address, and whether it is the desk's own: those of its attachments are, also by a name of the company's. Raises Missing."""
        parts, base = urlsplit(url), urlsplit(self._base)
        host, domain = parts.hostname or "", settings.ZENDESK_CONTENT
        if parts.scheme == base.scheme and (host == domain or host.endswith(f".{domain}")):
            return url, False
        if parts.path.startswith("/attachments/"):
            return f"{self._base}{parts.path}?{parts.query}", True
        raise Missing(_("It does not lie where Zendesk keeps files."))

    def _pages(self, path: str, kind: type[_T]) -> Iterator[_T]:
        for _page in range(_MOST_PAGES):
            found: Any = self._get(path, kind)
            yield found
            further = (found.links.next if found.links else None) or found.next_page
            if not further:
                return
            parts = urlsplit(further)  # only where it is: the key goes to nobody else
            path = f"{parts.path}?{parts.query}"

    def _get(self, path: str, kind: type[_T]) -> _T:
        return self._ask("GET", path, kind)

    def _ask(self, method: str, path: str, kind: type[_T], body: object = None) -> _T:
        sent = None if body is None else msgspec.json.encode(body)
        answer = self._answer(method, self._base + path, sent, self._headers)
        check(answer)
        return _decoded(answer.body, kind)

    def _answer(self, method: str, url: str, body: bytes | None, headers: dict[str, str], *, most: int = _MOST_BYTES) -> outbound.Answer:
        try:
            return outbound.ask(method, url, body, headers, seconds=_SECONDS, most=most)
        except (outbound.Refused, outbound.Unreachable) as problem:
            raise Unreached(_("Zendesk is not reached: %(why)s") % {"why": problem}) from None


def _decoded(body: bytes | msgspec.Raw, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise Trouble(_("What answered does not speak as Zendesk does: is the subdomain right?")) from None
