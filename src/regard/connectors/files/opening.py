"""Bytes of a file, unpacked and as UTF-8, without ever holding the whole of it."""

from __future__ import annotations

import codecs
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from regard.connectors.files.reading import Reading, UnreadableFile

BLOCK = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"
SMALL, SWELLING = 64 << 20, 250


def is_gzipped(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == GZIP_MAGIC


def open_bytes(path: Path) -> IO[bytes]:
    """The file's own bytes, unpacked if it is gzipped."""
    if is_gzipped(path):
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


def blocks(path: Path) -> Iterator[bytes]:
    """The unpacked bytes in blocks of 1 MB.

    Raises UnreadableFile when the packing is damaged, or swells far beyond what data does.
    """
    room = most_unpacked(path)
    with open_bytes(path) as file:
        while True:
            try:
                block = file.read(BLOCK)
            except (OSError, EOFError) as error:
                raise UnreadableFile(
                    f"{path.name} is a damaged or truncated gzip file: pack or download it again."
                ) from error
            if not block:
                return
            room -= len(block)
            if room < 0:
                raise UnreadableFile(f"{path.name} unpacks to far more than a table would; unpack it yourself.")
            yield block


def most_unpacked(path: Path) -> int:
    """Bytes that a file may unpack to: tables rarely shrink to a fiftieth, gzip bombs to a thousandth."""
    size = path.stat().st_size
    return max(SMALL, SWELLING * size) if is_gzipped(path) else size


class Utf8Stream(io.RawIOBase):
    """A text file as UTF-8 bytes: unpacked, decoded, without BOM, NUL or lone CR line ends.

    Bytes that do not fit the encoding become U+FFFD. NUL does too: no engine behind us stores it.
    """

    def __init__(self, path: Path, *, reading: Reading) -> None:
        super().__init__()
        self._blocks = blocks(path)
        encoding = "utf-8-sig" if reading.encoding == "utf-8" else reading.encoding
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._returns_only = reading.line_end == "\r"
        self._ready = b""
        self._at_end = False

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        wanted = -1 if size is None else size
        parts = [self._ready]
        length = len(self._ready)
        while not self._at_end and (wanted < 0 or length < wanted):
            parts.append(self._next())
            length += len(parts[-1])
        ready = b"".join(parts) if len(parts) > 1 else self._ready
        cut = len(ready) if wanted < 0 else wanted
        self._ready = ready[cut:]
        return ready[:cut]

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def _next(self) -> bytes:
        block = next(self._blocks, None)
        self._at_end = block is None
        text = self._decoder.decode(block or b"", final=self._at_end)
        if self._returns_only:
            text = text.replace("\r", "\n")
        # Lone surrogates reach us through UTF-16; they have no UTF-8 form.
        return text.replace("\0", "\ufffd").encode("utf-8", errors="replace")


def lines(path: Path, *, reading: Reading) -> Iterator[str]:
    """Physical lines without their ends."""
    with io.TextIOWrapper(io.BufferedReader(Utf8Stream(path, reading=reading), BLOCK), "utf-8", newline=None) as text:
        for line in text:
            yield line.rstrip("\n")
