"""A company's logo, colour and font: once set, everything that respondents see wears them, and stays small."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageDraw

from regard.customers.contact.channels import Channel
from regard.customers.people.models import Profile
from regard.listening.inapp.tests.conftest import published
from regard.listening.invitations.message import content
from regard.listening.invitations.models import Invitation
from regard.listening.links.models import Link
from regard.listening.look.logo import MOST_BYTES, logo
from regard.listening.look.models import Look
from regard.listening.pictures import NoPicture
from regard.listening.programmes.models import Programme
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.testing.people import member, signed_in
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def drawn(size: tuple[int, int] = (1_600, 500), kind: str = "PNG") -> bytes:
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((200, 50, 600, 450), fill=(200, 30, 60, 255))
    pen.rectangle((700, 200, 1_400, 300), fill=(20, 20, 40, 255))
    made = io.BytesIO()
    (picture if kind == "PNG" else picture.convert("RGB")).save(made, kind)
    return made.getvalue()


@pytest.fixture
def address(workspace: Workspace, ledger: object) -> str:
    survey = published(workspace, starts()["after_contact"][1])
    Survey.objects.update(colour="")
    return f"/s/{Link.objects.create(survey=survey, name='x').token}"


def test_everything_wears_it(workspace: Workspace, address: str, client: Client) -> None:
    owner = signed_in(member(workspace))
    given = {"picture": SimpleUploadedFile("logo.svg", drawn()), "colour": "#7A1F5C", "font": "serif"}
    page = owner.post("/surveys/look", given, follow=True).content.decode()
    assert "look like this" in page and "Without a logo" in page
    look = Look.objects.get()
    page = client.get(address).content.decode()
    assert f'src="/look/{look.key}.png?v=' in page and 'alt="Halcyon"' in page and f'width="{look.width}"' in page
    given_out = client.get(f"/look/{look.key}.png")
    assert given_out["Content-Type"] == "image/png" and "immutable" in given_out["Cache-Control"]
    with Image.open(io.BytesIO(given_out.content)) as shown:
        assert shown.size == (look.width * 2, look.height * 2) and shown.getpixel((0, 0))[3] == 0  # cut to what is drawn, ground and all
    sheet = client.get(f"{address}/colours.css").content.decode()
    assert "--brand:#7a1f5c" in sheet and "ui-serif" in sheet
    sheets = [Path(finders.find(f"listening/{name}.css") or "").read_bytes() for name in ("survey", "page")]
    assert len(page) + len(sheet) + len(given_out.content) + sum(map(len, sheets)) < 30_000
    told = client.get(f"/inapp/v1/surveys/{address.rpartition('/')[2]}").json()
    assert told["colour"] == "#7a1f5c" and told["on_colour"] == "#fff"
    Survey.objects.update(colour="#0d5c63")  # one of its own
    assert "--brand:#0d5c63" in client.get(f"{address}/colours.css").content.decode()
    owner.post("/surveys/look", {"drop": "on", "colour": "", "font": ""})
    page = client.get(address).content.decode()
    assert "<img" not in page and "<b>Halcyon</b>" in page and client.get(f"/look/{look.key}.png").status_code == 404
    assert client.get("/look/none.png").status_code == 404


def test_what_is_no_picture_is_said_so(workspace: Workspace, address: str) -> None:
    owner = signed_in(member(workspace))
    for body in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"x" * 40, drawn()[:300]):
        page = owner.post("/surveys/look", {"picture": SimpleUploadedFile("logo.png", body), "colour": "red", "font": "serif"})
        told = page.content.decode()
        assert "cannot be read as a picture" in told and "A colour such as" in told and 'value="red"' in told
    assert not Look.objects.exists()
    assert signed_in(member(workspace, "viewer")).get("/surveys/look").status_code == 403


def test_it_is_small_whatever_it_was() -> None:
    noise = io.BytesIO()
    Image.effect_noise((900, 900), 200).save(noise, "PNG")
    assert len(logo(noise).png) <= MOST_BYTES
    one = logo(io.BytesIO(drawn(kind="JPEG")))
    assert len(one.png) <= MOST_BYTES and one.height <= 48 and one.width <= 220
    empty = io.BytesIO()
    Image.new("RGBA", (3, 3), (0, 0, 0, 0)).save(empty, "PNG")
    assert logo(empty).width == 1
    with pytest.raises(NoPicture):
        logo(io.BytesIO(b""))


def test_an_invitation_wears_it_too(workspace: Workspace, address: str, settings: Any) -> None:
    settings.PUBLIC_URL, made = "https://x.example", logo(io.BytesIO(drawn()))
    look = Look.objects.create(workspace=workspace, colour="#7a1f5c", logo=made.png, width=made.width, height=made.height)
    survey = Survey.objects.get()
    programme = Programme(survey=survey, name="After a call")
    invitation = Invitation(pk=1, programme=programme, profile=Profile(traits={}), expires=timezone.now())
    written = content(invitation, survey.published, channel=Channel.EMAIL, step=0, unsubscribe="https://x.example/u")
    assert f'src="https://x.example/look/{look.key}.png?v=' in written.html and 'alt="Halcyon"' in written.html
