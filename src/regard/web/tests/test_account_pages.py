"""The sign-in library's pages speak with our words: no title case, no placeholder that repeats its label, no rules as bullets."""

import re

import pytest
from django.test import Client

from regard.testing.people import member, recently, signed_in

pytestmark = pytest.mark.django_db

OURS = {
    "/account/password/change/": "Change your password",
    "/account/logout/": "Sign out of Regard?",
    "/account/2fa/recovery-codes/generate/": "Make new recovery codes?",
    "/account/2fa/webauthn/": "No security key yet",
    "/account/2fa/webauthn/add/": "Add a security key or fingerprint",
    "/account/reauthenticate/": "Is it still you?",
}
ANYBODYS = {
    "/account/login/": "Welcome back",
    "/account/password/reset/": "Reset your password",
    "/account/password/reset/key/1-bad/": "This link no longer works",
    "/account/password/reset/key/done/": "Your password is changed",
    "/account/inactive/": "This account is switched off",
    "/account/3rdparty/login/cancelled/": "You stopped signing in",
}


def in_our_words(page, title):
    assert f"<h1>{title}</h1>" in page
    main = page.split("<main")[1].split("</main>")[0]
    assert "placeholder=" not in main
    assert "<li>" not in main
    for label in re.findall(r"<label[^>]*>(.*?)</label>", main, re.S):
        words = re.sub(r"<[^>]*>", "", label).split()
        assert not any(word[0].isupper() for word in words[1:]), label


@pytest.mark.parametrize(("address", "title"), OURS.items())
def test_my_own_pages(workspace, address, title):
    client = recently(signed_in(member(workspace)))
    answer = client.get(address)
    assert answer.status_code == 200, answer.get("Location")
    in_our_words(answer.content.decode(), title)


@pytest.mark.parametrize(("address", "title"), ANYBODYS.items())
def test_pages_before_signing_in(workspace, address, title):
    member(workspace)
    in_our_words(Client().get(address).content.decode(), title)


def test_a_wrong_password_keeps_the_form_and_says_so(workspace):
    client = recently(signed_in(member(workspace)))
    answer = client.post("/account/password/change/", {"oldpassword": "x", "password1": "a", "password2": "b"})
    page = answer.content.decode()
    assert "errorlist" in page and "Password you have now" in page
