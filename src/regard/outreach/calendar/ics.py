"""RFC 5545 as far as a list of moments needs it: text escaped (3.3.11), lines of at most 75 octets folded between characters (3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from regard.outreach.calendar.entries import Entry

#: How long an entry is: it ends when the thing is due.
_LASTS = timedelta(minutes=30)
_LINE = 75


def calendar(entries: Iterable[Entry], *, name: str, host: str, base: str, now: datetime) -> bytes:
    """`base`: what links begin with. `host`: whose entries these are, so that nobody else's are taken for them."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Regard//Due//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
    ]  # fmt: skip
    for one in entries:
        lines += ["BEGIN:VEVENT", f"UID:{_text(one.id.replace(' ', '-'))}@{host}", f"DTSTAMP:{_moment(now)}", *_when(one)]
        lines += [f"SUMMARY:{_text(one.title)}", f"URL:{base}{one.link}", "TRANSP:TRANSPARENT", "END:VEVENT"]
    return b"".join(map(_folded, [*lines, "END:VCALENDAR"]))


def _when(entry: Entry) -> tuple[str, str]:
    if isinstance(entry.at, datetime):
        return f"DTSTART:{_moment(entry.at - _LASTS)}", f"DTEND:{_moment(entry.at)}"
    return f"DTSTART;VALUE=DATE:{entry.at:%Y%m%d}", f"DTEND;VALUE=DATE:{entry.at + timedelta(days=1):%Y%m%d}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    plain = "".join(one if one >= " " and one != "\x7f" else " " for one in words)
    return " ".join(plain.split()).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> bytes:
    parts, current = [], b""
    for letter in line:
        octets = letter.encode()
        if len(current) + len(octets) > _LINE:
            parts.append(current)
            current = b" "
        current += octets
    return b"\r\n".join([*parts, current]) + b"\r\n"
