"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

from regard.connectors.files import mails
from regard.connectors.files.opening import blocks, is_gzipped, open_bytes
from regard.connectors.files.reading import Kind, UnreadableFile

FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Office file (.xls): save it as .xlsx or CSV"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"7z\xbc\xaf", "a 7-Zip archive: unpack it first"),
    (b"Rar!", "a RAR archive: unpack it first"),
    (b"BZh", "a bzip2 archive: unpack it first"),
    (b"\xfd7zXZ", "an xz archive: unpack it first"),
    (b"SQLite format 3", "an SQLite database"),
    (b"{\\rtf", "a rich text document"),
)
# A workbook unpacks to a multiple of its size; beyond this it is an attack or belongs into a CSV.
LARGEST_WORKBOOK = 1 << 30


def kind_of(path: Path) -> Kind | None:
    """The kind of a binary table file, or None for text.

    Raises UnreadableFile for an empty file and for what is no table at all.
    """
    head = _head(path)
    if not head.strip():
        raise UnreadableFile(f"{path.name} is empty.")
    for magic, what in FOREIGN:
        if head.startswith(magic):
            raise UnreadableFile(f"{path.name} is {what}, not a table.")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(path)
    if mails.looks_like(head):
        return "mbox"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise UnreadableFile(f"{path.name} is a web page, not a table: export the data itself.")
    if start.startswith(b"<?xml"):
        raise UnreadableFile(f"{path.name} is an XML document, which is not read here: export it as CSV.")
    if _is_binary(head):
        raise UnreadableFile(f"{path.name} is a binary file of a kind that is not read here.")
    return None


def _head(path: Path) -> bytes:
    try:
        with open_bytes(path) as file:
            return file.read(65536)
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        if isinstance(error, FileNotFoundError):
            raise UnreadableFile(f"There is no file {path.name}.") from error
        if isinstance(error, IsADirectoryError):
            raise UnreadableFile(f"{path.name} is a folder, not a file.") from error
        raise UnreadableFile(f"{path.name} cannot be read: it is damaged, truncated or not permitted.") from error


def _zip_kind(path: Path) -> Kind:
    data: Path | io.BytesIO = io.BytesIO(b"".join(blocks(path))) if is_gzipped(path) else path
    try:
        with zipfile.ZipFile(data) as archive:
            names = set(archive.namelist())
            size = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableFile(f"{path.name} is a damaged or truncated Excel file or ZIP archive.") from error
    if "xl/workbook.xml" not in names:
        what = "a Word document" if "word/document.xml" in names else "a ZIP archive: unpack it first"
        raise UnreadableFile(f"{path.name} is {what}, not a table.")
    if size > LARGEST_WORKBOOK:
        raise UnreadableFile(f"{path.name} unpacks to more than 1 GB: save it as CSV.")
    return "excel"


def _is_binary(head: bytes) -> bool:
    """Control characters that no text has; UTF-16 and UTF-32 have zeros in a regular pattern or a BOM."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    codes = (code for code in range(1, 32) if code not in (9, 10, 11, 12, 13, 27))
    strange = sum(head.count(bytes([code])) for code in codes)
    zeros = head.count(0)
    # A few stray ones are a fault of single cells.
    return strange > max(8, len(head) * 0.02) or max(8, 0.02 * len(head)) < zeros < 0.35 * len(head)
