"""JSON objects: one a line, or a document that is a list of them. Conversations among them become text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec

from regard.connectors.files import transcripts
from regard.connectors.files.opening import lines
from regard.connectors.files.reading import Reading, UnreadableFile, unique_names
from regard.connectors.files.rows import Broken, Part, part_from_rows

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_string = msgspec.json.Decoder(str)
# Deeper than this is no table; Python's stack is the limit that must never be met.
LONGEST_LINE = 1 << 20


#: A document has to be held as a whole.
LARGEST_DOCUMENT = 256 << 20


def kind_of(text: str) -> Literal["jsonl", "json", ""]:
    """By how it begins: an object that ends on its line, a document, or no JSON at all."""
    text = text.lstrip()
    if text.startswith("{"):
        first, _end, rest = text.partition("\n")
        return "jsonl" if rest.strip() and isinstance(_decode(first), dict) else "json"
    return "json" if text.startswith("[") else ""


def sniff(path: Path, *, reading: Reading) -> Reading:
    """With every key of every record as a column, in order of first sight, and the key that holds what was said in conversations.

    Raises UnreadableFile if there is no record.
    """
    found: dict[str, None] = {}
    turns = ""
    for line in _lines(path, reading=reading):
        record = _decode(line)
        if isinstance(record, dict):
            turns = turns or transcripts.turns_key(record)
            found.update(dict.fromkeys(_flat(record) if turns else record))
    if not found:
        raise UnreadableFile(
            f"{path.name} starts like JSON, but holds no JSON object: write one object per line, or a list of them."
        )
    if turns:
        found = {name: None for name in found if name not in (turns, *transcripts.COLUMNS)} | dict.fromkeys(
            transcripts.COLUMNS
        )
    if unique_names(list(found)) != tuple(found):
        raise UnreadableFile(f"{path.name} has empty, padded or repeated keys: give each key one plain name.")
    return msgspec.structs.replace(reading, columns=tuple(found), turns=turns)


def _lines(path: Path, *, reading: Reading) -> Iterator[str]:
    if reading.kind == "jsonl":
        yield from (line for line in lines(path, reading=reading) if line.strip())
        return
    if path.stat().st_size > LARGEST_DOCUMENT:
        raise UnreadableFile(f"{path.name} is one JSON document of more than 256 MB: write one object per line.")
    try:
        document = msgspec.json.decode("".join(f"{line}\n" for line in lines(path, reading=reading)), type=_Document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnreadableFile(f"{path.name} is no valid JSON, neither one object per line nor one list of them: {error}.") from error
    if isinstance(document, dict):  # {"conversations": [...]}, or one record alone
        lists = [one for raw in document.values() if bytes(raw).startswith(b"[") and (one := _records(raw))]
        own = transcripts.turns_key(document)
        document = [msgspec.Raw(msgspec.json.encode(document))] if own or not lists else max(lists, key=len)
    yield from (bytes(raw).decode() for raw in document)


_Document = list[msgspec.Raw] | dict[str, msgspec.Raw]


def _records(raw: msgspec.Raw) -> list[msgspec.Raw]:
    found = msgspec.json.decode(raw, type=list[msgspec.Raw])
    return found if all(bytes(one).lstrip().startswith(b"{") for one in found) else []


def _flat(record: dict[str, msgspec.Raw]) -> dict[str, msgspec.Raw]:
    """{"customer": {"email": …}} as {"customer email": …}."""
    found: dict[str, msgspec.Raw] = {}
    for name, raw in record.items():
        if bytes(raw).startswith(b"{"):
            found |= {f"{name} {inner}": value for inner, value in _object.decode(raw).items()}
        else:
            found[name] = raw
    return found


def parts(path: Path, *, reading: Reading, rows: int) -> Iterator[Part]:
    source = enumerate(_lines(path, reading=reading), start=1)
    while taken := list(islice(source, rows)):
        good: list[tuple[int, list[str | None]]] = []
        broken: list[Broken] = []
        for number, line in taken:
            record = _decode(line)
            if isinstance(record, str):
                broken.append(Broken(number=number, problem=record, raw=line))
                continue
            try:
                if reading.turns:
                    flat, said = _flat(record), transcripts.cells(record.get(reading.turns))
                    good.append(
                        (number, [said[name] if name in said else _text(flat.get(name)) for name in reading.columns])
                    )
                else:
                    good.append((number, [_text(record.get(name)) for name in reading.columns]))
            except msgspec.DecodeError as error:
                broken.append(Broken(number=number, problem=f"The line holds a broken text: {error}.", raw=line))
        yield part_from_rows(good, reading.columns, broken)


def _decode(line: str) -> dict[str, msgspec.Raw] | str:
    """The keys of a line with their raw values, or what is wrong with it."""
    if len(line) > LONGEST_LINE:
        return "The line is longer than a megabyte."
    try:
        return _object.decode(line.encode())
    except msgspec.ValidationError:
        return "The line is JSON but not an object."
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return "The line is not valid JSON; it may be cut off."


def _text(raw: msgspec.Raw | None) -> str | None:
    """A cell: text as it is, numbers as written, nested values as their JSON."""
    if raw is None:
        return None
    data = bytes(raw).strip()
    if data == b"null":
        return None
    text = _string.decode(data) if data.startswith(b'"') else data.decode()
    return text.replace("\0", "\ufffd")
