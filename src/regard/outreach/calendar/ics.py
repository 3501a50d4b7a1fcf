"""A list of moments as programs for calendars read it (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from regard.outreach.calendar.entries import Entry

#: How long an entry is: it ends when the thing is due.
_LASTS = timedelta(minutes=30)
_HOUR = timedelta(hours=1)


def calendar(entries: Iterable[Entry], *, name: str, host: str, base: str, now: datetime) -> bytes:
    """`base`: what links begin with. `host`: whose entries these are, so that nobody else's are taken for them."""
    made = Calendar()
    about = {"prodid": "-//Regard//Due//EN", "version": "2.0", "calscale": "GREGORIAN", "method": "PUBLISH", "x-wr-calname": name}
    for key, value in about.items():
        made.add(key, value)
    made.add("refresh-interval", _HOUR, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for one in entries:
        made.add_component(_event(one, host, base, now))
    return bytes(made.to_ical())


def _event(entry: Entry, host: str, base: str, now: datetime) -> Event:
    made = Event()
    made.add("uid", f"{entry.id.replace(' ', '-')}@{host}")
    made.add("dtstamp", now.astimezone(UTC))
    if isinstance(entry.at, datetime):
        made.add("dtstart", (entry.at - _LASTS).astimezone(UTC))
        made.add("dtend", entry.at.astimezone(UTC))
    else:
        made.add("dtstart", entry.at)
        made.add("dtend", entry.at + timedelta(days=1))
    made.add("summary", _plain(entry.title))
    made.add("url", f"{base}{entry.link}")
    made.add("transp", "TRANSPARENT")
    return made


def _plain(words: str) -> str:
    """On one line, without what no calendar shows."""
    return " ".join("".join(one if one >= " " and one != "\x7f" else " " for one in words).split())
