"""Files that people send: what they may be called, and how they are given out."""

from __future__ import annotations

import re
from typing import IO

from django.http import FileResponse

_LONGEST = 100
#: Control characters, marks that turn the direction of writing, and what separates or completes paths.
_NO_PART_OF_A_NAME = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\<>:\"|?*]+")
_ENDING = re.compile(r"[A-Za-z0-9]{1,10}")


def parted(given: str) -> tuple[str, str]:
    """What it was called, without what is no part of a name, and its ending in small letters, without the dot."""
    plain = " ".join(_NO_PART_OF_A_NAME.sub(" ", given).split()).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot or not _ENDING.fullmatch(ending):
        stem, ending = plain, ""
    return stem.strip(" .")[:_LONGEST] or "file", ending.casefold()


def given_out(body: IO[bytes], *, name: str, kind: str, shown: bool = False) -> FileResponse:
    """To be saved, in a sandbox, of a type that browsers do not guess about. `shown`: for an image of ours in a page of ours."""
    given = FileResponse(body, as_attachment=not shown, filename=name, content_type=kind)
    given["Content-Security-Policy"], given["X-Content-Type-Options"] = "sandbox; default-src 'none'", "nosniff"
    given["Cache-Control"], given["Cross-Origin-Resource-Policy"] = "no-store", "same-origin"
    return given
