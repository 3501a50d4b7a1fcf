"""Zendesk's API, as much of it as tickets need: the incremental export by cursor, comments, users, audits, and updates that overwrite nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from regard import outbound
from regard.connectors.helpdesk.models import Desk

_SECONDS = 20.0
_MOST_BYTES = 20_000_000
PER_PAGE = 100
_MOST_PAGES = 50
_WAIT, _MOST_WAIT = 60, 3_600
#: The export refuses to begin within the last minute.
_BEGIN = timedelta(minutes=2)
_T = TypeVar("_T")


class Trouble(Exception):
    """It did not work. The message says why, and what to do, in a sentence."""


class Limited(Trouble):
    """It wants nothing more for so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(_("Zendesk takes no more for now; it goes on by itself."))
        self.seconds = seconds


class Missing(Trouble):
    """There is no such thing, or no more."""


class Conflict(Trouble):
    """Somebody changed it meanwhile: nothing was written."""


class Unfit(Trouble):
    """It takes no such change, and will not: the ticket is closed for good."""


def plain(text: str | None) -> str:
    """Without what a database does not take."""
    return (text or "").replace("\0", "").strip()


class Told(msgspec.Struct):
    """A ticket, as Zendesk tells it."""

    id: int
    updated_at: str
    status: str = "open"
    subject: str | None = None
    description: str | None = None
    priority: str | None = None
    requester_id: int | None = None
    tags: list[str] = []

    @property
    def updated(self) -> datetime:
        return datetime.fromisoformat(self.updated_at)


class Comment(msgspec.Struct):
    id: int
    author_id: int | None = None
    body: str | None = None
    plain_body: str | None = None
    public: bool = True
    created_at: str = ""
    attachments: list[dict[str, Any]] = []

    @property
    def text(self) -> str:
        return plain(self.plain_body or self.body)


class User(msgspec.Struct):
    id: int | None
    name: str | None = None
    email: str | None = None
    role: str | None = None


class _Page(msgspec.Struct):
    tickets: list[Told]
    after_cursor: str | None = None
    end_of_stream: bool = True


class _Event(msgspec.Struct):
    id: int = 0
    type: str = ""


class _Metadata(msgspec.Struct):
    custom: dict[str, Any] | None = None


class _Audit(msgspec.Struct):
    id: int
    events: list[_Event] = []
    metadata: _Metadata | None = None


class _Links(msgspec.Struct):
    next: str | None = None


class _Comments(msgspec.Struct):
    comments: list[Comment]
    links: _Links | None = None
    next_page: str | None = None


class _Audits(msgspec.Struct):
    audits: list[_Audit]
    links: _Links | None = None
    next_page: str | None = None


class _Users(msgspec.Struct):
    users: list[User]


class _Me(msgspec.Struct):
    user: User


class _One(msgspec.Struct):
    ticket: Told
    audit: _Audit | None = None


class Zendesk:
    """Raises Trouble and its kinds, from every method."""

    def __init__(self, desk: Desk) -> None:
        given = desk.settings
        self._base = settings.ZENDESK_ADDRESS.format(subdomain=desk.subdomain)
        proof = base64.b64encode(f"{given.get('email', '')}/token:{given.get('token', '')}".encode()).decode()
        self._headers = {"Authorization": f"Basic {proof}", "Content-Type": "application/json", "Accept": "application/json"}
        self._known: dict[int, User] = {}

    def me(self) -> User:
        """Whose token it is: whoever may not sign in is told to be nobody."""
        found = self._get("/api/v2/users/me.json", _Me).user
        if found.id is None or found.role == "end-user":
            raise Trouble(_refused())
        return found

    def changed(self, cursor: str, since: datetime) -> _Page:
        """Tickets that have changed since then, or after that place, the longest ago first."""
        start = int(min(since, timezone.now() - _BEGIN).timestamp())
        query = {"cursor": cursor} if cursor else {"start_time": str(start)}
        return self._get(f"/api/v2/incremental/tickets/cursor.json?{urlencode({**query, 'per_page': PER_PAGE})}", _Page)

    def ticket(self, number: int) -> Told:
        return self._get(f"/api/v2/tickets/{number}.json", _One).ticket

    def comments(self, number: int) -> list[Comment]:
        pages = self._pages(f"/api/v2/tickets/{number}/comments.json?page%5Bsize%5D={PER_PAGE}", _Comments)
        return sorted((one for page in pages for one in page.comments), key=lambda one: one.id)

    def sent(self, number: int, key: str) -> list[int] | None:
        """The comments of the update that we marked so; None where it never arrived."""
        for page in self._pages(f"/api/v2/tickets/{number}/audits.json?page%5Bsize%5D={PER_PAGE}", _Audits):
            for audit in page.audits:
                if audit.metadata and (audit.metadata.custom or {}).get("regard") == key:
                    return _comments_of(audit)
        return None

    def users(self, numbers: Iterable[int | None]) -> dict[int, User]:
        new = sorted({one for one in numbers if one is not None and one > 0} - self._known.keys())
        for place in range(0, len(new), PER_PAGE):
            ids = ",".join(map(str, new[place : place + PER_PAGE]))
            self._known |= {one.id: one for one in self._get(f"/api/v2/users/show_many.json?ids={ids}", _Users).users if one.id is not None}
        return self._known

    def put(self, number: int, change: dict[str, Any], *, stamp: str, key: str) -> tuple[Told, list[int]]:
        """The ticket as it is then, and the comments that this made. Raises Conflict where it is not as it was at that stamp."""
        whole = {**change, "safe_update": True, "updated_stamp": stamp, "metadata": {"regard": key}}
        answer = self._ask("PUT", f"/api/v2/tickets/{number}.json", _One, {"ticket": whole})
        return answer.ticket, _comments_of(answer.audit) if answer.audit else self.sent(number, key) or []

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
        try:
            answer = outbound.ask(
                method, self._base + path, None if body is None else msgspec.json.encode(body), self._headers, seconds=_SECONDS, most=_MOST_BYTES
            )
        except (outbound.Refused, outbound.Unreachable) as problem:
            raise Trouble(_("Zendesk is not reached: %(why)s") % {"why": problem}) from None
        _check(answer)
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except (msgspec.DecodeError, msgspec.ValidationError):
            raise Trouble(_("What answered does not speak as Zendesk does: is the subdomain right?")) from None


def _check(answer: outbound.Answer) -> None:
    match answer.status:
        case 401 | 403:
            raise Trouble(_refused())
        case 404 | 410:
            raise Missing(_("Zendesk does not know this. Is the subdomain right?"))
        case 409:
            raise Conflict(_("The ticket changed in Zendesk meanwhile; it is looked at again."))
        case 422:
            raise Unfit(_("Zendesk does not take this change: the ticket is closed for good there, or one of its rules forbids it."))
        case 429:
            text = answer.headers.get("retry-after", "")
            raise Limited(min(int(text), _MOST_WAIT) if text.isdecimal() and len(text) < 6 else _WAIT)
        case status if status >= 300:
            raise Trouble(_("Zendesk answered %(status)s; it is tried again in a minute.") % {"status": status})


def _refused() -> str:
    return _("Zendesk does not take this e-mail address and token. Make a token there (Admin Centre, Zendesk API), allow token access, and enter it.")


def _comments_of(audit: _Audit) -> list[int]:
    return [one.id for one in audit.events if one.type == "Comment"]
