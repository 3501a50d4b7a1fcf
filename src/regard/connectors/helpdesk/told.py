"""What Zendesk tells: as much of its tickets, comments, users and audits as is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


def plain(text: str | None) -> str:
    """Without what a database does not take."""
    return (text or "").replace("\0", "").strip()


class Told(msgspec.Struct):
    """A ticket."""

    id: int
    updated_at: str
    status: str = "open"
    subject: str | None = None
    description: str | None = None
    priority: str | None = None
    requester_id: int | None = None
    assignee_id: int | None = None
    tags: list[str] = []

    @property
    def updated(self) -> datetime:
        return datetime.fromisoformat(self.updated_at)


class File(msgspec.Struct):
    """An attachment of a comment."""

    id: int
    file_name: str | None = None
    content_url: str | None = None
    size: int = 0
    deleted: bool | None = None
    malware_scan_result: str | None = None
    malware_access_override: bool | None = None


class Comment(msgspec.Struct):
    id: int
    author_id: int | None = None
    body: str | None = None
    plain_body: str | None = None
    public: bool = True
    created_at: str = ""
    attachments: list[File] = []

    @property
    def text(self) -> str:
        return plain(self.plain_body or self.body)


class User(msgspec.Struct):
    id: int | None
    name: str | None = None
    email: str | None = None
    role: str | None = None
    suspended: bool | None = None


class Exported(msgspec.Struct):
    """A page of the export. Each ticket is read by itself, so that one of a shape that nobody thought of is one only."""

    tickets: list[msgspec.Raw]
    after_cursor: str | None = None
    end_of_stream: bool = True


class Numbered(msgspec.Struct):
    id: int


class _Event(msgspec.Struct):
    id: int = 0
    type: str = ""


class _Metadata(msgspec.Struct):
    custom: dict[str, Any] | None = None


class Audit(msgspec.Struct):
    id: int
    events: list[_Event] = []
    metadata: _Metadata | None = None

    @property
    def mark(self) -> object:
        """What we wrote into the metadata of the update."""
        return (self.metadata.custom or {}).get("regard") if self.metadata else None

    @property
    def comments(self) -> list[int]:
        return [one.id for one in self.events if one.type == "Comment"]


class _Links(msgspec.Struct):
    next: str | None = None


class Comments(msgspec.Struct):
    comments: list[Comment]
    links: _Links | None = None
    next_page: str | None = None


class Audits(msgspec.Struct):
    audits: list[Audit]
    links: _Links | None = None
    next_page: str | None = None


class Users(msgspec.Struct):
    users: list[User]


class Me(msgspec.Struct):
    user: User


class One(msgspec.Struct):
    ticket: Told
    audit: Audit | None = None


class _Upload(msgspec.Struct):
    token: str


class Uploaded(msgspec.Struct):
    upload: _Upload
