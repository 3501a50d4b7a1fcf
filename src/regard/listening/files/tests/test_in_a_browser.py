"""A photo chosen on a phone, on the survey's page and in a widget of somebody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from regard.listening.files.tests.test_sending_a_file import photo, survey
from regard.listening.inapp.tests.conftest import published
from regard.listening.links.models import Link
from regard.listening.responses.models import Response
from regard.listening.widgets.models import Widget
from regard.listening.widgets.targeting import Targeting
from regard.listening.widgets.tests.foreign import foreign_page
from regard.testing import browser
from regard.workspace.models import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _folder(ledger: object, settings: Any, tmp_path: Path) -> None:
    kept = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "kept"}}
    settings.STORAGES = {**settings.STORAGES, "answers": kept}


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    (tmp_path / "crate.jpg").write_bytes(photo(size=(2_000, 1_500)))
    (tmp_path / "crate.txt").write_bytes(b"no photo")
    return tmp_path / "crate.jpg"


def test_it_is_kept_whatever_else_is_missing(live_server: Any, crate: Path) -> None:
    link = Link.objects.create(survey=published(Workspace.found(name="Halcyon"), survey()), name="x")
    with browser.page(width=390, height=844) as page:
        page.goto(f"{live_server.url}/s/{link.token}")
        page.get_by_label("A photo of it").set_input_files(crate)
        page.get_by_role("button", name="Next").click()
        page.get_by_role("alert").wait_for()
        assert page.get_by_text("crate.jpg", exact=True).is_visible() and browser.accessibility_faults(page) == []
        page.get_by_role("radio", name="2").check()
        page.get_by_role("button", name="Next").click()
        page.get_by_label("Why?").fill("Dented")
        page.get_by_role("button", name="Send").click()
        page.get_by_role("heading", name="Thank you").wait_for()
        assert page.complaints == []
    assert Response.objects.get().answers["photo"]["name"] == "crate.jpg"


def test_in_a_widget(live_server: Any, crate: Path) -> None:
    workspace = Workspace.found(name="Halcyon")
    widget = Widget(survey=published(workspace, survey()), name="Shop", unit=workspace.root)
    widget.keep(Targeting(), by="x")
    with foreign_page(live_server.url, widget.key) as address, browser.page(width=390, height=844) as page:
        page.goto(address)
        dialog = page.get_by_role("dialog", name="Your delivery")
        dialog.get_by_role("radio", name="2").check()
        dialog.get_by_label("A photo of it").set_input_files(crate.with_suffix(".txt"))
        dialog.get_by_role("button", name="Next").click()
        dialog.get_by_text("Please choose a photo").wait_for()
        dialog.get_by_label("A photo of it").set_input_files(crate)
        assert browser.accessibility_faults(page, shadow_of="regard-widget") == []
        dialog.get_by_role("button", name="Next").click()
        dialog.get_by_label("Why?").fill("Dented")
        dialog.get_by_role("button", name="Back").click()
        dialog.get_by_text("crate.jpg").wait_for()
        dialog.get_by_role("button", name="Next").click()
        dialog.get_by_label("Why?").wait_for()
        dialog.get_by_role("button", name="Send").click()
        page.get_by_text("Your answers have arrived").wait_for()
    assert Response.objects.get().answers["photo"]["name"] == "crate.jpg" and Response.objects.get().completed
