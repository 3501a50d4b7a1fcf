"""The evidence of a complaint, and that nothing can be changed in it unseen."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from regard.care.cases.work import note
from regard.care.complaints import work
from regard.care.complaints.evidence import files
from regard.care.complaints.evidence.chain import chained, first_broken
from regard.care.complaints.evidence.check import check
from regard.care.complaints.evidence.models import EvidencePack
from regard.care.complaints.evidence.pack import pack
from regard.care.complaints.models import Complaint
from regard.care.complaints.redress import award
from regard.care.complaints.tests.made import complaint, decided
from regard.care.files.keep import Given
from regard.testing.people import member
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

NASTY = 'She said "#let x = 1" $a$ \\ *no* <script>alert(1)</script> #read("/etc/passwd") é 😀\nand more'


def made(workspace: Workspace) -> Complaint:
    one, boss = complaint(workspace, words=NASTY, title=NASTY[:80]), member(workspace, Role.OWNER)
    work.find(one, NASTY, by=boss.user.email, now=timezone.now())
    note(one.case, "For colleagues", by=boss.user.email, now=timezone.now(), member=boss)
    award.propose(one, kind="refund", amount=Decimal("12.50"), reason="Bill", by=boss, now=timezone.now())
    work.answer(decided(one), "We are sorry.", by=boss.user.email, now=timezone.now(), how="by post")
    return Complaint.objects.get(pk=one.pk)


def files_in(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.django_db
def test_a_pack_holds_all_that_happened_as_a_pdf_and_as_json_and_its_head_is_in_the_audit_log(workspace: Workspace, ledger: object) -> None:
    row, content = pack(made(workspace), by="boss@x.example", now=timezone.now())
    files = files_in(content)
    told = json.loads(files["complaint.json"])
    assert told["entries"][0]["what"] == "received"
    assert {"found", "note", "money proposed", "money approved", "assessed", "decided", "final response"} <= {one["what"] for one in told["entries"]}
    assert told["entries"][0]["words"] == NASTY and first_broken(told["entries"]) is None
    assert files["complaint.pdf"].startswith(b"%PDF-1.7") and b"pdfaid" in files["complaint.pdf"]
    assert AuditEntry.objects.get(action="evidence.given").details["head"] == row.head == told["head"]
    assert (found := check(content)).problem == "" and found.head == row.head


@pytest.mark.django_db
def test_whatever_is_changed_in_it_is_seen(workspace: Workspace, ledger: object) -> None:
    _row, content = pack(made(workspace), by="boss@x.example", now=timezone.now())
    files = files_in(content)
    told = json.loads(files["complaint.json"])
    told["entries"][1]["by"] = "somebody@else.example"
    assert check(zipped(files | {"complaint.json": json.dumps(told).encode()})).problem == "Entry 2 was changed, left out or put in."
    told = json.loads(files["complaint.json"])
    told["entries"].pop()
    assert "missing" in check(zipped(files | {"complaint.json": json.dumps(told).encode()})).problem
    other = files["complaint.pdf"].replace(b"%PDF-1.7", b"%PDF-1.6")
    assert check(zipped(files | {"complaint.pdf": other})).problem == "complaint.pdf was changed."
    for broken in (b"", b"PK", zipped({"complaint.json": b"[]"}), zipped(files | {"complaint.json": b'{"entries": 1}'})):
        assert check(broken).problem.startswith("It is no evidence pack")


@pytest.mark.django_db
def test_files_are_in_it_and_their_hashes_in_the_chain(workspace: Workspace, ledger: object, monkeypatch: pytest.MonkeyPatch) -> None:
    one = made(workspace)
    given = [Given("receipt <1>.txt", b"Paid 12.50"), Given("long.txt", b"x" * 400)]
    note(one.case, "What they sent", by="t@x.example", now=timezone.now(), files=given)
    monkeypatch.setattr(files, "_ROOM", 100)
    _row, content = pack(one, by="boss@x.example", now=timezone.now())
    inside = files_in(content)
    (place,) = [name for name in inside if name.startswith("files/")]
    assert place.endswith("-receipt_1.txt") and inside[place] == b"Paid 12.50" and check(content).problem == ""
    (noted,) = [entry for entry in json.loads(inside["complaint.json"])["entries"] if entry.get("files")]
    assert hashlib.sha256(b"Paid 12.50").hexdigest() in noted["files"] and "not in this pack: too large" in noted["files"]
    assert hashlib.sha256(b"x" * 400).hexdigest() in noted["files"]
    other = inside | {place: b"Paid 99.99"}
    assert check(zipped(other)).problem == f"{place} was changed."
    sums = inside["SHA256SUMS"].replace(hashlib.sha256(b"Paid 12.50").hexdigest().encode(), hashlib.sha256(b"Paid 99.99").hexdigest().encode())
    assert check(zipped(other | {"SHA256SUMS": sums})).problem == f"{place} was changed."  # the chain knows better
    assert check(zipped({name: body for name, body in inside.items() if name != place})).problem == f"{place} was left out."
    assert check(zipped(inside | {"files/99-more.txt": b"x"})).problem == "files/99-more.txt was changed."


@pytest.mark.django_db
def test_one_that_was_made_up_whole_is_not_in_the_log(client: Client, workspace: Workspace, ledger: object) -> None:
    boss = member(workspace, Role.ADMIN)
    _row, content = pack(made(workspace), by="boss@x.example", now=timezone.now())
    client.force_login(boss.user)

    def asked(file: bytes) -> str:
        return client.post("/complaints/evidence", {"pack": SimpleUploadedFile("pack.zip", file)}).content.decode()

    assert "unchanged" in asked(content)
    files = files_in(content)
    told = json.loads(files["complaint.json"])
    told["entries"] = chained({**{k: v for k, v in one.items() if k not in ("n", "hash")}, "by": "x"} for one in told["entries"])
    told["head"] = told["entries"][-1]["hash"]
    files["complaint.json"] = json.dumps(told).encode()
    files["SHA256SUMS"] = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in ("complaint.json", "complaint.pdf")).encode()
    assert check(zipped(files)).problem == ""
    assert "not in the audit log" in asked(zipped(files))


@pytest.mark.django_db
def test_a_pack_is_given_to_those_who_may_see_the_case(client: Client, workspace: Workspace, ledger: object) -> None:
    one = made(workspace)
    client.force_login(member(workspace, Role.AGENT).user)
    answer = client.post(f"/complaints/{one.case.number}/evidence")
    assert answer["Content-Type"] == "application/zip" and check(answer.content).problem == ""
    client.force_login(member(workspace, Role.VIEWER).user)
    assert client.post(f"/complaints/{one.case.number}/evidence").status_code == 403
    assert EvidencePack.objects.count() == 1


ENTRY = st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers() | st.booleans(), max_size=4)


@given(entries=st.lists(ENTRY, min_size=2, max_size=6), place=st.integers(0, 5), how=st.sampled_from(["change", "drop", "swap"]))
def test_nothing_of_a_chain_can_be_changed_left_out_or_swapped(entries: list[dict[str, object]], place: int, how: str) -> None:
    chain = chained({name: value for name, value in one.items() if name not in ("n", "hash")} for one in entries)
    assert first_broken(chain) is None
    place %= len(chain) - 1
    if how == "change":
        chain[place]["more"] = "x"
    elif how == "drop":
        del chain[place]
    else:
        chain[place], chain[place + 1] = chain[place + 1], chain[place]
    assert first_broken(chain) == place + 1
