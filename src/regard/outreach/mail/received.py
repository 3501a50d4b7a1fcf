"""Mail that customers send us: read into what it says, and given to whoever it is an answer to.

Nothing in a mail is believed but what we signed: which message of ours it answers is told by the mark in the message's id, which only
whoever got that message knows. Whether the sender is its customer, the receiver checks by the address.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.message import Message as Part

from django.utils.crypto import constant_time_compare
from django.utils.html import strip_tags
from mailparser_reply import EmailReplyParser

from regard.customers.identity.names import EMAIL, normalised
from regard.outreach.mail.returned import MARK, mark
from regard.outreach.messages.models import Message

_LANGUAGES = ["en", "fr", "de", "es", "it", "nl", "pl"]
#: Of a mail no more is read: the parser of quotes is made for letters, not for books.
_MOST = 20_000
_MOST_ATTACHMENTS = 20


@dataclass(frozen=True)
class Attached:
    name: str
    body: bytes


@dataclass(frozen=True)
class Received:
    workspace: int
    #: Where it says it is from, as addresses are kept.
    sender: str
    subject: str
    #: What they wrote, without what they quote.
    text: str
    #: What their mail program calls it.
    reference: str
    #: The message of ours that it answers.
    answers: Message | None
    #: Written by a machine: an out-of-office note, a list, a report.
    automatic: bool
    attachments: tuple[Attached, ...] = ()


#: In their order: the first that takes it has it. `site/wiring.py` enters them.
RECEIVERS: list[Callable[[Received], bool]] = []


def take(workspace: int, raw: bytes, *, ours: str = "") -> bool:
    """Whether somebody took it. `ours`: the address that our own mail goes out from; what comes from there goes round in circles."""
    found = read(workspace, raw)
    if found is None or found.sender == normalised(EMAIL, ours):
        return False
    return any(receiver(found) for receiver in RECEIVERS)


def read(workspace: int, raw: bytes) -> Received | None:
    """None for what has no sender, or is no mail."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    try:
        (author,) = mail["from"].addresses[:1]
        sender, subject = normalised(EMAIL, author.addr_spec), str(mail["subject"] or "")
    except (AttributeError, IndexError, TypeError, ValueError):
        return None
    if not sender:
        return None
    return Received(
        workspace=workspace, sender=sender, subject=_plain(subject)[:250], text=_text(mail), reference=_plain(str(mail["message-id"] or ""))[:250],
        answers=_answered(workspace, mail), automatic=_automatic(mail), attachments=_attachments(mail),
    )  # fmt: skip


def _plain(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _text(mail: EmailMessage) -> str:
    try:
        part = mail.get_body(("plain", "html"))
        content = str(part.get_content()) if part is not None else ""
    except (LookupError, ValueError, AttributeError, KeyError):  # a charset that is none, a body that is no body
        return ""
    if part is not None and part.get_content_type() == "text/html":
        content = html.unescape(strip_tags(re.sub(r"(?is)<(style|script|head)\b.*?</\1>|<br\s*/?>|</(?:p|div|tr|li)>", "\n", content[: 4 * _MOST])))
    content = content.replace("\0", "").replace("\r\n", "\n")[:_MOST]
    reply = EmailReplyParser(languages=_LANGUAGES).parse_reply(content) or ""
    return re.sub(r"\n{3,}", "\n\n", (reply.strip() or content.strip()))


def _automatic(mail: EmailMessage) -> bool:
    """RFC 3834, and what programs write that do not know it."""
    said = str(mail["auto-submitted"] or "no").split(";")[0].strip().casefold()
    bulk = str(mail["precedence"] or "").strip().casefold() in ("bulk", "junk", "list", "auto_reply")
    return said != "no" or bulk or any(mail[name] for name in ("x-autoreply", "x-autorespond", "list-id", "x-auto-response-suppress"))


def _answered(workspace: int, mail: EmailMessage) -> Message | None:
    """The newest of ours that it refers to, by a mark that is really ours."""
    named = " ".join(str(mail[name] or "") for name in ("in-reply-to", "references", "to", "delivered-to", "x-original-to"))
    numbers = [int(number) for given, number in MARK.findall(named[:20_000]) if constant_time_compare(given, mark(workspace, int(number)))]
    return Message.objects.filter(pk__in=numbers, workspace=workspace).order_by("-pk").first() if numbers else None


def _attachments(mail: EmailMessage) -> tuple[Attached, ...]:
    try:
        parts = list(mail.iter_attachments())[:_MOST_ATTACHMENTS]
    except (AttributeError, TypeError):  # of what is no multipart
        return ()
    return tuple(Attached(_plain(part.get_filename() or part.get_content_type().replace("/", "."))[:200], _body(part)) for part in parts)


def _body(part: Part) -> bytes:
    """Empty where there is nothing to be read."""
    try:
        inner = part.get_payload(decode=True)
        if inner is None and part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0).as_bytes()  # type: ignore[union-attr]
    except (AttributeError, LookupError, TypeError, ValueError):
        return b""
    return inner if isinstance(inner, bytes) else b""
