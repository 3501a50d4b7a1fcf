"""The ASGI application behind `/v1/*`."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from django.db import DatabaseError, InterfaceError

from regard.ledger.collector.keys import Keys, Sender
from regard.ledger.collector.read import LARGEST_REQUEST, TOO_LARGE, Read, Refused, basic_key, read, unzipped
from regard.ledger.collector.refusals import note_refusal
from regard.ledger.collector.writer import InboxAway, InboxWriter

log = logging.getLogger(__name__)

Headers = list[tuple[bytes, bytes]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

FORMS = {
    "/v1/batch": "batch",
    "/v1/import": "batch",
    "/batch": "batch",
    **{f"/v1/{form}": form for form in ("track", "identify", "page", "screen", "group", "alias")},
    # what Segment's library for browsers says for short
    "/v1/b": "batch",
    **{f"/v1/{form[0]}": form for form in ("track", "identify", "page", "screen", "group", "alias")},
}
#: Browsers on any site may send; nothing can be read here, and no cookie is looked at.
_CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding"),
    (b"access-control-max-age", b"86400"),
]
_JSON = [(b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff"), *_CORS]
_OK = b'{"success": true}'
_RETRY_AFTER = b"5"


class Collector:
    def __init__(self, writer: InboxWriter) -> None:
        self._writer, self._keys = writer, Keys()
        self._notes: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        form = FORMS.get(scope["path"].rstrip("/"))
        if form is None:
            await _problem(send, 404, "no_such_call", f"There is no call {scope['path'][:100]} here.")
        elif scope["method"] == "OPTIONS":
            await _answer(send, 204, b"", _CORS)
        elif scope["method"] != "POST":
            await _problem(send, 405, "post_only", "Send events with POST.", extra=[(b"allow", b"POST, OPTIONS")])
        else:
            await self._take(form, dict(scope["headers"]), receive, send)

    async def _take(self, form: str, headers: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        sender: Sender | None = None
        body = b""
        try:
            key = basic_key(headers.get(b"authorization", b""))
            sender = await self._keys.sender(key) if key else None
            body = await _body(headers, receive)
            found: Read = read(form, body)
            if sender is None and found.key and found.key != key:
                sender = await self._keys.sender(found.key)
            if sender is None:
                raise Refused(
                    401, "bad_key", "The write key is missing, revoked, or may not collect. Settings → Keys makes one."
                )
            await self._writer.put(
                workspace=sender.workspace, source=sender.source, form=form, body=body, items=found.items
            )
            await _answer(send, 200, _OK, _JSON)
        except Refused as refused:
            self._note(sender, refused, body)
            await _problem(send, refused.status, refused.code, refused.detail)
        except (InboxAway, DatabaseError, InterfaceError):
            await _problem(
                send, 503, "try_again", "Events cannot be kept right now. Send them again in a moment.",
                extra=[(b"retry-after", _RETRY_AFTER)],
            )  # fmt: skip
        except ConnectionAbortedError:
            return
        except Exception:
            log.exception("The collector stumbled")
            await _problem(
                send, 503, "try_again", "Something went wrong here. Send the events again in a moment.",
                extra=[(b"retry-after", _RETRY_AFTER)],
            )  # fmt: skip

    def _note(self, sender: Sender | None, refused: Refused, body: bytes) -> None:
        """Count the refused request for its owner; a request without a good key has none."""
        if sender is None:
            return
        task = asyncio.create_task(
            asyncio.to_thread(note_refusal, sender.source, refused.code, refused.detail, body[:2000])
        )
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > LARGEST_REQUEST:
        raise TOO_LARGE
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_REQUEST:
            raise TOO_LARGE
        parts.append(part)
        if not message.get("more_body"):
            break
    body = b"".join(parts)
    encoding = headers.get(b"content-encoding", b"").strip().lower()
    if encoding in (b"gzip", b"x-gzip", b"deflate"):
        return unzipped(body)
    if encoding not in (b"", b"identity"):
        raise Refused(415, "bad_encoding", "The body may be plain or gzip.")
    return body


async def _problem(send: Send, status: int, code: str, detail: str, extra: Iterable[tuple[bytes, bytes]] = ()) -> None:
    content = {
        "type": f"about:blank#{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        "success": False,
    }
    headers = [(b"content-type", b"application/problem+json"), *_CORS, *extra]
    await _answer(send, status, json.dumps(content).encode(), headers)


async def _answer(send: Send, status: int, body: bytes, headers: Headers) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, (b"content-length", str(len(body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": body})
