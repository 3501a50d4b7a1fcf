"""The second factor: set up, asked for, recovered from, required, and never skipped."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from regard.site.permissions import Needs, SignedIn
from regard.testing.people import PASSWORD, member, signed_in
from regard.workspace.models import Invitation

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def owner(workspace):
    cache.clear()
    return member(workspace)


def code(secret=SECRET):
    """The code of the moment; one that is about to change is waited for, so that it still holds when it is looked at."""
    if (left := 30 - time.time() % 30) < 5:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(client, who, password=PASSWORD):
    return client.post("/account/login/", {"login": who.user.email, "password": password})


def test_setting_up_the_app_asks_for_the_password_shows_recovery_codes_and_holds_at_the_next_sign_in(owner):
    client = Client()
    sign_in(client, owner)
    asked = client.get("/account/2fa/totp/activate/")
    assert asked.status_code == 302 and "reauthenticate" in asked.headers["Location"]
    client.post(asked.headers["Location"], {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)[1]
    assert (
        client.post("/account/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    )  # a wrong code turns nothing on
    assert not Authenticator.objects.exists()
    done = client.post("/account/2fa/totp/activate/", {"code": code(secret)})
    assert done.headers["Location"] == "/account/2fa/recovery-codes/"
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    assert len(codes) == 10 and codes[0] in client.get("/account/2fa/recovery-codes/").content.decode()
    cache.clear()  # a code works once
    again = Client()
    assert sign_in(again, owner).headers["Location"].startswith("/account/2fa/authenticate/")
    assert again.get("/me").status_code == 302
    again.post("/account/2fa/authenticate/", {"code": code(secret)})
    assert again.get("/me").status_code == 200


def test_a_code_of_the_app_works_once(owner):
    TOTP.activate(owner.user, SECRET)
    now = code()
    for client, status in ((Client(), 200), (Client(), 302)):
        sign_in(client, owner)
        client.post("/account/2fa/authenticate/", {"code": now})
        assert client.get("/me").status_code == status


def test_a_recovery_code_works_once(owner):
    TOTP.activate(owner.user, SECRET)
    spare = RecoveryCodes.activate(owner.user).get_unused_codes()[0]
    for client, status in ((Client(), 200), (Client(), 302)):
        sign_in(client, owner)
        client.post("/account/2fa/authenticate/", {"code": spare})
        assert client.get("/me").status_code == status


def test_its_secrets_lie_sealed_in_the_database(owner, settings):
    TOTP.activate(owner.user, SECRET)
    seed = RecoveryCodes.activate(owner.user).instance.data["seed"]
    (app,) = Authenticator.objects.filter(type="totp")
    assert SECRET not in str(app.data) and len(seed) > 60
    now = code()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert TOTP(app).validate_code(now)


def test_guessing_codes_is_stopped(owner):
    TOTP.activate(owner.user, SECRET)
    client = Client()
    sign_in(client, owner)
    for _ in range(12):
        client.post("/account/2fa/authenticate/", {"code": "000000"})
    client.post("/account/2fa/authenticate/", {"code": code()})
    assert client.get("/me").status_code == 302


def test_where_it_is_required_a_member_without_one_reaches_nothing_but_its_set_up(ledger, owner):
    from regard.site.tests.test_permissions import addresses

    owner.workspace.require_second_factor = True
    owner.workspace.save()
    client = signed_in(owner)
    for route, address, needed in addresses(Needs) + addresses(SignedIn):
        if isinstance(needed, SignedIn) and needed.before_second_factor:
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            assert (answer.status_code, answer.headers["Location"]) == (302, "/account/2fa/"), route


def test_recovery_codes_alone_are_no_second_factor(owner):
    owner.workspace.require_second_factor = True
    owner.workspace.save()
    RecoveryCodes.activate(owner.user)
    assert signed_in(owner).get("/settings/").headers["Location"] == "/account/2fa/"


def test_a_password_reset_does_not_skip_it(owner):
    TOTP.activate(owner.user, SECRET)
    client = Client()
    client.post("/account/password/reset/", {"email": owner.user.email})
    link = re.search(r"http\S+(/account/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    page = client.get(link, follow=True)
    new = "quite another phrase"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert client.get("/me").status_code == 302
    assert sign_in(client, owner, new).headers["Location"].startswith("/account/2fa/authenticate/")
    assert Authenticator.objects.filter(user=owner.user, type="totp").exists()


def test_an_invitation_does_not_skip_it(owner):
    TOTP.activate(owner.user, SECRET)
    other = type(owner.workspace).found(name="Second")
    _invitation, secret = Invitation.send(
        workspace_id=other.pk, email=owner.user.email, role="owner", units=[other.root.pk], sent_by=owner.user
    )
    client = Client()
    page = client.get(f"/invitation/{secret}").content.decode()
    assert "Sign in to join" in page
    client.post(f"/invitation/{secret}", {"name": "Eve", "password": "a phrase of my own"})
    assert client.get("/me").status_code == 302


def test_an_invited_newcomer_is_led_to_set_one_up(owner):
    owner.workspace.require_second_factor = True
    owner.workspace.save()
    _invitation, secret = Invitation.send(
        workspace_id=owner.workspace_id, email="k@halcyon.example", role="viewer",
        units=[owner.workspace.root.pk], sent_by=owner.user,
    )  # fmt: skip
    client = Client()
    client.post(f"/invitation/{secret}", {"name": "Karim", "password": "a phrase of my own"})
    assert client.get("/").headers["Location"] == "/account/2fa/"


def test_whoever_turns_it_off_or_stops_requiring_it_gives_the_password_again(owner):
    TOTP.activate(owner.user, SECRET)
    client = signed_in(owner)
    for address in ("/account/2fa/totp/deactivate/", "/settings/workspace", "/account/2fa/recovery-codes/generate/"):
        answer = client.post(address)
        assert answer.status_code == 302 and "reauthenticate" in answer.headers["Location"], address
    assert TOTP(Authenticator.objects.get(type="totp")).validate_code(code())


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_security_key_is_set_up_and_signs_in(live_server):
    from regard.testing import browser
    from regard.workspace.models import Workspace

    cache.clear()
    owner = member(Workspace.found(name="Halcyon"))
    here = live_server.url.replace("127.0.0.1", "localhost")  # a key is bound to a name, never to a number
    with browser.page() as page:
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        kind = {
            "protocol": "ctap2",
            "transport": "usb",
            "hasUserVerification": True,
            "isUserVerified": True,
            "hasResidentKey": True,
        }
        device.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, "automaticPresenceSimulation": True}})

        def sign_in():
            page.goto(f"{here}/account/login/?next=/me")
            page.fill("[name=login]", owner.user.email)
            page.fill("[name=password]", PASSWORD)
            page.keyboard.press("Enter")

        sign_in()
        page.wait_for_url(f"{here}/me")
        page.goto(f"{here}{reverse('mfa_add_webauthn')}")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.locator("[name=name]").fill("My key")
        page.locator("#mfa_webauthn_add").click()
        page.wait_for_url("**/account/2fa/recovery-codes/**")
        assert Authenticator.objects.filter(user=owner.user, type="webauthn").count() == 1

        page.context.clear_cookies()
        sign_in()
        page.get_by_role("button", name="Use a security key").click()
        page.wait_for_url(f"{here}/me")
        assert page.complaints == []
