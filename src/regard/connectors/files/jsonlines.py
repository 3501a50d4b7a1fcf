"""One JSON object per line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from regard.connectors.files.opening import lines
from regard.connectors.files.reading import Reading, UnreadableFile, unique_names
from regard.connectors.files.rows import Broken, Part, part_from_rows

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_string = msgspec.json.Decoder(str)
# Deeper than this is no table; Python's stack is the limit that must never be met.
LONGEST_LINE = 1 << 20


def looks_like(text: str) -> bool:
    return text.lstrip().startswith("{")


def names(path: Path, *, reading: Reading) -> tuple[str, ...]:
    """Every key of every line, in order of first sight. Raises UnreadableFile if no line is an object."""
    found: dict[str, None] = {}
    for line in lines(path, reading=reading):
        record = _decode(line)
        if isinstance(record, dict):
            found.update(dict.fromkeys(record))
    if not found:
        raise UnreadableFile(f"{path.name} starts like JSON, but no line is a JSON object: write one object per line.")
    if unique_names(list(found)) != tuple(found):
        raise UnreadableFile(f"{path.name} has empty, padded or repeated keys: give each key one plain name.")
    return tuple(found)


def parts(path: Path, *, reading: Reading, rows: int) -> Iterator[Part]:
    source = enumerate((line for line in lines(path, reading=reading) if line.strip()), start=1)
    while taken := list(islice(source, rows)):
        good: list[tuple[int, list[str | None]]] = []
        broken: list[Broken] = []
        for number, line in taken:
            record = _decode(line)
            if isinstance(record, str):
                broken.append(Broken(number=number, problem=record, raw=line))
                continue
            try:
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
