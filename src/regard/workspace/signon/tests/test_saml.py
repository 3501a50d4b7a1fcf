"""SAML 2.0: what is published, what is asked, and which answers are believed."""

import base64
import re
import zlib
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialApp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.core.cache import cache
from django.test import Client
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from regard.testing.people import PASSWORD, member, recently, signed_in
from regard.workspace.models import Invitation, Member

pytestmark = pytest.mark.django_db
HOST, IDP = "regard.halcyon.example", "https://idp.halcyon.example/metadata"
HERE = f"http://{HOST}"
ACS, METADATA = f"{HERE}/account/saml/okta/acs/", f"{HERE}/account/saml/okta/metadata/"


def key_and_certificate():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.halcyon.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


KEY, CERTIFICATE = key_and_certificate()
EMAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"


@pytest.fixture(autouse=True)
def _host(settings):
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, HOST]
    cache.clear()


@pytest.fixture
def owner(workspace):
    made = member(workspace)
    connect(made)
    return made


def connect(owner, **more):
    form = {
        "name": "Okta",
        "slug": "okta",
        "entity_id": IDP,
        "sso_url": "https://idp.halcyon.example/sso",
        "x509cert": CERTIFICATE,
        **more,
    }
    answer = recently(signed_in(owner)).post("/settings/sign-on/new/saml", form)
    assert answer.status_code == 302, answer.content.decode()


def browser():
    return Client(HTTP_HOST=HOST)


def begin(client):
    """Press the button; returns the id and the text of the AuthnRequest."""
    page = client.post("/account/saml/okta/login/").content.decode()
    address = urlsplit(unescape(re.search(r'content="0; url=([^"]+)"', page)[1]))
    assert address.netloc == "idp.halcyon.example"
    request = zlib.decompress(base64.b64decode(parse_qs(address.query)["SAMLRequest"][0]), -15).decode()
    return re.search(r'ID="([^"]+)"', request)[1], request


def assertion(to, email, *, attribute=EMAIL, audience=METADATA, minutes=5):
    now = datetime.now(UTC)
    stamp = "%Y-%m-%dT%H:%M:%SZ"
    start, end = (now - timedelta(minutes=1)).strftime(stamp), (now + timedelta(minutes=minutes)).strftime(stamp)
    return f"""<saml:Assertion
    xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion" Version="2.0" IssueInstant="{start}">
    <saml:Issuer>{IDP}</saml:Issuer>
    <saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">person-7</saml:NameID>
    <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
    <saml:SubjectConfirmationData NotOnOrAfter="{end}" Recipient="{ACS}" InResponseTo="{to}"/></saml:SubjectConfirmation>
    </saml:Subject>
    <saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}">
    <saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
    <saml:AuthnStatement AuthnInstant="{start}" SessionIndex="1">
    <saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
    <saml:AttributeStatement><saml:Attribute Name="{attribute}">
    <saml:AttributeValue>{email}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"""


def signed(xml, key=KEY, certificate=CERTIFICATE):
    done = OneLogin_Saml2_Utils.add_sign(
        xml, key, certificate,
        sign_algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        digest_algorithm="http://www.w3.org/2001/04/xmlenc#sha256",
    )  # fmt: skip
    done = done.decode() if isinstance(done, bytes) else done
    return re.sub(r"^<\?xml[^>]*\?>\s*", "", done)


def response(to, inside):
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"""<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
    ID="_response" Version="2.0" IssueInstant="{now}" Destination="{ACS}" InResponseTo="{to}">
    <saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{IDP}</saml:Issuer>
    <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{inside}</samlp:Response>"""


def answer(client, xml):
    """The provider has the browser post its answer, from another site: without the session's cookie."""
    other = browser()
    sent = other.post("/account/saml/okta/acs/", {"SAMLResponse": base64.b64encode(xml.encode()).decode()})
    client.cookies["saml-acs-session"] = other.cookies["saml-acs-session"].value
    return client.get(sent.headers["Location"])


def test_the_metadata_name_where_answers_go(owner):
    answered = browser().get("/account/saml/okta/metadata/")
    page = answered.content.decode()
    assert answered.status_code == 200 and f'entityID="{METADATA}"' in page and ACS in page


def test_the_request_asks_for_an_answer_here(owner):
    _number, request = begin(browser())
    assert f'AssertionConsumerServiceURL="{ACS}"' in request and METADATA in request


@pytest.mark.parametrize("attribute", [EMAIL, "email", "mail"])
def test_a_signed_answer_signs_a_member_in(owner, attribute):
    client = browser()
    number, _ = begin(client)
    answered = answer(client, response(number, signed(assertion(number, owner.user.email, attribute=attribute))))
    assert (answered.status_code, answered.headers.get("Location")) == (302, "/")
    assert client.get("/me").context["user"] == owner.user
    owner.user.refresh_from_db()
    assert owner.user.check_password(PASSWORD)


def test_an_attribute_of_another_name_can_be_set(owner):
    SocialApp.objects.all().delete()
    connect(owner, email_attribute="urn:halcyon:post")
    client = browser()
    number, _ = begin(client)
    answer(client, response(number, signed(assertion(number, owner.user.email, attribute="urn:halcyon:post"))))
    assert client.get("/me").status_code == 200


def test_an_invited_address_gets_its_seat_and_a_stranger_none(owner):
    root = owner.workspace.root.pk
    Invitation.send(
        workspace_id=owner.workspace_id, email="k@halcyon.example", role="agent", units=[root], sent_by=owner.user
    )
    client = browser()
    number, _ = begin(client)
    assert answer(client, response(number, signed(assertion(number, "k@halcyon.example")))).status_code == 302
    assert Member.objects.get(user__email="k@halcyon.example").role == "agent"


def test_a_stranger_is_refused_with_a_page_that_says_what_to_do(owner):
    client = browser()
    number, _ = begin(client)
    refused = answer(client, response(number, signed(assertion(number, "eve@halcyon.example"))))
    assert refused.status_code == 403 and "Nobody has invited" in refused.content.decode()


def forged(kind, number, email):
    good = signed(assertion(number, "someone@halcyon.example"))
    if kind == "unsigned":
        return response(number, assertion(number, email))
    if kind == "changed after signing":
        return response(number, good.replace("someone@halcyon.example", email))
    if kind == "signed by someone else":
        return response(number, signed(assertion(number, email), *key_and_certificate()))
    if kind == "for another service":
        return response(number, signed(assertion(number, email, audience="https://other.example/metadata")))
    if kind == "too late":
        return response(number, signed(assertion(number, email, minutes=-10)))
    if kind == "wrapped":  # a second, unsigned assertion beside the signed one
        return response(number, assertion(number, email).replace("_assertion", "_evil") + good)
    if kind == "comment in the address":
        return response(
            number, signed(assertion(number, "someone@halcyon.example")).replace("someone@", f"{email}<!---->")
        )
    if kind == "nobody asked":
        return response("_invented", signed(assertion("_invented", email)))
    if kind == "an entity":
        return '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + response(
            number, signed(assertion(number, email))
        )
    return "not xml at all"


@pytest.mark.parametrize(
    "kind",
    ["unsigned", "changed after signing", "signed by someone else", "for another service", "too late", "wrapped",
     "comment in the address", "nobody asked", "an entity", "nonsense"],
)  # fmt: skip
def test_a_forged_answer_is_refused(owner, kind):
    client = browser()
    number, _ = begin(client)
    refused = answer(client, forged(kind, number, owner.user.email))
    assert refused.status_code in (400, 401, 403) and client.get("/me").status_code == 302, refused.status_code


def test_an_answer_works_once(owner):
    client = browser()
    number, _ = begin(client)
    xml = response(number, signed(assertion(number, owner.user.email)))
    answer(client, xml)
    client.post("/account/logout/")
    assert answer(client, xml).status_code in (401, 403)
    assert client.get("/me").status_code == 302


def test_another_browser_cannot_use_it(owner):
    number, _ = begin(browser())
    client = browser()
    answer(client, response(number, signed(assertion(number, owner.user.email))))
    assert client.get("/me").status_code == 302


def test_a_provider_bound_to_domains_speaks_for_no_others(owner):
    SocialApp.objects.all().delete()
    connect(owner, domains="elsewhere.example")
    client = browser()
    number, _ = begin(client)
    assert answer(client, response(number, signed(assertion(number, owner.user.email)))).status_code == 403


@pytest.mark.parametrize("slo", ["", "https://idp.halcyon.example/slo"])
def test_an_unsigned_request_signs_nobody_out_and_leads_nowhere(owner, slo):
    SocialApp.objects.all().delete()
    connect(owner, slo_url=slo)
    client = browser()
    client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    xml = f'''<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
        xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l" Version="2.0" IssueInstant="{now}">
        <saml:Issuer>{IDP}</saml:Issuer><saml:NameID>x</saml:NameID></samlp:LogoutRequest>'''
    packed = base64.b64encode(zlib.compress(xml.encode())[2:-4]).decode()
    for extra in ({}, {"Signature": "AAAA", "SigAlg": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"}):
        query = urlencode({"SAMLRequest": packed, "RelayState": "https://evil.example/", **extra})
        answered = client.get(f"/account/saml/okta/sls/?{query}")
        assert answered.status_code in (400, 404)
        assert client.get("/me").status_code == 200


def test_a_host_name_without_a_dot_works_too(owner, settings):
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "regard"]
    assert Client(HTTP_HOST="regard").get("/account/saml/okta/metadata/").status_code == 200
