"""A Zendesk for tests: tickets, comments, users, audits and files over its API, with pages, safe updates, a rate limit, and answers that get lost."""

from __future__ import annotations

import base64
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

AGENT = 7


@dataclass
class FakeZendesk:
    """What is in it. The clock ticks a second with each change."""

    port: int = 0
    email: str = "agent@halcyon.example"
    token: str = "zd-token"
    per_page: int = 100
    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    audits: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    users: dict[int, dict[str, Any]] = field(default_factory=dict)
    #: (method, path) of everything that was asked.
    asked: list[tuple[str, str]] = field(default_factory=list)
    #: Files by the number of their attachment, and those that wait under a token for their comment.
    files: dict[int, bytes] = field(default_factory=dict)
    uploads: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    #: Endings that no upload may have.
    banned: set[str] = field(default_factory=set)
    #: So many requests more are answered 429, with this Retry-After.
    limited: int = 0
    retry_after: str = "30"
    #: So many updates more are made, and their answers lost.
    lost: int = 0
    #: (method, number of a ticket) → what all that is asked of it is answered with.
    fails: dict[tuple[str, int], int] = field(default_factory=dict)
    #: Fields that one of its rules forbids to change.
    forbids: set[str] = field(default_factory=set)
    #: Called before an update is looked at: somebody else is quicker.
    meanwhile: Any = None
    _clock: int = 0
    _ids: int = 1_000
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.users[AGENT] = {"id": AGENT, "name": "Robin Agent", "email": self.email, "role": "agent"}

    def user(self, number: int, email: str | None, name: str = "Ines Moreau", role: str = "end-user") -> int:
        self.users[number] = {"id": number, "name": name, "email": email, "role": role}
        return number

    def ticket(self, number: int, text: str = "It does not work", *, requester: int = 1, **more: Any) -> dict[str, Any]:
        made = {
            "id": number, "subject": f"Ticket {number}", "description": text, "status": "new", "priority": None, "requester_id": requester,
            "tags": [], "assignee_id": None, "url": "x", "custom_fields": [],
        }  # fmt: skip
        self.tickets[number] = {**made, **more}
        self.comments[number], self.audits[number] = [], []
        self.comment(number, text, requester)
        return self.tickets[number]

    def comment(self, number: int, text: str, author: int, *, public: bool = True, status: str = "", custom: Any = None, **more: Any) -> int:
        self._ids += 1
        made = {"id": self._ids, "type": "Comment", "author_id": author, "body": text, "plain_body": text, "public": public, "attachments": []}
        self.comments[number].append({**made, **more, "created_at": self._now()})
        audit = {"id": 10**6 + self._ids, "author_id": author, "events": [{"id": self._ids, "type": "Comment"}]}
        self.audits[number].append({**audit, "metadata": {"custom": custom or {}, "system": {}}})
        self.change(number, **({"status": status} if status else {}))
        return self._ids

    def attachment(self, name: str, body: bytes, **more: Any) -> dict[str, Any]:
        """For a comment. It is served elsewhere, and led to from here."""
        self._ids += 1
        self.files[self._ids] = body
        place = f"http://127.0.0.1:{self.port}/attachments/token/t{self._ids}/?name={name}"
        return {"id": self._ids, "file_name": name, "content_url": place, "content_type": "x/y", "size": len(body), "deleted": False, **more}

    def change(self, number: int, **more: Any) -> None:
        self._clock += 1
        self.tickets[number] |= {**more, "updated_at": self._now(), "order": self._clock}

    def _now(self) -> str:
        hours, rest = divmod(self._clock, 3_600)
        return f"2030-01-01T{hours:02}:{rest // 60:02}:{rest % 60:02}Z"

    def answer(self, method: str, path: str, headers: Any, body: Any) -> tuple[int, Any, dict[str, str]]:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append((method, parts.path))
        if parts.path.startswith("/served/"):  # by another host, which nobody shows a key
            if headers["Authorization"] or not headers["Host"].startswith("localhost:"):
                return 400, {}, {}
            return 200, self.files[int(parts.path.rpartition("/")[2])], {}
        proof = base64.b64encode(f"{self.email}/token:{self.token}".encode()).decode()
        if headers["Authorization"] != f"Basic {proof}":
            return 401, {"error": "Couldn't authenticate you"}, {}
        if self.limited:
            self.limited -= 1
            return 429, {}, {"Retry-After": self.retry_after}
        if parts.path.startswith("/attachments/token/t"):
            file = parts.path.split("/")[3][1:]
            if int(file) not in self.files:
                return 404, {}, {}
            return 302, {}, {"Location": f"http://localhost:{self.port}/served/{file}"}
        steps = parts.path.removeprefix("/api/v2/").removesuffix(".json").split("/")
        if steps[0] == "tickets" and (status := self.fails.get((method, int(steps[1])))):
            return status, {"error": "Failed"}, {}
        match (method, *steps):
            case ("POST", "uploads"):
                return self._upload(query, body)
            case ("GET", "users", "me"):
                return 200, {"user": self.users[AGENT]}, {}
            case ("GET", "users", "show_many"):
                return 200, {"users": [self.users[int(one)] for one in query["ids"].split(",") if int(one) in self.users]}, {}
            case ("GET", "users", "search"):
                return 200, {"users": [one for one in self.users.values() if query["query"].removeprefix("email:") in (one["email"] or "")]}, {}
            case ("GET", "incremental", "tickets", "cursor"):
                return 200, self._export(query), {}
            case ("GET" | "PUT", "tickets", number, *_more) if int(number) not in self.tickets:
                return 404, {"error": "RecordNotFound"}, {}
            case ("GET", "tickets", number):
                return 200, {"ticket": self.tickets[int(number)]}, {}
            case ("GET", "tickets", number, "comments" | "audits" as what):
                return 200, self._paged(getattr(self, what)[int(number)], what, parts.path, query), {}
            case ("PUT", "tickets", number):
                return self._put(int(number), body["ticket"])
        return 404, {"error": "InvalidEndpoint"}, {}

    def _export(self, query: dict[str, str]) -> dict[str, Any]:
        after = int(query["cursor"]) if "cursor" in query else 0
        found = sorted((one for one in self.tickets.values() if one["order"] > after), key=lambda one: one["order"])
        page = found[: self.per_page]
        last = page[-1]["order"] if page else after
        return {"tickets": page, "after_cursor": str(last), "end_of_stream": len(found) <= self.per_page}

    def _paged(self, rows: list[Any], what: str, path: str, query: dict[str, str]) -> dict[str, Any]:
        start = int(query.get("page[after]", "0"))
        more = start + self.per_page < len(rows)
        further = f"https://elsewhere.example{path}?page%5Bafter%5D={start + self.per_page}" if more else None
        return {what: rows[start : start + self.per_page], "links": {"next": further}, "meta": {"has_more": more}}

    def _upload(self, query: dict[str, str], body: bytes) -> tuple[int, Any, dict[str, str]]:
        if query["filename"].rpartition(".")[2] in self.banned:
            return 422, {"error": "AttachmentUnprocessable"}, {}
        token = query.get("token") or f"u{self._ids}"
        self.uploads.setdefault(token, []).append(self.attachment(query["filename"], body))
        return 201, {"upload": {"token": token, "attachments": self.uploads[token]}}, {}

    def _put(self, number: int, given: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        if self.meanwhile is not None:
            self.meanwhile, quicker = None, self.meanwhile
            quicker()
        ticket = self.tickets[number]
        if ticket["status"] == "closed":
            closed = {"status": [{"description": "Status closed prevents ticket update"}]}
            return 422, {"error": "RecordInvalid", "description": "Record validation errors", "details": closed}, {}
        if given.get("safe_update") and given["updated_stamp"] != ticket["updated_at"]:
            return 409, {"error": "UpdateConflict"}, {}
        if self.forbids & given.keys():
            return 422, {"error": "RecordInvalid", "description": "Record validation errors"}, {}
        if (agent := given.get("assignee_id")) and self.users.get(agent, {}).get("role") != "agent":
            return 422, {"error": "RecordInvalid", "description": "Record validation errors"}, {}
        audit: dict[str, Any] = {"id": 0, "events": []}
        if comment := given.get("comment"):
            files = [file for token in comment.get("uploads", []) for file in self.uploads.pop(token)]
            told = {"public": comment["public"], "custom": given.get("metadata"), "attachments": files}
            id = self.comment(number, comment["body"], AGENT, **told)
            audit["events"] = [{"id": id, "type": "Comment"}]
        changed: dict[str, Any] = {name: given[name] for name in ("status", "subject", "priority", "assignee_id") if name in given}
        if "tags" in given:  # the whole list; in small letters, and spaces part one from the next
            changed["tags"] = sorted({word for one in given["tags"] for word in one.casefold().split()})
        self.change(number, **changed)
        if self.lost:
            self.lost -= 1
            raise ConnectionAbortedError
        return 200, {"ticket": ticket, "audit": audit}, {}


@contextmanager
def serving() -> Iterator[FakeZendesk]:
    fake = FakeZendesk()

    class Handler(http.server.BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with fake._lock:
                try:
                    sent = body if self.path.startswith("/api/v2/uploads") else json.loads(body) if body else None
                    status, told, headers = fake.answer(self.command, self.path, self.headers, sent)
                except ConnectionAbortedError:
                    self.close_connection = True
                    return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told if isinstance(told, bytes) else json.dumps(told).encode())

        do_GET = do_PUT = do_POST = _answer

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()


@pytest.fixture
def zendesk(settings: Any) -> Iterator[FakeZendesk]:
    """The operator says where it is, and that it may be reached there."""
    with serving() as fake:
        settings.ZENDESK_ADDRESS = f"http://127.0.0.1:{fake.port}"
        settings.OUTBOUND_ALLOW, settings.ZENDESK_CONTENT = frozenset({f"127.0.0.1:{fake.port}", f"localhost:{fake.port}"}), "localhost"
        yield fake
