"""No page carries a style or a script of its own, and every page says so in its headers."""

import re

import pytest
from django.test import Client

from regard.testing.events import send, track
from regard.testing.people import member, recently, signed_in

pytestmark = pytest.mark.django_db

OPEN = [
    "/account/login/",
    "/account/password/reset/",
    "/account/signup/",
    "/invitation/nothing",
    "/unsubscribe/nothing",
    "/consent/nothing",
    "/no/such/page",
]
INSIDE = [
    "/", "/explore/", "/explore/?metric=nps&by=week", "/explore/?metric=interactions&by=channel&last=all", "/explore/?by=colour",
    "/touchpoints/", "/touchpoints/new", "/feedback/", "/feedback/?q=bill&tone=bad&touchpoint=unmapped", "/customers/", "/sources/",
    "/sources/connect", "/sources/refused", "/sources/mapping", "/sources/mapping/rule?event=Call+Ended", "/me", "/settings/",
    "/settings/workspace", "/settings/members/", "/settings/invitations/new", "/settings/units/", "/settings/units/new",
    "/settings/keys/", "/settings/keys/new", "/settings/sign-on/", "/settings/sign-on/new/openid_connect", "/settings/sign-on/new/saml",
    "/settings/contact/", "/settings/contact/purposes/new", "/settings/suppressions/", "/settings/suppressions/?q=x", "/settings/suppressions/new",
    "/settings/audit/?check", "/account/2fa/", "/account/2fa/totp/activate/", "/account/2fa/webauthn/add/", "/account/password/change/",
    "/account/3rdparty/",
]  # fmt: skip


def faults(page):
    """What a strict policy would refuse: scripts without a source, styles, handlers, other hosts."""
    found = [
        tag
        for tag in re.findall(r"<script\b[^>]*>", page)
        if "src=" not in tag and 'type="application/json"' not in tag
    ]
    found += (
        re.findall(r"<style\b", page)
        + re.findall(r'<[^>]*\sstyle="[^>]*>', page)
        + re.findall(r"<[^>]*\son[a-z]+=", page)
    )
    found += re.findall(r'(?:src|srcset)="(?:https?:)?//[^"]*', page) + re.findall(
        r'<link[^>]*href="(?:https?:)?//[^"]*', page
    )
    return found


@pytest.mark.parametrize("address", OPEN)
def test_open_pages(workspace, address):
    member(workspace)
    answer = Client().get(address)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert faults(answer.content.decode()) == []


def test_the_first_visit(db):
    assert faults(Client().get("/welcome").content.decode()) == []


@pytest.fixture
def client(workspace, ledger):
    from regard.ledger.record.project import project_all
    from regard.ledger.touchpoints.industries import fill

    fill(workspace.pk, "telecom", actor="test")
    send(
        workspace,
        *[track(f"m{number}", user=f"u{number}", properties={"wait": number}) for number in range(40)],
        {"type": "dance"},
    )
    project_all()
    return recently(signed_in(member(workspace)))


def test_every_page_inside(client):
    wrong = {}
    for address in INSIDE:
        answer = client.get(address, follow=True)
        page = answer.content.decode()
        if (
            answer.status_code not in (200, 400)
            or faults(page)
            or "style-src 'self'" not in answer.headers["Content-Security-Policy"]
        ):
            wrong[address] = (answer.status_code, faults(page))
    assert wrong == {}


def test_a_customer_and_their_timeline(client):
    from regard.customers.people.models import Profile

    customer = Profile.objects.first().pk
    page = client.get(f"/customers/{customer}").content.decode()
    assert f"/timeline/{customer}" in page and faults(page) == []
    panel = client.get(f"/timeline/{customer}").content.decode()
    assert "Call Ended" in panel and faults(panel) == []
    assert faults(client.get(f"/customers/{customer}/contact").content.decode()) == []
