"""Whoever complains can send files along: what they are is seen by their bytes, and nothing that was typed is lost by one that is not taken."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageDraw

from regard.care.cases.models import Case
from regard.care.complaints.evidence.pack import pack
from regard.care.complaints.models import Complaint
from regard.care.complaints.public.models import ComplaintDoor
from regard.care.complaints.words import languages
from regard.care.files.keep import bytes_of
from regard.care.files.models import CaseFile
from regard.listening.files.receive import TooLarge
from regard.testing.browser import accessibility_faults, page
from regard.testing.people import member, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {"words": "You billed me twice.", "email": "ines@mail.example", "key": "k" * 30}
PDF = b"%PDF-1.4\n1 0 obj<</JS(app.alert(1))>>endobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def _no_limit(settings: Any) -> None:
    """All tests send from one address."""
    settings.ANSWERS_PER_MINUTE = 0


def picture(size: tuple[int, int] = (40, 30), kind: str = "PNG", **more: Any) -> bytes:
    out = io.BytesIO()
    drawn = Image.new("RGB", size, "navy")
    if max(size) < 1_000:
        ImageDraw.Draw(drawn).line((0, 0, *size), "white")
    drawn.save(out, kind, **more)
    return out.getvalue()


def sent(door: ComplaintDoor, *files: tuple[str, bytes], language: str = "en", **more: Any) -> Any:
    given = [SimpleUploadedFile(name, body) for name, body in files]
    return Client().post(f"/complain/{door.token}?lang={language}", {**SAID, "files": given, **more})


def test_what_is_sent_along_is_in_the_case_with_the_complaint_and_in_its_evidence(door: ComplaintDoor) -> None:
    camera = Image.Exif()
    camera[0x010F] = "Secret Camera"
    photo = picture(kind="JPEG", exif=camera) + b"<script>behind</script>"
    assert sent(door, ("bill.jpg", photo), ("bill.pdf", PDF), ("../../notes.odt", b"PK\x03\x04 words")).status_code == 200
    one = Complaint.objects.get()
    letter = one.case.letters.get(direction="in")
    kept = {file.name: file for file in letter.files.all()}
    assert sorted(kept) == ["bill.jpg", "bill.pdf", "notes.odt"] and kept["notes.odt"].kind == "application/octet-stream"
    body = bytes_of(kept["bill.jpg"])
    assert body is not None and b"Secret" not in body and b"script" not in body and kept["bill.jpg"].by == "ines@mail.example"
    boss = signed_in(member(door.workspace))
    shown = boss.get(f"/cases/{one.case.number}").content.decode()
    assert "bill.pdf" in shown
    saved = boss.get(f"/cases/{one.case.number}/files/{kept['bill.pdf'].pk}")
    assert saved["Content-Disposition"].startswith("attachment") and "sandbox" in saved["Content-Security-Policy"]
    _row, packed = pack(one, by="t@x.example", now=timezone.now())
    entries = json.loads(zipfile.ZipFile(io.BytesIO(packed)).read("complaint.json"))["entries"]
    (heard,) = [entry for entry in entries if entry["what"] == "letter in"]
    assert "bill.pdf (application/pdf, " in heard["files"] and "notes.odt (application/octet-stream, 10 bytes, SHA-256 " in heard["files"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("page.html", b"<html><script>alert(1)</script>"), ("drawing.svg", b"<svg onload=alert(1)>"), ("photo.jpg", b"<script>alert(1)</script>"),
        ("photo.png", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"), ("huge.png", picture((10_000, 10_000))), ("run.exe", b"MZ\x90"),
        ("bill.pdf.exe", PDF), ("bill.pdf", b"MZ\x90"), ("cut.pdf", b"%PDF-1.4 and no end"), ("empty.txt", b""), ("run.txt", b"#!/bin/sh\nrm"),
        ("utf16.txt", "<html><script>".encode("utf-16")), ("macros.docm", b"PK\x03\x04"), ("<img src=x>.html", b"x"),
    ],
)  # fmt: skip
def test_what_could_run_or_lies_is_refused_beside_its_field_and_nothing_typed_is_lost(door: ComplaintDoor, name: str, body: bytes) -> None:
    answer = sent(door, ("good.png", picture()), (name, body))
    text = answer.content.decode()
    assert answer.status_code == 422 and "We cannot take" in text and "Please choose your files again." in text
    assert "You billed me twice." in text and "ines@mail.example" in text and "<img src=x" not in text
    assert not Case.objects.exists() and not CaseFile.objects.exists()


def test_more_than_five_and_one_that_is_too_large_are_said_so(door: ComplaintDoor, settings: Any) -> None:
    settings.CASE_FILE_BYTES = 1_000_000
    few = [(f"{n}.txt", b"words") for n in range(5)]
    assert "more than 5 files" in sent(door, *few, ("6.txt", b"words")).content.decode()
    answer = sent(door, ("video.txt", b"x" * 1_000_001))
    assert answer.status_code == 422 and "“video.txt” is larger than 1 MB" in answer.content.decode() and not Case.objects.exists()
    assert sent(door, *few).status_code == 200 and Case.objects.get().files.count() == 5


def test_five_of_the_largest_are_kept(door: ComplaintDoor) -> None:
    assert sent(door, *((f"{n}.txt", b"x" * 10_000_000) for n in range(5))).status_code == 200
    assert Case.objects.get().files.count() == 5 and Case.objects.get().letters.first().attachments == []  # type: ignore[union-attr]


def test_what_is_beyond_the_limits_is_not_written_anywhere(door: ComplaintDoor, settings: Any, monkeypatch: Any) -> None:
    settings.CASE_FILE_BYTES = 1_000_000
    seen: list[Any] = []
    monkeypatch.setattr("regard.care.complaints.public.forms.read_all", lambda _request, files, _say: seen.extend(files) or [])
    sent(door, ("large.txt", b"x" * 3_000_000), *((f"{n}.txt", b"x") for n in range(6)))
    assert [isinstance(one, TooLarge) for one in seen] == [True, False, False, False, False, True, True]


def test_something_else_that_is_missing_says_that_files_are_to_be_chosen_again(door: ComplaintDoor) -> None:
    answer = sent(door, ("bill.pdf", PDF), email="")
    assert answer.status_code == 422 and "Please choose your files again." in answer.content.decode()
    assert "choose your files again" not in sent(door, email="").content.decode()


def test_sent_twice_each_file_is_kept_once(door: ComplaintDoor) -> None:
    sent(door, ("bill.pdf", PDF))
    sent(door, ("bill.pdf", PDF))
    assert CaseFile.objects.count() == 1


def test_a_program_that_fills_in_everything_leaves_no_file(door: ComplaintDoor) -> None:
    assert sent(door, ("bill.pdf", PDF), website="https://spam.example").status_code == 200 and not CaseFile.objects.exists()


def test_files_are_fewer_than_what_may_be_sent(door: ComplaintDoor, settings: Any) -> None:
    settings.ANSWERS_PER_MINUTE = 40  # two files
    assert sent(door, ("a.txt", b"a"), ("b.txt", b"b")).status_code == 200
    answer = sent(door, ("c.txt", b"c"), key="o" * 30)
    assert answer.status_code == 422 and "in a minute" in answer.content.decode() and CaseFile.objects.count() == 2
    assert sent(door, key="p" * 30).status_code == 200  # without a file it is taken
    settings.ANSWERS_PER_MINUTE = 3
    assert {sent(door, key=f"{n}" * 30).status_code for n in range(4)} == {200, 429}


def test_the_limits_stand_on_the_page_in_each_language(door: ComplaintDoor) -> None:
    pages = {language: Client().get(f"/complain/{door.token}?lang={language}").content.decode() for language in languages()}
    said = {text.partition('id="id_files_helptext">')[2].partition("<")[0] for text in pages.values()}
    assert len(said) == 6 and all("5" in one and "10" in one for one in said)


@pytest.mark.browser
def test_a_photo_goes_along_without_scripts(door: ComplaintDoor, live_server: Any) -> None:
    with page(width=390, height=844) as phone:
        phone.context.route("**/*.js", lambda route: route.abort())
        phone.goto(f"{live_server.url}/complain/{door.token}?lang=fr")
        phone.fill("textarea[name=words]", "Deux fois la même facture.")
        phone.fill("input[name=email]", "ines@mail.example")
        phone.set_input_files("input[name=files]", {"name": "page.html", "mimeType": "text/html", "buffer": b"<html>"})
        phone.click("main .foot button")
        phone.wait_for_selector("text=Choisissez à nouveau vos fichiers.")
        assert accessibility_faults(phone) == [] and phone.input_value("textarea[name=words]") == "Deux fois la même facture."
        phone.set_input_files("input[name=files]", {"name": "facture.png", "mimeType": "image/png", "buffer": picture()})
        phone.click("main .foot button")
        phone.wait_for_selector("h1:has-text('numéro')")
    assert CaseFile.objects.get().name == "facture.png"
