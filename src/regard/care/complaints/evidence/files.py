"""Files of a case in its evidence: the hash of each stands in the chain, and those that there is room for are in the pack."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from regard.care.cases.models import Case
from regard.care.files.keep import open_file
from regard.care.files.models import CaseFile

FOLDER = "files/"
#: So many bytes of files together: a pack can still be sent by mail, and checked on a page.
_ROOM = 12_000_000
_CHUNK = 1_000_000
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Enclosed:
    """`sha256` "" where its bytes are gone; `place` in the pack, "" where there was no room for it."""

    sha256: str
    place: str
    body: bytes


def enclosed(case: Case) -> dict[UUID, Enclosed]:
    found, room = dict[UUID, Enclosed](), _ROOM
    for number, one in enumerate(CaseFile.objects.filter(case=case).order_by("at", "id"), 1):
        content = open_file(one)
        if content is None:
            found[one.pk] = Enclosed("", "", b"")
            continue
        digest, taken, fits = hashlib.sha256(), bytearray(), one.size <= room
        with content:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
                if fits:
                    taken += chunk
        room -= len(taken)
        place = f"{FOLDER}{number:02d}-{_NOT_IN_NAMES.sub('_', one.name)[-80:]}" if fits else ""
        found[one.pk] = Enclosed(digest.hexdigest(), place, bytes(taken))
    return found


def named(files: Iterable[CaseFile], known: Mapping[UUID, Enclosed]) -> str:
    """As an entry of the chain says it: `receipt.pdf (application/pdf, 812 bytes, SHA-256 …, files/01-receipt.pdf)`."""
    return "; ".join(f"{one.name} ({', '.join(_said(one, known.get(one.pk)))})" for one in files)


def _said(one: CaseFile, known: Enclosed | None) -> list[str]:
    told = [one.kind, f"{one.size} bytes"]
    if known is None or not known.sha256:
        return [*told, "its bytes are gone"]
    return [*told, f"SHA-256 {known.sha256}", known.place or "not in this pack: too large"]
