"""Programs list, fetch and add files of the cases that they may see, with the checks and headers of the page."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from regard.care.cases.models import Case
from regard.care.cases.tests.made import case
from regard.care.files.keep import Given, keep_files
from regard.care.files.models import CaseFile
from regard.testing.people import member, signed_in
from regard.workspace.models import ApiKey, Unit, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(workspace: Workspace, ledger: object) -> Case:
    return case(workspace)


class Keys:
    def __init__(self, workspace: Workspace) -> None:
        shop = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Shop")
        self._keys = {
            (scope, place): ApiKey.create(workspace_id=workspace.pk, name="k", scope=scope, unit_id=unit.pk, actor="x")[1]
            for scope in ("read", "write", "collect") for place, unit in (("root", workspace.root), ("shop", shop))
        }  # fmt: skip

    def get(self, path: str, *, scope: str = "read", at: str = "root") -> Any:
        return Client().get(f"/api/cases/{path}", headers={"Authorization": f"Bearer {self._keys[scope, at]}"})

    def post(self, path: str, *files: tuple[str, bytes], scope: str = "write", at: str = "root", **more: str) -> Any:
        given = {"files": [SimpleUploadedFile(name, body) for name, body in files], **more}
        return Client().post(f"/api/cases/{path}", given, headers={"Authorization": f"Bearer {self._keys[scope, at]}"})


@pytest.fixture
def keys(workspace: Workspace) -> Keys:
    return Keys(workspace)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "PNG")
    return out.getvalue()


def test_what_is_added_with_a_note_is_listed_and_fetched_as_the_page_has_it(
    workspace: Workspace, made: Case, keys: Keys
) -> None:
    answer = keys.post(
        f"{made.number}/files", ("router.png", picture()), ("../../a b.txt", b"words"), note="From the shop"
    )
    assert answer.status_code == 201
    told = answer.json()["items"]
    assert [(one["name"], one["type"], one["by"][:4]) for one in sorted(told, key=lambda one: one["name"])] == [
        ("a b.txt", "application/octet-stream", "key-"), ("router.png", "image/png", "key-"),
    ]  # fmt: skip
    noted = made.steps.get(what="note")
    assert noted.text == "From the shop" and noted.files.count() == 2 and noted.by == told[0]["by"]
    assert sorted(keys.get(f"{made.number}/files").json()["items"], key=lambda one: one["name"]) == sorted(
        told, key=lambda one: one["name"]
    )
    (words,) = [one for one in told if one["size"] == 5]
    given = keys.get(f"{made.number}/files/{words['id']}")
    page = signed_in(member(workspace)).get(f"/cases/{made.number}/files/{words['id']}")
    assert b"".join(given.streaming_content) == b"".join(page.streaming_content) == b"words"  # type: ignore[attr-defined]
    for name in (
        "Content-Disposition",
        "Content-Type",
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Cache-Control",
    ):
        assert given[name] == page[name], name
    assert given["Content-Disposition"].startswith("attachment") and "sandbox" in given["Content-Security-Policy"]


def test_all_are_kept_or_none_and_why_is_said(made: Case, keys: Keys, settings: Any) -> None:
    settings.CASE_FILE_BYTES = 1_000_000
    for files, why in (
        ((("good.txt", b"words"), ("run.exe", b"MZ")), "run.exe (it is a program)"),
        ((("large.txt", b"x" * 1_000_001),), "larger than 1 MB"),
        (tuple((f"{n}.txt", b"x") for n in range(11)), "At most 10 files"),
        ((), "send at least one"),
    ):
        answer = keys.post(f"{made.number}/files", *files)
        assert answer.status_code == 422 and why in answer.json()["detail"], why
    assert "note: at most" in keys.post(f"{made.number}/files", ("a.txt", b"x"), note="x" * 5_001).json()["detail"]
    assert not CaseFile.objects.exists() and not made.steps.filter(what="note").exists()


def test_a_key_may_send_more_than_a_stranger(made: Case, keys: Keys) -> None:
    assert keys.post(f"{made.number}/files", ("large.txt", b"x" * 9_000_000)).status_code == 201


def test_what_is_no_form_is_refused_and_breaks_nothing(made: Case, keys: Keys) -> None:
    headers = {"Authorization": f"Bearer {keys._keys['write', 'root']}"}
    for kind, body in (
        ("multipart/form-data", b"x"), ("multipart/form-data; boundary=x", b"--x\r\nnonsense"), ("application/json", b'{"files": ["a"]}'),
        ("text/plain", b"x"), ("multipart/form-data; boundary=", b""),
    ):  # fmt: skip
        answer = Client().generic("POST", f"/api/cases/{made.number}/files", body, content_type=kind, headers=headers)
        assert answer.status_code in (400, 422) and answer["Content-Type"].startswith("application/problem+json"), kind


def test_a_key_sees_files_of_its_units_cases_alone_and_only_one_that_may_write_adds_some(
    workspace: Workspace, made: Case, keys: Keys
) -> None:
    keep_files(made, [Given("a.txt", b"words")], by="ines@mail.example", now=timezone.now())
    other = case(workspace)
    file = CaseFile.objects.get()
    for path in (f"{made.number}/files", f"{made.number}/files/{file.pk}"):
        assert keys.get(path).status_code == 200
        assert keys.get(path, at="shop").status_code == 404 and keys.get(path, scope="collect").status_code == 401
    assert (
        keys.get(f"{other.number}/files/{file.pk}").status_code == 404 and keys.get(f"{2**31}/files").status_code == 404
    )
    assert keys.post(f"{made.number}/files", ("b.txt", b"x"), scope="read").status_code == 401
    assert keys.post(f"{made.number}/files", ("b.txt", b"x"), at="shop").status_code == 404
    elsewhere = Keys(Workspace.found(name="Other"))
    assert (
        elsewhere.get(f"{made.number}/files/{file.pk}").status_code == 404
        and elsewhere.get(f"{made.number}/files").status_code == 404
    )
    assert CaseFile.objects.count() == 1


def test_a_case_that_was_merged_takes_no_more(workspace: Workspace, made: Case, keys: Keys) -> None:
    Case.objects.filter(pk=made.pk).update(merged_into=case(workspace))
    assert (
        "merged" in keys.post(f"{made.number}/files", ("b.txt", b"x")).json()["detail"]
        and not CaseFile.objects.exists()
    )


def test_it_stands_in_the_description_of_the_api() -> None:
    paths = Client().get("/api/openapi.json").json()["paths"]
    form = paths["/api/cases/{number}/files"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert (
        form["properties"]["files"]["items"] == {"type": "string", "format": "binary"}
        and "get" in paths["/api/cases/{number}/files/{file}"]
    )
