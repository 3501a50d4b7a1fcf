"""Single sign-on is set up on a page, and its secret never comes back."""

import pytest
from allauth.socialaccount.models import SocialApp
from django.test import Client

from regard.testing.people import member, recently, signed_in

pytestmark = pytest.mark.django_db
OIDC = {
    "name": "Entra",
    "slug": "entra",
    "server_url": "https://login.example/tenant",
    "client_id": "abc",
    "secret": "s3cr3t-value",
}
SAML = {
    "name": "Okta",
    "slug": "okta",
    "entity_id": "urn:okta",
    "sso_url": "https://okta.example/sso",
    "x509cert": "MIIC",
}


@pytest.fixture
def client(workspace):
    return recently(signed_in(member(workspace)))


def test_a_provider_becomes_a_button_of_the_sign_in_page(client):
    client.post("/settings/sign-on/new/openid_connect", OIDC)
    app = SocialApp.objects.get()
    assert (app.provider, app.provider_id, app.secret) == ("openid_connect", "entra", "s3cr3t-value")
    assert "Continue with Entra" in Client().get("/account/login/").content.decode()


def test_its_secret_is_never_sent_back_and_stays_when_left_empty(client):
    client.post("/settings/sign-on/new/openid_connect", OIDC)
    app = SocialApp.objects.get()
    page = client.get(f"/settings/sign-on/{app.pk}").content.decode()
    assert "s3cr3t" not in page and "login.example" in page
    client.post(f"/settings/sign-on/{app.pk}", {**OIDC, "name": "Microsoft", "secret": ""})
    app.refresh_from_db()
    assert (app.name, app.secret) == ("Microsoft", "s3cr3t-value")


def test_saml_shows_the_addresses_to_register(client, settings):
    settings.PUBLIC_URL = "https://regard.halcyon.example"
    client.post("/settings/sign-on/new/saml", SAML)
    page = client.get("/settings/sign-on/").content.decode()
    assert "https://regard.halcyon.example/account/saml/okta/acs/" in page


def test_two_providers_cannot_share_a_short_name(client):
    client.post("/settings/sign-on/new/openid_connect", OIDC)
    assert "Another sign-on" in client.post("/settings/sign-on/new/saml", {**SAML, "slug": "entra"}).content.decode()


def test_an_admin_may_not_set_up_sign_on(workspace):
    admin = recently(signed_in(member(workspace, "admin")))
    assert admin.get("/settings/sign-on/").status_code == 403
