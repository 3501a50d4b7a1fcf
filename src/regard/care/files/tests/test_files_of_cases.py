"""Files that come with letters, that colleagues add, and that go out: what is kept, how it is given out and to whom, and that it goes."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from regard.care.cases.models import Case
from regard.care.cases.tests.made import case, customer
from regard.care.cases.work import merge
from regard.care.files.content import NotKept, read
from regard.care.files.keep import Given, keep_files, put_away, sweep
from regard.care.files.models import CaseFile
from regard.care.letters.models import Letter
from regard.care.letters.write import write
from regard.customers.identity.graph import Sighting
from regard.customers.identity.resolve import resolve
from regard.customers.people.models import Profile
from regard.customers.privacy.erase import ask, carry_out
from regard.listening.files.store import store
from regard.outreach.mail.mailbox.models import Mailbox
from regard.outreach.mail.received import take
from regard.outreach.messages.models import Message
from regard.outreach.messages.send import send_due
from regard.testing.mail import Inbox
from regard.testing.people import member, recently, signed_in
from regard.workspace.models import Unit, Workspace

pytestmark = pytest.mark.django_db(transaction=True)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def photo(kind: str = "PNG", size: tuple[int, int] = (600, 400)) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", size, (180, 60, 60)).save(body, kind)
    return body.getvalue()


@pytest.fixture(autouse=True)
def folder(ledger: object, settings: Any, tmp_path: Path) -> Path:
    kept = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "kept"}}
    settings.STORAGES = {**settings.STORAGES, "answers": kept}
    return tmp_path / "kept"


def stored(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


def letter(*files: tuple[str, bytes], to: EmailMessage | None = None, id: str = "<a@mail.example>") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = "ines@mail.example", "care@halcyon.example", "Broken", id
    if to is not None:
        mail["In-Reply-To"] = str(to["Message-ID"])
    mail.set_content("See what came.")
    for name, body in files:
        mail.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def received(workspace: Workspace, *files: tuple[str, bytes]) -> Case:
    Mailbox.objects.get_or_create(workspace=workspace, defaults={"address": "care@halcyon.example", "takes_new": True})
    customer(workspace)
    assert take(workspace.pk, letter(*files))
    return Case.objects.latest("pk")


def test_files_of_a_letter_are_kept_and_given_out(workspace: Workspace, folder: Path) -> None:
    made = received(workspace, ("crate.png", photo() + b"<script>alert(1)</script>"), ("bill.pdf", PDF), ("log.txt", b"line 1\n"))
    assert [(one.name, one.kind) for one in made.files.order_by("name")] == [
        ("bill.pdf", "application/pdf"), ("crate.png", "image/png"), ("log.txt", "application/octet-stream"),
    ]  # fmt: skip
    assert len(stored(folder)) == 3 and not CaseFile.objects.exclude(held=None).exists()
    client = signed_in(member(workspace))
    page = client.get(f"/cases/{made.number}").content.decode()
    picture = made.files.get(name="crate.png")
    assert "crate.png" in page and f"/cases/{made.number}/files/{picture.pk}/picture" in page
    answer = client.get(f"/cases/{made.number}/files/{picture.pk}")
    body = b"".join(answer.streaming_content)
    assert Image.open(io.BytesIO(body)).size == (600, 400) and b"script" not in body  # what hid behind it is gone
    small = client.get(f"/cases/{made.number}/files/{picture.pk}/picture")
    assert Image.open(io.BytesIO(b"".join(small.streaming_content))).size == (320, 213) and small["Content-Type"] == "image/png"
    text = client.get(f"/cases/{made.number}/files/{made.files.get(name='log.txt').pk}")
    assert text["Content-Type"] == "application/octet-stream" and text["Content-Disposition"] == 'attachment; filename="log.txt"'
    for one in (answer, small, text):
        assert one["X-Content-Type-Options"] == "nosniff" and one["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert client.get(f"/cases/{made.number}/files/{made.files.get(name='bill.pdf').pk}/picture").status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("bill.pdf", b"MZ\x90\x00 this program cannot be run in DOS mode", "a program"),
        ("bill.pdf.exe", PDF, "a program"), ("run.EXE. ", b"x", "a program"), ("run.me", b"#!/bin/sh\nrm -rf /", "a program"),
        ("lnk", b"L\0\0\0\x01\x14\x02\0" + bytes(60), "a program"),
        ("photo.png", b"<html><script>alert(1)</script></html>", "something else"), ("photo.jpg", b"plain words", "something else"),
        ("note.txt", b"\xef\xbb\xbf\n <!-- x --> <!DOCTYPE html><p>", "a page"), ("drawing", b"<?xml version='1.0'?><svg onload='x()'/>", "a page"),
        ("drawing.txt", "\ufeff<svg onload='x()'/>".encode("utf-16"), "a page"), ("page.htm", b"hello", "a page"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(50), "damaged"), ("photo.gif", b"GIF89a" + b"<script>" * 9, "damaged"),
        ("empty.txt", b"", "empty"),
    ],
)  # fmt: skip
def test_what_runs_or_lies_is_not_kept(name: str, body: bytes, why: str) -> None:
    with pytest.raises(NotKept) as told:
        read(name, body)
    assert why in str(told.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "etc passwd"), ("..\\..\\boot.ini.txt", "boot.ini.txt"), ("a\x00b\r\nSet-Cookie: x.txt", "a b Set-Cookie x.txt"),
        ("bill\u202efdp.txt", "bill fdp.txt"), ("a.b/c.d?", "a.b c.d"),
        ("...", "file"), ("x" * 300 + ".csv", "x" * 100 + ".csv"), ("name.with.dots.CSV", "name.with.dots.csv"),
    ],
)  # fmt: skip
def test_names_lose_what_is_no_part_of_a_name(given: str, kept: str) -> None:
    assert read(given, b"words").name == kept


def test_a_beginning_that_is_made_to_be_read_for_ever_is_read_once() -> None:
    for body in (b"<?a?>" * 2_000, b"<!-- -->" * 1_500, b"<!--" * 3_000, b" " * 9_000):
        assert read("log.txt", body).kind == "application/octet-stream"


def test_a_photo_is_called_what_it_is(workspace: Workspace) -> None:
    assert read("holiday.png", photo("JPEG")).name == "holiday.jpg"
    assert read("x.gif", photo("GIF")).kind == "image/png"


def test_what_is_not_kept_is_named_with_its_reason(workspace: Workspace, settings: Any) -> None:
    settings.CASE_FILE_BYTES = 1_000
    made = received(workspace, ("setup.exe", b"MZ"), ("large.csv", b"1" * 1_001), *((f"{n}.txt", b"words") for n in range(12)))
    refused = made.letters.get().attachments
    assert made.files.count() == 10 and len(refused) == 4
    assert "setup.exe (it is a program)" in refused and refused[-1].startswith("11.txt (there are too many")
    page = signed_in(member(workspace)).get(f"/cases/{made.number}").content.decode()
    assert "Attached, and not kept" in page and "setup.exe" in page


def test_a_case_holds_so_much_and_no_more(workspace: Workspace, monkeypatch: Any) -> None:
    monkeypatch.setattr("regard.care.files.keep._MOST_OF_A_CASE", 15)
    made = case(workspace)
    now = timezone.now()
    assert keep_files(made, [Given("a.txt", b"1234567890")], by="t", now=now) == []
    (refused,) = keep_files(made, [Given("b.txt", b"1234567890")], by="t", now=now)
    assert "too much already" in refused and made.files.count() == 1


def test_a_colleague_adds_files_with_a_note_and_loses_nothing_that_was_typed(workspace: Workspace, settings: Any) -> None:
    made, client = case(workspace), signed_in(member(workspace))
    address = f"/cases/{made.number}/act"
    given = {"act": "note", "text": "The invoice he means", "files": [SimpleUploadedFile("bill.pdf", PDF), SimpleUploadedFile("b.exe", b"MZ")]}
    answer = client.post(address, given)
    assert answer.status_code == 422 and "The invoice he means" in answer.content.decode() and "it is a program" in answer.content.decode()
    assert not CaseFile.objects.exists() and not made.steps.filter(what="note").exists()
    given["files"] = [SimpleUploadedFile("bill.pdf", PDF)]
    assert client.post(address, given).status_code == 302
    assert made.files.get().step == made.steps.get(what="note") and made.files.get().by == "owner@halcyon.example"
    settings.CASE_FILE_BYTES = 10
    answer = client.post(address, {**given, "files": [SimpleUploadedFile("bill.pdf", PDF)]})
    assert answer.status_code == 422 and "larger than" in answer.content.decode() and made.files.count() == 1


def test_a_letter_takes_new_files_and_chosen_ones_along(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    made = case(workspace, profile=customer(workspace))
    keep_files(made, [Given("contract.pdf", PDF), Given("inner.txt", b"for us")], by="t", now=timezone.now())
    foreign = case(workspace, title="another")
    keep_files(foreign, [Given("secret.txt", b"of another")], by="t", now=timezone.now())
    client = signed_in(member(workspace))
    chosen = [made.files.get(name="contract.pdf").pk, foreign.files.get().pk, "nonsense"]
    given = {"act": "write", "text": "Here it is.", "enclosed": chosen, "files": [SimpleUploadedFile("crate.png", photo())]}
    assert client.post(f"/cases/{made.number}/act", given).status_code == 302
    assert send_due() == 1
    out = {one.get_filename(): one for one in inbox.mails[0].iter_attachments()}
    assert out.keys() == {"contract.pdf", "crate.png"} and out["contract.pdf"].get_content() == PDF
    assert out["crate.png"].get_content_type() == "image/png"
    resolve(workspace.pk, [Sighting(keys=(("email", "ines@mail.example"), ("phone", "+33612345678")))])
    answer = client.post(f"/cases/{made.number}/act", {**given, "channel": "SMS", "files": []})
    assert answer.status_code == 422 and "by e-mail alone" in answer.content.decode() and Letter.objects.count() == 1


def test_a_server_that_wants_no_letters_of_this_size_bars_no_address(workspace: Workspace, inbox: Inbox) -> None:
    inbox.account(workspace)
    made = case(workspace, profile=customer(workspace))
    write(made, "Here it is.", by="t", now=timezone.now(), files=[Given("contract.pdf", PDF)])

    async def too_large(*_given: Any) -> str:
        return "552 5.3.4 Message too big"

    inbox.handle_DATA = too_large  # type: ignore[method-assign]
    assert send_due() == 0
    message = Message.objects.get()
    assert message.dropped and not message.bounced and "smaller files" in message.trouble
    assert made.letters.get().trouble


def test_others_cannot_tell_whether_there_is_such_a_file(workspace: Workspace) -> None:
    store_ = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    elsewhere = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Elsewhere")
    made, other = case(workspace, unit=store_.pk), case(workspace, unit=store_.pk, title="other")
    keep_files(made, [Given("a.txt", b"words")], by="t", now=timezone.now())
    file = made.files.get().pk
    agent = signed_in(member(workspace, "agent", at=store_, email="a@halcyon.example"))
    assert agent.get(f"/cases/{made.number}/files/{file}").status_code == 200
    assert agent.get(f"/cases/{other.number}/files/{file}").status_code == 404
    assert signed_in(member(workspace, "agent", at=elsewhere)).get(f"/cases/{made.number}/files/{file}").status_code == 404
    away = Workspace.found(name="Other")
    stranger = signed_in(member(away, email="s@other.example"))
    assert stranger.get(f"/cases/{made.number}/files/{file}").status_code == 404
    assert Client().get(f"/cases/{made.number}/files/{file}").status_code == 302
    viewer = signed_in(member(workspace, "viewer"))  # sees no names
    assert viewer.get(f"/cases/{made.number}/files/{file}").status_code in (403, 404)


def test_a_store_that_is_away_loses_nothing(workspace: Workspace, folder: Path, settings: Any) -> None:
    (away := folder.parent / "away").write_text("no folder")
    broken = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": away / "within"}}
    settings.STORAGES, works = {**settings.STORAGES, "answers": broken}, settings.STORAGES
    made = received(workspace, ("log.txt", b"line 1"))
    settings.STORAGES = works
    assert not stored(folder) and bytes(made.files.get().held) == b"line 1"
    client = signed_in(member(workspace))
    address = f"/cases/{made.number}/files/{made.files.get().pk}"
    assert b"".join(client.get(address).streaming_content) == b"line 1"
    assert put_away() == 1 and put_away() == 0
    assert len(stored(folder)) == 1 and b"".join(client.get(address).streaming_content) == b"line 1"


def test_files_go_on_with_the_case_that_theirs_is_merged_into(workspace: Workspace) -> None:
    made, kept = case(workspace), case(workspace, title="the same")
    keep_files(made, [Given("a.txt", b"words")], by="t", now=timezone.now())
    merge(made, kept, by="t", now=timezone.now())
    assert kept.files.count() == 1


@pytest.mark.parametrize("mode", ["erase", "anonymise"])
def test_they_are_given_out_and_go_with_the_customer(workspace: Workspace, folder: Path, mode: str) -> None:
    made = received(workspace, ("Ines Moreau.png", photo()), ("log.txt", b"line 1"))
    bystander = case(workspace, title="another")
    keep_files(bystander, [Given("about ines@mail.example.txt", b"words")], by="t", now=timezone.now())
    profile = Profile.objects.get()
    officer = recently(signed_in(member(workspace, "admin")))
    given = officer.get(f"/privacy/customers/{profile.customer_id}/everything.zip")
    whole = zipfile.ZipFile(io.BytesIO(b"".join(given.streaming_content)))
    assert sum(one.startswith("files/") for one in whole.namelist()) == 2
    carry_out(erasure := ask(workspace.pk, [profile.customer_id], by="dpo", mode=mode), now=timezone.now())
    assert erasure.left == {}
    assert len(stored(folder)) == 1 and not CaseFile.objects.exclude(case=bystander).exists()
    assert "ines" not in bystander.files.get().name
    assert Case.objects.filter(pk=made.pk).exists() == (mode == "anonymise")


def test_bytes_whose_case_is_gone_are_swept(workspace: Workspace, folder: Path) -> None:
    made = case(workspace)
    keep_files(made, [Given("a.txt", b"words")], by="t", now=timezone.now())
    assert len(stored(folder)) == 1
    made.delete()
    assert sweep() == 1 and not stored(folder) and not CaseFile.objects.exists()
    assert not store().listdir("cases")[1]
