"""Password, second factor, reset: the ways in, and what stays closed."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client

from regard.testing.people import PASSWORD, member, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(workspace):
    cache.clear()
    return member(workspace)


def sign_in(client, who, password=PASSWORD):
    return client.post("/account/login/", {"login": who.user.email, "password": password})


def code(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_the_right_password_opens_and_a_wrong_one_does_not(owner):
    client = Client()
    assert "not correct" in sign_in(client, owner, "wrong").content.decode()
    assert sign_in(client, owner).status_code == 302
    assert client.get("/settings/").status_code == 200


def test_nobody_signs_up_by_themselves(owner):
    assert "by invitation" in Client().get("/account/signup/").content.decode()


def test_a_second_factor_is_asked_for_when_there_is_one(owner):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(owner.user, secret)
    client = Client()
    assert sign_in(client, owner).headers["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/settings/").status_code == 302  # not in yet
    assert client.get("/account/2fa/authenticate/").status_code == 200
    client.post("/account/2fa/authenticate/", {"code": code(secret)})
    assert client.get("/settings/").status_code == 200


def test_a_workspace_can_require_a_second_factor(owner):
    owner.workspace.require_second_factor = True
    owner.workspace.save()
    client = signed_in(owner)
    assert client.get("/settings/").headers["Location"] == "/account/2fa/"
    assert "requires one" in client.get("/account/2fa/").content.decode()


def test_a_reset_link_leads_to_the_configured_address_and_sets_a_new_password(owner, settings):
    settings.PUBLIC_URL = "https://regard.halcyon.example"
    Client().post("/account/password/reset/", {"email": owner.user.email}, HTTP_HOST="localhost")
    link = re.search(r"https://regard.halcyon.example(/account/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    client = Client()
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "quite another phrase", "password2": "quite another phrase"})
    owner.user.refresh_from_db()
    assert owner.user.check_password("quite another phrase")


def test_an_unknown_address_is_answered_as_a_known_one(owner):
    known = Client().post("/account/password/reset/", {"email": owner.user.email}, follow=True)
    unknown = Client().post("/account/password/reset/", {"email": "nobody@halcyon.example"}, follow=True)
    assert (known.status_code, known.request["PATH_INFO"]) == (
        unknown.status_code,
        unknown.request["PATH_INFO"],
    )
