"""A mailbox in mbox form: each mail is a row, about the customer who wrote it or to whom it went."""

from __future__ import annotations

import email.policy
import mailbox
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import IO

from regard.connectors.files.opening import blocks, is_gzipped
from regard.connectors.files.reading import Reading, UnreadableFile
from regard.connectors.files.rows import Broken, Part, part_from_rows
from regard.ledger.conversations import AGENT, CUSTOMER, SYSTEM, Turn, written

COLUMNS = ("id", "date", "email", "name", "subject", "thread", "said", "text")
#: Longer mails are no longer mails that somebody wrote.
_LONGEST = 200_000
_LOOKED_AT = 500


def looks_like(head: bytes) -> bool:
    return (
        bool(re.match(rb"From \S+.*\d{4}", head.partition(b"\n")[0]))
        and re.search(rb"^(From|Date|Subject|Received): ", head, re.M) is not None
    )


def sniff(path: Path) -> Reading:
    """`ours`: the domain of the address that most of the mails come from or go to, as a mailbox of the company's has it."""
    met: Counter[str] = Counter()
    with _mails(path) as mails:
        for mail in islice(mails, _LOOKED_AT):
            met.update({address for name in ("from", "to", "cc") for _called, address in _people(mail, name)})
    if not met:
        raise UnreadableFile(f"{path.name} holds no mail that says whom it is from.")
    ((most, _count),) = met.most_common(1)
    return Reading(kind="mbox", columns=COLUMNS, ours=most.partition("@")[2])


def parts(path: Path, *, reading: Reading, rows: int) -> Iterator[Part]:
    with _mails(path) as mails:
        source = enumerate(mails, start=1)
        while taken := list(islice(source, rows)):
            good: list[tuple[int, list[str | None]]] = []
            broken: list[Broken] = []
            for number, mail in taken:
                try:
                    good.append((number, _row(mail, reading.ours)))
                except (
                    ValueError,
                    LookupError,
                    AttributeError,
                ) as error:  # what the library makes of headers that are none
                    broken.append(
                        Broken(
                            number=number,
                            problem=f"The mail cannot be read: {error}.",
                            raw=str(mail.get("subject", ""))[:200],
                        )
                    )
            yield part_from_rows(good, COLUMNS, broken)


@contextmanager
def _mails(path: Path) -> Iterator[Iterator[EmailMessage]]:
    """One after another; the library wants to jump about in the file, so a packed one is unpacked first."""
    with ExitStack() as stack:
        found = Path(path)
        if is_gzipped(path):
            unpacked = stack.enter_context(tempfile.NamedTemporaryFile())
            for block in blocks(path):
                unpacked.write(block)
            unpacked.flush()
            found = Path(unpacked.name)
        box = mailbox.mbox(found, factory=_read, create=False)  # type: ignore[arg-type]
        try:
            yield iter(box)  # type: ignore[arg-type]
        finally:
            box.close()


def _read(file: IO[bytes]) -> EmailMessage:
    return email.message_from_bytes(file.read(), policy=email.policy.default)


def _row(mail: EmailMessage, ours: str) -> list[str | None]:
    senders = _people(mail, "from")
    if not senders:
        raise ValueError("it says nobody whom it is from")
    called, address = senders[0]
    mine = _is_ours(address, ours)
    if mine:
        others = [one for name in ("to", "cc") for one in _people(mail, name) if not _is_ours(one[1], ours)]
        called, address = others[0] if others else ("", "")
    # Out-of-office notes and returned mail are nobody's words.
    by_itself = (
        str(mail.get("auto-submitted", "no")).strip().lower() != "no"
        or str(mail.get("return-path", "")).strip() == "<>"
    )
    text, properties = written([Turn(SYSTEM if by_itself else AGENT if mine else CUSTOMER, own_words(_body(mail)))])
    thread = (
        str(mail.get("references", "")).split()
        or str(mail.get("in-reply-to", "")).split()
        or [str(mail.get("message-id", "")).strip()]
    )[0]
    return [
        str(mail.get("message-id", "")).strip() or None, _date(mail), address or None, None if mine else called or None,
        str(mail.get("subject", ""))[:300] or None, thread or None, properties["said"] or None, text or None,
    ]  # fmt: skip


def _people(mail: EmailMessage, header: str) -> list[tuple[str, str]]:
    found = getaddresses([str(one) for one in mail.get_all(header, [])])
    return [(called.strip(), address.strip().lower()) for called, address in found if "@" in address]


def _is_ours(address: str, ours: str) -> bool:
    domain = address.partition("@")[2]
    return bool(ours) and (domain == ours or domain.endswith(f".{ours}"))


def _date(mail: EmailMessage) -> str | None:
    try:
        moment = parsedate_to_datetime(str(mail.get("date", "")))
    except ValueError:
        return str(mail.get("date", "")) or None  # the trial says what is wrong with it
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())[:_LONGEST]
    except (LookupError, UnicodeError):  # an encoding that there is not
        payload = part.get_payload(decode=True)
        text = (payload if isinstance(payload, bytes) else b"")[:_LONGEST].decode("utf-8", "replace")
    # A line that begins with "From " stands in a mailbox as ">From ": it is no quotation.
    return plain(text) if part.get_content_type() == "text/html" else re.sub(r"^>From ", "From ", text, flags=re.M)


_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table"})
_UNSAID = frozenset({"script", "style", "head", "title", "blockquote"})


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.unsaid = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.unsaid += tag in _UNSAID
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.unsaid = max(self.unsaid - (tag in _UNSAID), 0)
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unsaid:
            self.said.append(data)


def plain(html: str) -> str:
    """The words of a page, without what it quotes."""
    parser = _Plain()
    parser.feed(html)
    return "".join(parser.said)


#: How mail programs begin what they quote, in the languages that they speak.
_QUOTES = re.compile(
    r"^(on|le|am|el|il|op|em|den|w dniu|dnia) .{6,200}(wrote|a écrit|schrieb|escribió|ha scritto|schreef|escreveu|skrev|napisał\S*).{0,120}:$"
    r"|^.{6,200}(wrote|a écrit|schrieb|escribió|ha scritto|schreef|escreveu|skrev|napisał\S*) ?:$"
    r"|^[-_]{2,} ?(original message|message d.origine|ursprüngliche nachricht|mensaje original|messaggio originale|forwarded message"
    r"|oorspronkelijk bericht|mensagem original).{0,20}$|^_{20,}$",
    re.I,
)
_HEADER = re.compile(r"^(from|de|von|da|van)\s?: .{3,300}$", re.I)
_NEXT = re.compile(
    r"^(sent|date|envoyé|gesendet|enviado( el)?|inviato|verzonden|to|à|an|para|a|aan)\s?: .{3,300}$", re.I
)


def own_words(text: str) -> str:
    """What was written anew: without what it quotes and without the signature below `-- `. Each line is looked at once."""
    kept: list[str] = []
    lines = [line.rstrip("\r") for line in text.split("\n")]
    for place, line in enumerate(lines):
        bare = line.strip()[:600]
        after = lines[place + 1].strip()[:300] if place + 1 < len(lines) else ""
        if (
            line.rstrip("\r") == "-- "
            or _QUOTES.match(bare)
            or (_QUOTES.match(f"{bare} {after}") and after.endswith(":"))
        ):
            break
        if _HEADER.match(bare) and _NEXT.match(after):
            break
        if not bare.startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()
