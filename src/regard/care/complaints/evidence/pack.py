"""The evidence of a complaint in one file: a PDF for people, JSON for programs, and how to check that neither was changed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import datetime
from importlib.resources import files as resources
from typing import Any

import typst
from django.db import transaction

from regard.care.complaints.evidence.chain import chained
from regard.care.complaints.evidence.entries import entries_of
from regard.care.complaints.evidence.files import enclosed
from regard.care.complaints.evidence.models import EvidencePack
from regard.care.complaints.models import Complaint
from regard.workspace.audit.models import AuditEntry

_README = """This is what is known of complaint {number} of {company}, as it was on {at}.

complaint.pdf   for people
complaint.json  the same for programs: every entry holds the SHA-256 of itself and of the entry before it
files/          what came with letters and notes, as far as there was room; the hash of each file stands in the chain
SHA256SUMS      the hashes of all these (sha256sum -c SHA256SUMS)

The chain of {entries} entries ends in
{head}
This hash was written into the audit log of {company} when the pack was made. To check the chain: regard evidence <this file>, or
compute for each entry SHA-256 of the hash before ("" for the first) followed by the entry without its "hash", as JSON with sorted keys and
no spaces (UTF-8).
"""


@transaction.atomic
def pack(complaint: Complaint, *, by: str, now: datetime) -> tuple[EvidencePack, bytes]:
    """The row that it was given out, and the file (ZIP). What it ends in goes into the audit log, which nobody can change either."""
    case = complaint.case
    files = enclosed(case)
    entries = chained(entries_of(complaint, files))
    head = entries[-1]["hash"]
    about = {
        "complaint": case.number, "company": case.workspace.name, "unit": case.unit.name,
        "touchpoint": case.touchpoint.name if case.touchpoint else "", "customer": case.profile.name if case.profile else "",
        "cause": case.cause.name if case.cause else "", "state": case.state,
        "received": complaint.received.isoformat(), "acknowledge_by": complaint.acknowledge_by.isoformat(),
        "answer_by": complaint.answer_by.isoformat(), "answered": complaint.answered.isoformat() if complaint.answered else "",
        "deadlines": complaint.rule.name, "source": complaint.rule.source, "ombudsman": complaint.rule.authority,
        "made": now.isoformat(timespec="seconds"), "made_by": by, "head": head, "entries": entries,
    }  # fmt: skip
    told = json.dumps(about, ensure_ascii=False, indent=1).encode()
    made = {"complaint.json": told, "complaint.pdf": as_pdf(about, now)} | {one.place: one.body for one in files.values() if one.place}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in made.items())
    values = {"number": f"#{case.number}", "company": case.workspace.name, "at": about["made"], "entries": len(entries), "head": head}
    made["README.txt"] = _README.format(**values).encode()
    made["SHA256SUMS"] = sums.encode()
    row = EvidencePack.objects.create(complaint=complaint, at=now, by=by, entries=len(entries), head=head)
    AuditEntry.write(case.workspace_id, actor=by, action="evidence.given", subject=f"#{case.number}", head=head, entries=len(entries))
    return row, _zipped(made, now)


def as_pdf(about: dict[str, Any], now: datetime) -> bytes:
    """Archival PDF (PDF/A-2b). What people wrote reaches the page as data, never as markup."""
    page, at = (resources(__package__) / "pack.typ").read_bytes(), now.replace(microsecond=0)
    return bytes(typst.compile(page, sys_inputs={"told": json.dumps(about)}, pdf_standards=["a-2b"], timestamp=at))


def _zipped(made: dict[str, bytes], now: datetime) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.items():
            archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
