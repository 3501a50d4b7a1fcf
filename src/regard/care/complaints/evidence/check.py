"""Whether an evidence pack is as it was made."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regard.care.complaints.evidence.chain import first_broken
from regard.care.complaints.evidence.files import FOLDER

#: What is unpacked to be checked is never larger; nobody's complaint is.
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Checked:
    """`problem` says what is wrong; "" when the pack is as it was made. `head` is what its chain ends in."""

    problem: str
    head: str = ""
    number: int = 0
    entries: int = 0


def check(file: bytes) -> Checked:
    """Whether a pack is whole. Whether it is ours says the audit log, which knows the head."""
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            if sum(one.file_size for one in archive.infolist()) > _LARGEST:
                return Checked(_("It is too large to be an evidence pack."))
            content = {name: archive.read(name) for name in ("complaint.json", "complaint.pdf", "SHA256SUMS")}
            content |= {name: archive.read(name) for name in archive.namelist() if name.startswith(FOLDER)}
        told = json.loads(content["complaint.json"])
        entries, head, number = told["entries"], told["head"], told["complaint"]
        broken = first_broken(entries)
        sums: dict[str, str] = {}
        for line in content["SHA256SUMS"].decode().splitlines():
            said, _gap, name = line.partition("  ")
            sums[name] = said
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, RuntimeError, NotImplementedError):
        return Checked(_("It is no evidence pack of Regard: choose the ZIP file as it was given out."))
    if broken is not None:
        return Checked(_("Entry %(n)s was changed, left out or put in.") % {"n": broken})
    if not entries or entries[-1]["hash"] != head:
        return Checked(_("Entries are missing at its end."))
    in_chain = " ".join(str(one.get("files", "")) for one in entries)
    for name in sorted({*sums, *content} - {"SHA256SUMS"}):
        if name not in content:
            return Checked(_("%(name)s was left out.") % {"name": name})
        found = hashlib.sha256(content[name]).hexdigest()
        if sums.get(name) != found or (name.startswith(FOLDER) and f"SHA-256 {found}, {name})" not in in_chain):
            return Checked(_("%(name)s was changed.") % {"name": name})
    return Checked("", str(head), number, len(entries))
