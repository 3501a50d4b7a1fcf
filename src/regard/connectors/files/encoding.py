"""Which encoding a text file is in: proven where it can be, asked about where it cannot."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from regard.connectors.files.opening import BLOCK, blocks
from regard.connectors.files.reading import Question

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
EIGHT_BIT = ("cp1252", "iso8859-15", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "cp437")


@dataclass(frozen=True)
class TextFacts:
    """What one pass over the whole file shows."""

    encoding: str
    question: Question | None
    head: bytes
    whole: bool
    odd_quotes: bool
    returns_only: bool


def survey(path: Path, *, settled: str | None = None) -> TextFacts:
    """One pass: is it UTF-8 to the last byte, do its double quotes pair up, does it end lines with CR
    alone?"""
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid, quotes, feeds, returns, size = True, 0, 0, 0, 0
    head, odd = b"", b""
    for block in blocks(path):
        if not head:
            head = block
        size += len(block)
        quotes += block.count(b'"')
        feeds += block.count(b"\n")
        returns += block.count(b"\r")
        if valid:
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                valid = False
                odd = block[max(error.start - 2000, 0) : error.start + 2000]
    encoding, question = _encoding(head, valid=valid, odd=odd)
    return TextFacts(
        encoding=settled or encoding,
        question=None if settled else question,
        head=head[:BLOCK],
        whole=size <= BLOCK,
        odd_quotes=quotes % 2 == 1,
        returns_only=returns > 0 and feeds == 0,
    )


def _encoding(head: bytes, *, valid: bool, odd: bytes) -> tuple[str, Question | None]:
    for mark, name in BOMS:
        if head.startswith(mark):
            return name, None
    # Text that is mostly ASCII has a zero in every second byte when it is UTF-16.
    even, uneven = head[0:4000:2].count(0), head[1:4000:2].count(0)
    half = max(len(head[:4000]) // 2, 1)
    if uneven > half * 0.6 and even < half * 0.1:
        return "utf-16-le", None
    if even > half * 0.6 and uneven < half * 0.1:
        return "utf-16-be", None
    if valid:
        return "utf-8", None
    return _eight_bit(odd)


def _eight_bit(odd: bytes) -> tuple[str, Question]:
    best = from_bytes(odd, cp_isolation=list(EIGHT_BIT)).best()
    guessed = best.encoding if best is not None else "cp1252"
    # Windows' code page is Latin-1 with more letters, and by far the commoner: prefer it unless it cannot be.
    chosen = "cp1252" if guessed in {"iso8859-15", "latin_1", "cp437", "mac_roman"} else guessed
    if not _decodes(odd, chosen):
        chosen = next((name for name in EIGHT_BIT if _decodes(odd, name)), "iso8859-15")
    position = next((index for index, byte in enumerate(odd) if byte > 127), 0)
    around = odd[max(position - 20, 0) : position + 20]
    shown = "; ".join(
        f"{name}: “{' '.join(around.decode(name, errors='replace').split())}”" for name in (chosen, "cp437")
    )
    choices = (chosen, *(name for name in EIGHT_BIT if name != chosen and _decodes(odd, name)))
    reason = f"The file is not UTF-8, and its letters read differently by encoding ({shown})."
    return chosen, Question(about="encoding", choices=choices, chosen=chosen, reason=reason)


def _decodes(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True
