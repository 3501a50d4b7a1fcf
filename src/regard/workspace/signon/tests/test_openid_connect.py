"""OpenID Connect, all the way round, against a provider on this machine."""

import json
import re
import urllib.request
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.core.cache import cache
from django.test import Client

from regard.testing.identity_provider import CLIENT, SECRET, identity_provider
from regard.testing.people import PASSWORD, member, recently, signed_in
from regard.workspace.models import Invitation, Member, User
from regard.workspace.signon import providers

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider():
    with identity_provider() as made:
        yield made


@pytest.fixture
def owner(workspace, provider):
    cache.clear()
    made = member(workspace)
    connect(made, provider)
    return made


def connect(owner, provider, slug="entra", **more):
    form = {"name": "Entra", "slug": slug, "server_url": provider.url, "client_id": CLIENT, "secret": SECRET, **more}
    answer = recently(signed_in(owner)).post("/settings/sign-on/new/openid_connect", form)
    assert answer.status_code == 302, answer.content.decode()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def begin(client, slug="entra", query=""):
    """Press the button; returns the provider's address that the page leads on to."""
    answer = client.post(f"/account/oidc/{slug}/login/{query}")
    assert answer.status_code == 200, answer.headers
    return unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.content.decode())[1])


def visit(client, address):
    """Be at the provider, and come back with its code."""
    try:
        urllib.request.build_opener(NoRedirect).open(address)
    except urllib.error.HTTPError as answer:
        back = urlsplit(answer.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def sign_in(client, provider, slug="entra", query="", **person):
    provider.person = {"sub": "7", "email_verified": True, "name": "Karim Diallo", **person}
    return visit(client, begin(client, slug, query))


def invite(owner, email="karim@halcyon.example", role="manager"):
    return Invitation.send(
        workspace_id=owner.workspace_id, email=email, role=role, units=[owner.workspace.root.pk], sent_by=owner.user
    )


def test_an_invited_address_gets_an_account_and_its_seat(owner, provider):
    invite(owner)
    client = Client()
    assert sign_in(client, provider, email="Karim@Halcyon.example").headers["Location"] == "/"
    seat = Member.objects.get(user__email="karim@halcyon.example")
    assert (seat.role, seat.workspace_id, seat.user.name) == ("manager", owner.workspace_id, "Karim Diallo")
    assert not seat.user.has_usable_password()
    assert client.get("/settings/").status_code == 200
    assert Invitation.waiting_for("karim@halcyon.example") is None


def test_the_request_carries_pkce_a_state_and_the_registered_address(owner, provider):
    begin_at = parse_qs(urlsplit(begin(Client())).query)
    assert begin_at["code_challenge_method"] == ["S256"] and begin_at["code_challenge"] and begin_at["state"]
    assert begin_at["redirect_uri"] == ["http://testserver/account/oidc/entra/login/callback/"]
    assert SECRET not in str(begin_at)


def test_an_existing_member_is_signed_in_and_keeps_their_password(owner, provider):
    client = Client()
    assert sign_in(client, provider, email=owner.user.email).status_code == 302
    assert client.get("/me").status_code == 200
    owner.user.refresh_from_db()
    assert owner.user.check_password(PASSWORD)
    assert User.objects.count() == 1


def test_a_stranger_is_refused_with_a_page_that_says_what_to_do(owner, provider):
    client = Client()
    answer = sign_in(client, provider, email="eve@elsewhere.example")
    page = answer.content.decode()
    assert answer.status_code == 403 and "eve@elsewhere.example" in page and "by invitation" in page
    assert User.objects.count() == 1 and client.get("/me").status_code == 302


@pytest.mark.parametrize("claim", [{"email_verified": False}, {"email_verified": None}])
def test_an_unverified_address_never_takes_over_an_account(owner, provider, claim):
    client = Client()
    answer = sign_in(client, provider, email=owner.user.email, **claim)
    assert answer.status_code == 403 and "does not vouch" in answer.content.decode()
    assert client.get("/me").status_code == 302
    assert not SocialAccount.objects.exists()


def test_an_unverified_address_never_takes_an_invitation(owner, provider):
    invite(owner)
    assert sign_in(Client(), provider, email="karim@halcyon.example", email_verified=False).status_code == 403
    assert User.objects.count() == 1 and Invitation.waiting_for("karim@halcyon.example")


def test_without_an_address_nobody_may_type_one(owner, provider):
    invite(owner)
    client = Client()
    answer = sign_in(client, provider)
    assert answer.status_code == 403 and "did not say who you are" in answer.content.decode()
    for method in (client.get, client.post):
        assert method("/account/3rdparty/signup/").status_code == 404


def test_a_provider_bound_to_domains_speaks_for_no_others(owner, provider):
    connect(owner, provider, slug="bound", domains="@Halcyon.example, halcyon.test")
    SocialApp.objects.get(provider_id="entra").delete()
    assert (
        sign_in(Client(), provider, "bound", sub="1", email="owner@halcyon.example", email_verified=None).status_code
        == 302
    )
    invite(owner, email="x@elsewhere.example")
    assert sign_in(Client(), provider, "bound", sub="2", email="x@elsewhere.example").status_code == 403


def test_someone_who_was_deactivated_does_not_come_back_by_sign_on(owner, provider):
    gone = member(owner.workspace, "manager")
    invite(owner, email=gone.user.email)
    gone.leave(by=owner)
    client = Client()
    sign_in(client, provider, email=gone.user.email)
    assert client.get("/settings/").status_code == 403
    gone.user.is_active = False
    gone.user.save()
    fresh = Client()
    sign_in(fresh, provider, email=gone.user.email)
    assert fresh.get("/settings/").status_code == 302


def test_the_second_factor_is_asked_for_after_it(owner, provider):
    TOTP.activate(owner.user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client = Client()
    assert (
        sign_in(client, provider, email=owner.user.email).headers["Location"].startswith("/account/2fa/authenticate/")
    )
    assert client.get("/settings/").status_code == 302


def test_a_required_second_factor_is_not_skipped_by_it(owner, provider):
    owner.workspace.require_second_factor = True
    owner.workspace.save()
    invite(owner)
    client = Client()
    sign_in(client, provider, email="karim@halcyon.example")
    assert client.get("/settings/").headers["Location"] == "/account/2fa/"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_it_leads_nowhere_else_afterwards(owner, provider, target):
    answer = sign_in(Client(), provider, query=f"?next={target}", email=owner.user.email)
    assert answer.headers["Location"] == "/"


def test_another_browsers_answer_is_refused(owner, provider):
    provider.person = {"sub": "7", "email": owner.user.email, "email_verified": True}
    address = begin(Client())
    other = Client()
    assert visit(other, address).status_code == 401
    assert other.get("/me").status_code == 302


def test_a_code_works_only_for_the_browser_that_holds_the_proof(owner, provider):
    """PKCE: the token endpoint refuses a code without the verifier from the first request."""
    client = Client()
    provider.person = {"sub": "7", "email": owner.user.email, "email_verified": True}
    address = begin(client)
    visit_ = urllib.request.build_opener(NoRedirect)
    with pytest.raises(urllib.error.HTTPError):
        visit_.open(address)
    (code,) = provider.codes
    body = f"code={code}&client_id={CLIENT}&client_secret={SECRET}&redirect_uri={provider.asked[0]['redirect_uri']}"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{provider.url}/token", data=body.encode())
    assert json.load(refused.value) == {"error": "invalid_grant"}


def test_numbers_of_a_removed_provider_mean_nobody_at_the_next(owner, provider):
    karim = member(owner.workspace, "manager", email="karim@halcyon.example")
    sign_in(Client(), provider, sub="1", email=owner.user.email)
    assert SocialAccount.objects.get().user == owner.user
    providers.remove(SocialApp.objects.get(), workspace=owner.workspace_id, actor="test")
    connect(owner, provider)
    client = Client()
    sign_in(client, provider, sub="1", email=karim.user.email)
    assert client.get("/me").context["user"] == karim.user


def test_an_issuer_without_https_is_refused_unless_it_is_this_machine(owner):
    form = {"name": "X", "slug": "x", "server_url": "http://idp.example", "client_id": "a"}
    page = recently(signed_in(owner)).post("/settings/sign-on/new/openid_connect", form).content.decode()
    assert "must begin with https" in page


def test_a_provider_that_is_away_is_told_on_a_page(owner, provider):
    app = SocialApp.objects.get()
    app.settings["server_url"] = "http://127.0.0.1:9"
    app.save()
    answer = Client().post("/account/oidc/entra/login/")
    assert answer.status_code == 400 and "did not work" in answer.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_button_works_under_the_content_security_policy(live_server, provider):
    from regard.testing import browser
    from regard.workspace.models import Workspace

    cache.clear()
    owner = member(Workspace.found(name="Halcyon"))
    connect(owner, provider)
    provider.person = {"sub": "7", "email": owner.user.email, "email_verified": True}
    with browser.page() as page:
        page.goto(f"{live_server.url}/account/login/?next=/me")
        page.get_by_role("button", name="Continue with Entra").click()
        page.get_by_role("heading", name="Owner").wait_for()
        assert page.url == f"{live_server.url}/me"
        assert page.complaints == []
