"""A photo or a document sent with an answer: what it is by its bytes, whose it is, and that it goes when the answer goes."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from moto.server import ThreadedMotoServer
from PIL import Image

from regard.customers.people.models import Profile
from regard.ledger.models import InboxRow
from regard.ledger.record.project import project_all
from regard.listening.answering.reading import Unfit
from regard.listening.files.content import fit
from regard.listening.files.models import AnswerFile
from regard.listening.files.store import store, sweep
from regard.listening.inapp.tests.conftest import published
from regard.listening.links.models import Link
from regard.listening.privacy import silence_responses
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import read
from regard.listening.widgets.models import Widget
from regard.listening.widgets.targeting import Targeting
from regard.testing.events import send, track
from regard.testing.people import member, recently, signed_in
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def survey(**more: Any) -> Any:
    return read({
        "languages": ["en"], "title": {"en": "Your delivery"}, "pages": [
            {"questions": [{"id": "how", "kind": "csat", "text": {"en": "How was it?"}, "required": True},
                           {"id": "photo", "kind": "file", "text": {"en": "A photo of it"}, **more}]},
            {"questions": [{"id": "why", "kind": "text", "text": {"en": "Why?"}}]},
        ],
    })  # fmt: skip


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, kind, **more)
    return made.getvalue()


def upload(body: bytes, name: str = "crate.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, "text/html")  # what the browser says of it counts for nothing


@pytest.fixture(autouse=True)
def folder(ledger: object, settings: Any, tmp_path: Path) -> Path:
    kept = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "answers": kept}
    return tmp_path


@pytest.fixture
def address(workspace: Workspace) -> str:
    return f"/s/{Link.objects.create(survey=published(workspace, survey()), name='x').token}"


def sent(client: Client, address: str, file: Any, **more: Any) -> Any:
    return client.post(
        address,
        {"key": "k" * 24, "asked": ["how", "photo"], "how": "2", **({"photo.file": file} if file else {}), **more},
    )


def stored(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


def test_a_photo_goes_with_the_answer_and_is_only_ever_saved(
    workspace: Workspace, address: str, client: Client, folder: Path
) -> None:
    there = sent(client, address, upload(photo(), "..\\..\\my <crate>.png"))["Location"]
    response = Response.objects.get()
    (row,) = response.files.all()
    assert response.answers["photo"] == {"file": str(row.pk), "name": "my crate.jpg"} and row.name == ""
    assert [one.name for one in stored(folder)] == [row.pk.hex]
    client.post(there, {"asked": ["why"], "why": "Broken"})
    assert all(b"crate" not in bytes(one.body) for one in InboxRow.objects.all())  # a file is no number
    owner = signed_in(member(workspace))
    for who, where in (
        (owner, f"/responses/{response.pk}/files/photo"),
        (client, f"/r/{response.token}/mine/files/photo"),
    ):
        given = who.get(where)
        assert b"".join(given.streaming_content)[:3] == b"\xff\xd8\xff" and given["Content-Type"] == "image/jpeg"
        assert (
            given["Content-Disposition"] == 'attachment; filename="my crate.jpg"'
            and "sandbox" in given["Content-Security-Policy"]
        )
        assert given["X-Content-Type-Options"] == "nosniff"
    assert "my crate.jpg" in owner.get(f"/responses/{response.pk}").content.decode()
    assert client.get(f"/responses/{response.pk}/files/photo").status_code == 302  # to the door
    assert (
        signed_in(member(Workspace.found(name="Other"), email="o@other.example"))
        .get(f"/responses/{response.pk}/files/photo")
        .status_code
        == 404
    )


def test_what_a_camera_notes_does_not_stay(folder: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretCam"  # turned by a quarter, and by which camera
    kept = fit(io.BytesIO(photo(exif=exif)), "photos")
    with Image.open(io.BytesIO(kept.body)) as shown:
        assert shown.size == (40, 60) and not dict(shown.getexif()) and b"SecretCam" not in kept.body
    hidden = photo("PNG") + b"<script>alert(1)</script>"
    assert (
        fit(io.BytesIO(hidden), "photos").kind == "image/png"
        and b"script" not in fit(io.BytesIO(hidden), "photos").body
    )
    assert fit(io.BytesIO(PDF), "documents").body == PDF


@pytest.mark.parametrize(("body", "takes", "key"), [
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "documents", "file_kind"),
    (b"<html><script>", "photos", "file_photo"),
    (b"MZ\x90\x00", "documents", "file_kind"), (b"PK\x03\x04", "documents", "file_kind"),
    (b"", "photos", "file_photo"), (PDF, "photos", "file_photo"),
    (b"%PDF-1.7 no end", "documents", "file_broken"), (photo()[:200], "photos", "file_broken"),
    (photo("PNG", (10_000, 10_000), compress_level=9), "photos", "file_broken"), (b"GIF89a<script>", "photos", "file_photo"),
])  # fmt: skip
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_what_is_something_else_is_said_so(body: bytes, takes: Any, key: str) -> None:
    with pytest.raises(Unfit) as refused:
        fit(io.BytesIO(body), takes)
    assert refused.value.key == key


def test_nothing_typed_is_lost_by_a_file_that_cannot_be_taken(
    address: str, client: Client, settings: Any, folder: Path
) -> None:
    settings.ANSWER_FILE_BYTES = 100_000
    for body, told in ((b"x" * 3_000_000, "larger than 0 MB"), (b"<svg/>", "choose a photo")):
        page = sent(client, address, upload(body)).content.decode()
        assert told in page and 'value="2" checked' in page and not Response.objects.exists()
    # and a file that could be is kept beside what else is wrong
    page = sent(client, address, upload(photo()), how="").content.decode()
    kept = str(AnswerFile.objects.get().pk)
    assert kept in page and "crate.jpg" in page and not Response.objects.exists()
    sent(client, address, None, photo=kept)
    assert Response.objects.get().answers["photo"] == {"file": kept, "name": "crate.jpg"} and len(stored(folder)) == 1


def test_it_must_be_sent_where_it_must_be(workspace: Workspace, client: Client) -> None:
    link = Link.objects.create(survey=published(workspace, survey(required=True)), name="x")
    assert (
        "Please answer this one." in sent(client, f"/s/{link.token}", None).content.decode()
        and not Response.objects.exists()
    )
    assert sent(client, f"/s/{link.token}", upload(photo())).status_code == 302


def test_nobody_takes_what_is_anothers(address: str, client: Client) -> None:
    sent(client, address, upload(photo()))
    first = Response.objects.get()
    for number in (first.answers["photo"]["file"], "00000000-0000-4000-8000-000000000000", "x; drop"):
        client.post(address, {"key": "z" * 24, "asked": ["how", "photo"], "how": "2", "photo": number})
    other = Response.objects.exclude(pk=first.pk).get()
    assert "photo" not in other.answers and other.files.count() == 0 and first.files.count() == 1


def test_another_takes_its_place_and_what_nobody_has_goes(address: str, client: Client, folder: Path) -> None:
    there = sent(client, address, upload(photo()))["Location"].partition("?")[0]
    sent(client, f"{there}?page=0", None, photo=Response.objects.get().answers["photo"]["file"])  # left as it is
    assert Response.objects.get().files.count() == 1
    sent(client, f"{there}?page=0", upload(photo("PNG"), "other.png"))
    assert Response.objects.get().answers["photo"]["name"] == "other.png" and len(stored(folder)) == 2
    assert sweep(timezone.now()) == 0 and sweep(timezone.now() + timedelta(hours=2)) == 1 and len(stored(folder)) == 1
    sent(client, f"{there}?page=0", None, photo=Response.objects.get().answers["photo"]["file"], **{"photo.drop": "1"})
    assert "photo" not in Response.objects.get().answers
    sweep(timezone.now() + timedelta(hours=2))
    assert not stored(folder) and not AnswerFile.objects.exists()


def test_it_goes_and_is_given_out_with_what_is_known_of_them(
    workspace: Workspace, address: str, client: Client, folder: Path
) -> None:
    send(workspace, track("m1", user="ines"))
    project_all()
    sent(client, address, upload(photo()))
    Response.objects.update(profile=Profile.objects.get())
    officer = recently(signed_in(member(workspace, "admin")))
    given = officer.get(f"/privacy/customers/{Profile.objects.get().customer_id}/everything.zip")
    whole = zipfile.ZipFile(io.BytesIO(b"".join(given.streaming_content)))
    (name,) = [one for one in whole.namelist() if one.startswith("files/")]
    assert name.endswith("crate.jpg") and whole.read(name)[:3] == b"\xff\xd8\xff"
    assert silence_responses(workspace.pk, timezone.now() + timedelta(days=1))
    assert "photo" not in Response.objects.get().answers and "how" in Response.objects.get().answers
    sweep(timezone.now() + timedelta(hours=2))
    assert not stored(folder)


def test_an_app_sends_the_file_first(workspace: Workspace, client: Client) -> None:
    widget = Widget(survey=published(workspace, survey()), name="Shop", unit=workspace.root)
    widget.keep(Targeting(), by="x")
    page = client.get(f"/inapp/v1/surveys/{widget.key}").json()["page"]
    assert page["questions"][1]["accept"] == "image/jpeg,image/png,image/webp"
    where = f"/inapp/v1/files/{widget.key}?question=photo&name=crate.png"
    assert (
        client.post(where, b"<svg/>", content_type="image/png")
        .json()["errors"]["photo"]
        .startswith("Please choose a photo")
    )
    assert client.post(where.replace("=photo", "=how"), photo(), content_type="image/png").status_code == 404
    kept = client.post(where, photo(), content_type="image/png").json()
    assert kept["name"] == "crate.jpg" and kept["kind"] == "image/jpeg"
    body = {"key": "k" * 24, "answers": {"how": 2, "photo": kept}}
    answer = client.post(f"/inapp/v1/surveys/{widget.key}", json.dumps(body), content_type="application/json").json()
    assert (
        Response.objects.get().answers["photo"]["name"] == "crate.jpg"
        and Response.objects.get().token == answer["response"]
    )
    again = client.post(f"/inapp/v1/surveys/{widget.key}", json.dumps({**body, "key": "z" * 24, "answers": {"how": 2, "photo": "x"}}),
                        content_type="application/json")  # fmt: skip
    assert again.status_code == 422 and "photo" in again.json()["errors"]


def test_files_are_fewer_than_answers(address: str, client: Client, settings: Any, folder: Path) -> None:
    settings.ANSWERS_PER_MINUTE = 40
    cache.clear()
    for number in range(2):
        assert sent(client, address, upload(photo()), key=f"{number}" * 24).status_code == 302
    page = sent(client, address, upload(photo()), key="z" * 24).content.decode()
    assert "try again in a moment" in page and 'value="2" checked' in page and len(stored(folder)) == 2


def test_a_device_in_a_shop_does_not_ask_for_it(workspace: Workspace, client: Client) -> None:
    link = Link.objects.create(survey=published(workspace, survey(required=True)), name="x", kiosk=True)
    whole = client.get(f"/inapp/v1/surveys/{link.token}/definition").json()
    assert [one["id"] for one in whole["in"]["en"]["pages"][0]["questions"]] == ["how"]
    assert (
        client.post(f"/inapp/v1/files/{link.token}?question=photo", photo(), content_type="image/jpeg").status_code
        == 404
    )
    first = {"key": "k" * 24, "page": 0, "asked": ["how"], "answers": {"how": 2}}
    begun = client.post(f"/inapp/v1/surveys/{link.token}", json.dumps(first), content_type="application/json").json()
    assert begun["page"]["number"] == 1
    rest = {"page": 1, "asked": ["why"], "answers": {"why": "x"}}
    client.post(f"/inapp/v1/responses/{begun['response']}", json.dumps(rest), content_type="application/json")
    assert Response.objects.get().completed


def test_a_store_that_speaks_s3(address: str, client: Client, settings: Any) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        where = "http://{}:{}".format(*server.get_host_and_port())
        keys = {"access_key": "testing", "secret_key": "testing", "region_name": "eu-west-3"}
        options = {"bucket_name": "answers", "endpoint_url": where, "location": "regard", "default_acl": None, **keys}
        settings.STORAGES = {
            **settings.STORAGES,
            "answers": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options},
        }
        page = sent(client, address, upload(photo())).content.decode()  # its bucket is not there yet
        assert "try again in a moment" in page and not Response.objects.exists()
        bucket = boto3.resource(
            "s3", "eu-west-3", endpoint_url=where, aws_access_key_id="testing", aws_secret_access_key="testing"
        ).Bucket("answers")
        bucket.create(CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        sent(client, address, upload(photo()))
        row = AnswerFile.objects.get(response__isnull=False)
        assert [one.key for one in bucket.objects.all()] == [f"regard/{row.place}"] and store().open(row.place).read()[
            :3
        ] == b"\xff\xd8\xff"
        sent(client, f"/r/{Response.objects.get().token}?page=0", None)
        sweep(timezone.now() + timedelta(hours=2))
        assert not list(bucket.objects.all()) and not AnswerFile.objects.exists()
    finally:
        server.stop()
