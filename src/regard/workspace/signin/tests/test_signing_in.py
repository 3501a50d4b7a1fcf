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


@pytest.mark.parametrize("forged", [{"HTTP_HOST": "evil.example"}, {"HTTP_X_FORWARDED_HOST": "evil.example"}])
def test_a_forged_host_never_gets_into_a_reset_link(owner, settings, forged):
    settings.PUBLIC_URL = "https://regard.halcyon.example"
    Client().post("/account/password/reset/", {"email": owner.user.email}, **forged)
    Client().post("/account/password/reset/", {"email": "nobody@halcyon.example"}, **forged)
    assert all("evil" not in sent.body + str(sent.message()) for sent in mail.outbox)


def test_a_reset_link_works_once(owner):
    Client().post("/account/password/reset/", {"email": owner.user.email})
    link = re.search(r"http\S+(/account/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    for password, works in (("quite another phrase", True), ("a third phrase of mine", False)):
        client = Client()
        page = client.get(link, follow=True)
        client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})
        owner.user.refresh_from_db()
        assert owner.user.check_password(password) is works


def test_a_reset_ends_every_session(owner):
    elsewhere = Client()
    sign_in(elsewhere, owner)
    Client().post("/account/password/reset/", {"email": owner.user.email})
    link = re.search(r"http\S+(/account/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    client = Client()
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "quite another phrase", "password2": "quite another phrase"})
    assert elsewhere.get("/settings/").status_code == 302


def test_a_new_password_ends_every_other_session_and_keeps_this_one(owner):
    here, elsewhere = Client(), Client()
    sign_in(here, owner)
    sign_in(elsewhere, owner)
    new = "quite another phrase"
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert here.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302


def test_reset_mails_for_one_address_are_few(owner):
    for _ in range(12):
        Client().post("/account/password/reset/", {"email": owner.user.email})
    assert len(mail.outbox) == 5


def test_the_page_is_the_same_for_a_wrong_password_and_an_unknown_address(owner):
    def tried(address):
        page = Client().post("/account/login/", {"login": address, "password": "wrong"})
        text = re.sub(r'name="csrf(middlewaretoken)?" (value|content)="[^"]+"', "", page.content.decode())
        return page.status_code, text.replace(address, "")

    assert tried(owner.user.email) == tried("nobody@halcyon.example")


def test_an_unknown_address_costs_as_many_hashes_as_a_known_one(owner, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    worked = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher, name, lambda self, *a, _real=real, **k: (worked.append(1), _real(self, *a, **k))[1]
        )
    counts = []
    for address in (owner.user.email, "nobody@halcyon.example"):
        worked.clear()
        Client().post("/account/login/", {"login": address, "password": "wrong"})
        counts.append(len(worked))
    assert counts[0] == counts[1] > 0


def test_guessing_locks_the_address_from_that_place_and_nobody_else(owner, settings):
    settings.TRUSTED_PROXIES = 1
    other = member(owner.workspace, "manager")

    def place(ip, spoofed="1.2.3.4"):
        return {"HTTP_X_FORWARDED_FOR": f"{spoofed}, {ip}"}

    for number in range(25):
        cache.clear()  # without allauth's own limit, to see that of axes; another forged place each time
        Client().post(
            "/account/login/", {"login": owner.user.email, "password": "wrong"}, **place("9.9.9.9", f"1.2.3.{number}")
        )
    cache.clear()
    right = {"login": owner.user.email, "password": PASSWORD}
    assert Client().post("/account/login/", right, **place("9.9.9.9")).status_code != 302
    assert (
        Client().post("/account/login/", {**right, "login": owner.user.email.upper()}, **place("9.9.9.9")).status_code
        != 302
    )
    assert Client().post("/account/login/", {**right, "login": other.user.email}, **place("9.9.9.9")).status_code == 302
    assert Client().post("/account/login/", right, **place("8.8.8.8")).status_code == 302


def test_guessing_is_slowed_before_that(owner):
    for _ in range(6):
        page = sign_in(Client(), owner, "wrong").content.decode()
    assert "Too many failed" in page


@pytest.mark.parametrize(
    "address",
    ["/account/email/", "/account/confirm-email/", "/account/confirm-email/abc/", "/account/3rdparty/signup/"],
)
def test_nobody_changes_the_address_their_invitation_proved(owner, address):
    client = signed_in(owner)
    sent = {"email": "ceo@halcyon.example", "action_add": "", "action_primary": ""}
    assert client.get(address).status_code == client.post(address, sent).status_code == 404
    owner.user.refresh_from_db()
    assert owner.user.email == "owner@halcyon.example"
