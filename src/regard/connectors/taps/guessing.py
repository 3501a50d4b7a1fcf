"""A first map for a stream: what files are guessed by, and what is known of records beyond it (their keys, and what other streams call them)."""

from __future__ import annotations

import re

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from regard.connectors.files.guessing import guess
from regard.connectors.files.import_map import Becomes, ColumnMap, ImportMap, What
from regard.connectors.files.reading import Reading
from regard.connectors.taps.models import Stream
from regard.ledger.touchpoints.models import Touchpoint

_PEOPLE = re.compile(
    r"contacts?|customers?|users?|people|persons?|leads?|members?|subscribers?|accounts?|companies|company|clients?|profiles?|patients?|guests?"
)
_ANSWERS = re.compile(r"responses?|surveys?|satisfaction|nps|csat|feedbacks?|ratings?|reviews?|scores?")
#: What comes first of several dates: when it happened, not when it was last touched.
_HAPPENED = (
    r"\b(created|submitted|occurred|happened|placed|opened|received)\b",
    r"\b(date|time|start|started)\b",
    r"at$",
)
_TOUCHED = re.compile(r"modif|updat|closed|close date|closedate|last|due|modstamp|next|end|solved|expires|archived")
_WRAPPED = re.compile(r"^(?:propert(?:y|ies)_{1,2}|fields__|attributes__)|__value$")


def guess_stream(stream: Stream, sample: pa.Table, what: What | None = None) -> ImportMap:
    """`sample` has the columns of the stream alone. People correct it; nothing is taken in by it alone."""
    what = what or what_it_holds(stream.name)
    columns = list(sample.column_names)
    short = short_names(columns)
    in_order = sorted(columns, key=lambda column: _rank(_words(short[column])))
    renamed = pa.table({short[column]: pc.fill_null(sample[column].combine_chunks(), "") for column in in_order})
    catalogue = Touchpoint.objects.filter(workspace=stream.connection.workspace_id, retired=None)
    reading = Reading(kind="jsonl", columns=tuple(short[column] for column in in_order))
    found = guess(reading, renamed, what=what, touchpoint_names=list(catalogue.values_list("name", flat=True)))
    long = {name: column for column, name in short.items()}
    by_column: dict[str, list[ColumnMap]] = {}
    for one in found.columns:
        by_column.setdefault(long[one.column], []).append(_careful(one, what))
    for uses in by_column.values():
        for at, one in enumerate(uses):
            named = one.named or (
                one.column if one.becomes in ("trait", "property") and one.column != long[one.column] else ""
            )
            uses[at] = msgspec.structs.replace(one, column=long[one.column], of=long.get(one.of, ""), named=named)
    _link(stream, what, short, by_column)
    ordered = [one for column in columns for one in by_column.get(column, [])]
    constants = found.constants
    if what == "interactions" and not any(one.becomes == "event" for one in ordered):
        constants = msgspec.structs.replace(constants, event=title_of(stream.name))
    if what == "answers" and not any(one.becomes in ("score", "text") for one in ordered):
        return guess_stream(stream, sample, "interactions")
    return msgspec.structs.replace(
        found, columns=ordered, constants=constants, reading=Reading(kind="jsonl", columns=tuple(columns))
    )


def what_it_holds(name: str) -> What:
    last = _words(re.split(r"[.\-]", name)[-1]).split()
    if any(_ANSWERS.fullmatch(word) for word in last):
        return "answers"
    return "customers" if last and _PEOPLE.fullmatch(last[-1]) else "interactions"


def title_of(name: str) -> str:
    """`public-support_tickets` → `Support ticket`."""
    words = singular(_words(re.split(r"[.\-]", name)[-1]))
    return (words[:1].upper() + words[1:]) or name


def singular(words: str) -> str:
    if words.endswith("ies"):
        return words[:-3] + "y"
    return words[:-1] if words.endswith("s") and not words.endswith("ss") else words


def short_names(columns: list[str]) -> dict[str, str]:
    """Column → the name that people call it by: without the boxes that a tap packs everything into, as long as names stay apart."""
    found = {}
    for column in columns:
        plain = column
        while (shorter := _WRAPPED.sub("", plain)) != plain and shorter:
            plain = shorter
        found[column] = plain
    taken: dict[str, int] = {}
    for name in found.values():
        taken[name] = taken.get(name, 0) + 1
    return {column: name if taken[name] == 1 else column for column, name in found.items()}


def _careful(one: ColumnMap, what: What) -> ColumnMap:
    """Records name many things: the telephone of a whole company, the account that contacts share, a deal. None says who a customer is."""
    rest: Becomes = "trait" if what == "customers" else "property"
    shared = one.becomes in ("phone", "identifier", "user_id", "key")
    other = one.becomes == "name" and what != "customers"
    if not shared and not other:
        return one
    return ColumnMap(column=one.column, becomes=rest)


def _link(stream: Stream, what: What, short: dict[str, str], by_column: dict[str, list[ColumnMap]]) -> None:
    """The key of a stream of people is how they are known here; where other streams name that key, it is they."""
    if what == "customers":
        for key in stream.keys[:1]:
            if key in short:
                by_column[key] = [ColumnMap(column=key, becomes="identifier", named=namespace(stream, stream.name))]
        return
    people = [
        other
        for other in stream.connection.streams.values_list("name", flat=True)
        if what_it_holds(other) == "customers"
    ]
    nouns = {singular(_words(re.split(r"[.\-]", name)[-1])): name for name in people}
    ranked = sorted(nouns, key=lambda noun: (noun in ("account", "company"), noun))
    for noun in ranked:
        for column, name in short.items():
            if re.fullmatch(rf"{re.escape(noun)}( id)?", _words(name)) and by_column.get(column, [])[:1]:
                by_column[column] = [
                    ColumnMap(column=column, becomes="identifier", named=namespace(stream, nouns[noun]))
                ]
                return  # a second one might be somebody else


def namespace(stream: Stream, of: str) -> str:
    """Contact 7 of one CRM is not contact 7 of another."""
    words = f"{stream.connection.name} {singular(_words(re.split(r'[.]', of)[-1]))}".lower()
    return re.sub(r"[^\w]+", "-", words).strip("-")[:64]


def _rank(words: str) -> int:
    if _TOUCHED.search(words):
        return 9
    return next((at for at, pattern in enumerate(_HAPPENED) if re.search(pattern, words)), 5)


def _words(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.split(r"[^\w]+|_+", spaced.lower())).strip()
