"""What people and machines can type, send and upload, in its worst form, and what every page makes of it."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.urls.exceptions import NoReverseMatch

from regard.ledger.inbox.put import put_rows
from regard.ledger.record.project import project_all
from regard.site.permissions import Closed, Keyed, Needs, SignedIn, access
from regard.site.tests.test_permissions import walk
from regard.testing.events import send, source, track
from regard.testing.people import member, recently, signed_in
from regard.workspace.models import ApiKey, Invitation, Member, Unit, Workspace

pytestmark = pytest.mark.django_db
SCRIPT, HANDLER, LINK = "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"
NASTY = f"{SCRIPT}{HANDLER}"
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]


def address_of(route, arguments):
    """Some libraries have their ids in an outer pattern."""
    for outer in ({}, {"pk": 999_999}, {"organization_slug": "x"}, {"provider_id": "x"}):
        with contextlib.suppress(NoReverseMatch):
            return reverse(route, kwargs={**outer, **arguments})
    raise AssertionError(route)


class Faults(HTMLParser):
    """What someone's text has become on a page, when it became more than text; and where the page leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append("a script")
        if tag == "img" and given.get("src") == "x":
            self.found.append("an image")
        for name, value in given.items():
            if name.startswith("on"):
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "data") and re.match(
                r"\s*(javascript|vbscript|data:text)", value or "", re.IGNORECASE
            ):
                self.found.append(f"{tag} {name}={value}")
        self.links += [given[name] for name in ("href", "hx-get") if given.get(name)]


def crawl(client, *starts, most=220):
    """Every page that can be reached by links, each with its faults."""
    waiting, seen, wrong, kinds = list(starts), set(), {}, {}
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        kind = re.sub(r"\d+|=[^&]*", "#", address)
        if address in seen or kinds.get(kind, 0) >= 3:
            continue
        seen.add(address)
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = client.get(address)
        if answer.status_code >= 500:
            wrong[address] = answer.status_code
        if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
            continue
        page = Faults(answer.content.decode())
        if page.found:
            wrong[address] = page.found
        here = urlsplit(address).path
        for link in page.links:
            to = urlsplit(urljoin(here, link))
            if not to.scheme and not to.netloc and not to.path.startswith(("/static", "/account/logout", "/api/docs")):
                waiting.append(to.path + (f"?{to.query}" if to.query else ""))
    return seen, wrong


@pytest.fixture
def owner(ledger, workspace):
    """The owner of a workspace in which everything that has a name has a nasty one."""
    from regard.ledger.touchpoints.models import Touchpoint

    workspace.name = NASTY[:80]
    workspace.save()
    made = member(workspace)
    made.user.name = NASTY
    made.user.save()
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name=NASTY[:120])
    Touchpoint.objects.create(workspace=workspace, name=f"{LINK} {NASTY}"[:120], description=NASTY, owner=store)
    ApiKey.create(workspace_id=workspace.pk, name=NASTY[:80], scope="collect", unit_id=store.pk, actor=NASTY)
    Invitation.send(workspace_id=workspace.pk, email="x@y.example", role="viewer", units=[store.pk], sent_by=made.user)
    other = member(workspace, "agent", at=store)
    other.user.name = NASTY
    other.user.save()
    where = source(workspace, name=NASTY)
    now = datetime.now(UTC).isoformat()
    rows = [
        {"kind": "answer", "message_id": f"a{n}", "at": now, "metric": "nps", "score": float(n), "scale_low": 0, "scale_high": 10,
         "user_id": NASTY, "text": f"{NASTY} {LINK}", "touchpoint": NASTY, "channel": "phone", "language": "en", "properties": {NASTY: NASTY}}
        for n in range(11)
    ]  # fmt: skip
    put_rows(workspace=workspace.pk, source=where.pk, rows=rows)
    send(
        workspace,
        track("m1", user=NASTY, event=NASTY, properties={NASTY: NASTY, "url": LINK, "touchpoint": NASTY}),
        track("m2", user="u2", event=LINK, properties={"channel": NASTY, "outcome": NASTY, "unit": NASTY}),
        {"type": "identify", "messageId": "m3", "userId": NASTY, "traits": {"name": NASTY, "email": "a@b.cd", NASTY: NASTY, "website": LINK}},
        {"type": NASTY, "messageId": "m4", "userId": NASTY},
    )  # fmt: skip
    project_all()
    return made


def upload(client, name, content):
    return client.post("/imports/new", {"what": "answers", "file": SimpleUploadedFile(name, content)})


def test_no_page_shows_a_name_as_anything_but_text(owner):
    client = recently(signed_in(owner))
    app = {"name": NASTY[:40], "slug": "x", "server_url": "https://idp.example", "client_id": NASTY, "secret": "s3cr3t"}
    client.post("/settings/sign-on/new/openid_connect", app)
    table = f'date,{SCRIPT},"{HANDLER.replace(chr(34), chr(34) * 2)}",user_id\n2026-01-02,9,{SCRIPT},{LINK}\n2026-01-03,8,{SCRIPT},{LINK}\n'
    sent = upload(client, f"{HANDLER}{SCRIPT}.csv", table.encode())
    assert sent.status_code == 302, sent.content.decode()
    starts = ["/", "/explore/", "/explore/?by=unit", "/explore/?by=touchpoint&metric=nps", "/explore/?by=event&metric=interactions",
              f"/explore/?by=property.{SCRIPT}&metric={SCRIPT}", f"/feedback/?q={SCRIPT}", f"/customers/?search={HANDLER}", "/me", "/settings/",
              "/settings/members/", "/settings/audit/?check", "/settings/keys/", "/settings/sign-on/", "/settings/units/", "/sources/refused",
              "/sources/mapping", "/imports/", "/account/login/", "/account/2fa/", "/account/3rdparty/", sent.headers["Location"]]  # fmt: skip
    seen, wrong = crawl(client, *starts)
    assert wrong == {}
    assert len(seen) > 60
    shown = "".join(client.get(page).content.decode() for page in ("/settings/members/", "/touchpoints/", "/feedback/"))
    assert "&lt;script&gt;alert(1)" in shown  # they are there, as text


@pytest.mark.parametrize("address", ["/account/login/?next=", "/account/login/?email=", "/account/logout/?next=", "/account/signup/?email=",
                                     "/account/password/reset/?next=", "/no/such/", "/invitation/"])  # fmt: skip
def test_open_pages_show_what_the_address_says_as_text(workspace, address):
    member(workspace)
    for payload in (SCRIPT, HANDLER, LINK):
        assert Faults(Client().get(address + payload).content.decode()).found == []


def test_a_nasty_answer_from_the_api_is_data(owner):
    _, key = ApiKey.create(
        workspace_id=owner.workspace_id, name="k", scope="read", unit_id=owner.workspace.root.pk, actor="x"
    )
    for path in (
        "/api/customers",
        "/api/feedback",
        "/api/touchpoints",
        f"/api/metrics/{SCRIPT}",
        f"/api/metrics/nps?by={SCRIPT}",
    ):
        answer = Client().get(path, headers={"Authorization": f"Bearer {key}"})
        assert "json" in answer.headers["Content-Type"] and answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_download_holds_a_live_formula(ledger, workspace, formula):
    from regard.ledger.touchpoints.models import Touchpoint

    client = recently(signed_in(member(workspace)))
    Touchpoint.objects.create(workspace=workspace, name=formula)
    at = datetime.now(UTC).isoformat()
    rows = [{"kind": "answer", "message_id": f"a{n}", "at": at, "metric": "nps", "score": 9.0, "scale_low": 0, "scale_high": 10,
             "touchpoint": formula, "user_id": f"u{n}"} for n in range(9)]  # fmt: skip
    put_rows(workspace=workspace.pk, source=source(workspace).pk, rows=rows)
    send(workspace, *[track(f"m{n}", user=f"u{n}", event=formula) for n in range(9)])
    project_all()
    files = [
        client.get(f"/explore/csv?metric={metric}&by={by}&last=all")
        for metric, by in (("nps", "touchpoint"), ("interactions", "event"))
    ]
    assert [file.status_code for file in files] == [200, 200]
    for file in files:
        cells = [cell for row in csv.reader(io.StringIO(file.content.decode())) for cell in row]
        assert len(cells) > 5
        live = [cell for cell in cells if re.match(r"[=+@\t\r]|-(?![\d.])", cell) or re.match(r"-.*[^\d.eE+-]", cell)]
        assert live == []
        assert (
            file.headers["Content-Disposition"].startswith("attachment")
            and "nosniff" in file.headers["X-Content-Type-Options"]
        )


def test_every_post_without_a_token_is_refused(ledger, workspace):
    client = recently(signed_in(member(workspace)))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    tried = 0
    for route, arguments in walk():
        if isinstance(access(route), Keyed | Closed) or route in ("saml_acs", "saml_finish_acs", "saml_sls", "health"):
            continue  # keys are no cookies; the provider's answers carry a signature
        for headers in ({}, {"HX-Request": "true"}):
            answer = strict.post(address_of(route, arguments), headers=headers)
            assert answer.status_code in (403, 404), (route, answer.status_code)
        tried += 1
    assert tried > 60


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
                                    "http:evil.example",
                                    "https:///evil.example", "javascript:alert(1)", " https://evil.example", "/%09/evil.example", "https://testserver@evil.example",
                                    "https://testserver.evil.example", "ht\ttps://evil.example", "data:text/html,x"])  # fmt: skip
def test_nothing_leads_to_another_host(workspace, target):
    who = member(workspace)
    sign_in = {"login": who.user.email, "password": "a long pass phrase", "next": target}
    client = recently(signed_in(who))
    answers = [
        Client().post("/account/login/", sign_in),
        client.get("/account/login/", {"next": target}),
        client.post("/language", {"language": "en", "next": target}),
        client.post("/language", {"language": "en"}, headers={"Referer": target}),
        client.post("/theme", {"theme": "dark"}, headers={"Referer": target}),
        client.get("/account/reauthenticate/", {"next": target}),
        client.post("/account/reauthenticate/", {"password": "a long pass phrase", "next": target}),
        client.post("/account/logout/", {"next": target}),
    ]
    for answer in answers:
        to = urlsplit(answer.headers.get("Location", "/"))
        assert not to.scheme and not to.netloc and not to.path.startswith(("//", "/\\", "\\")), answer.headers[
            "Location"
        ]


def test_ids_of_another_workspace_are_no_choice_in_any_form(ledger, workspace):
    """Its units for a member, an invitation, a key, a touchpoint and a unit; its workspace by any name."""
    from regard.ledger.touchpoints.models import Touchpoint

    rival = Workspace.found(name="Rival")
    theirs = rival.root.pk
    owner = member(workspace)
    agent = member(workspace, "agent")
    own = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    till = Touchpoint.objects.create(workspace=workspace, name="Till")
    client = recently(signed_in(owner))
    forms = {
        f"/settings/members/{agent.pk}": {"role": "agent", "units": [theirs]},
        "/settings/invitations/new": {"email": "k@x.example", "role": "agent", "units": [workspace.root.pk, theirs]},
        "/settings/keys/new": {"name": "k", "scope": "read", "unit": theirs},
        "/settings/units/new": {"name": "New", "parent": theirs},
        f"/settings/units/{own.pk}": {"name": "Store", "parent": theirs},
        "/touchpoints/new": {"name": "New", "stage": "use", "owner": theirs},
        f"/touchpoints/{till.pk}": {"name": "Till", "stage": "use", "owner": theirs},
    }
    for address, given in forms.items():
        assert client.post(address, {**given, "workspace": rival.pk, "workspace_id": rival.pk}).status_code == 200, (
            address
        )
    assert not Invitation.objects.exists() and not ApiKey.objects.exists()
    own.refresh_from_db()
    assert own.parent_id == workspace.root.pk and list(agent.units.all()) == [workspace.root]
    assert Unit.objects.filter(workspace=rival).count() == 1 and not Touchpoint.objects.filter(owner_id=theirs).exists()
    assert client.post("/workspace", {"workspace": rival.pk}).status_code == 404


def test_nobody_makes_themselves_more_than_they_are(workspace):
    owner, admin = member(workspace), member(workspace, "admin")
    client = recently(signed_in(admin))
    root = workspace.root.pk
    for address, given in (
        (f"/settings/members/{admin.pk}", {"role": "owner", "units": [root]}),
        (f"/settings/members/{owner.pk}", {"role": "viewer", "units": [root]}),
        ("/settings/invitations/new", {"email": "k@x.example", "role": "owner", "units": [root]}),
    ):
        assert client.post(address, given).status_code == 200, address
    client.post(
        "/me",
        {
            "name": "A",
            "email": "owner2@x.example",
            "is_superuser": "on",
            "is_staff": "on",
            "is_active": "",
            "role": "owner",
        },
    )
    admin.refresh_from_db()
    admin.user.refresh_from_db()
    assert (admin.role, admin.user.email, admin.user.is_superuser, admin.user.is_active) == (
        "admin",
        "admin@halcyon.example",
        False,
        True,
    )
    assert Member.objects.get(pk=owner.pk).role == "owner"


@pytest.mark.parametrize(
    "name", ["Eve\r\nBcc: all@x.example", "Eve\nSubject: x", "Eve\u2028Bcc: x@y.example", "Eve\x0bBcc: x@y", "Eve\x00"]
)
def test_a_name_adds_no_header_to_a_mail(workspace, name):
    owner = member(workspace)
    owner.user.name = name.replace("\x00", "")  # PostgreSQL keeps no NUL
    owner.user.save()
    workspace.name = name.replace("\x00", "")
    workspace.save()
    client = signed_in(owner)
    assert (
        client.post(
            "/settings/invitations/new", {"email": "k@x.example", "role": "viewer", "units": [workspace.root.pk]}
        ).status_code
        == 302
    )
    (sent,) = mail.outbox
    told = sent.message()
    assert told.get_all("Bcc") is None and len(told.get_all("Subject")) == 1 and sent.recipients() == ["k@x.example"]
    for bad in ("k@x.example\r\nBcc: a@b.cd", "k@x.example, a@b.cd", "<k@x.example>"):
        assert (
            client.post(
                "/settings/invitations/new", {"email": bad, "role": "viewer", "units": [workspace.root.pk]}
            ).status_code
            == 200
        )


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "..\\..\\x.csv",
        "/etc/cron.d/x",
        "a\x00b.csv",
        "x" * 4000 + ".csv",
        "con.csv\r\nX: y",
    ],
)
def test_the_name_of_an_upload_leads_nowhere(ledger, workspace, name):
    before = {
        path
        for path in settings.REGARD_DATA.rglob("*")
        if "uploads" not in path.parts and "postgres" not in path.parts and "ledger" not in path.parts
    }
    client = signed_in(member(workspace))
    answer = upload(client, name, b"date,nps,user_id\n2026-01-02,9,a\n2026-01-03,8,b\n")
    assert answer.status_code in (200, 302)
    after = {
        path
        for path in settings.REGARD_DATA.rglob("*")
        if "uploads" not in path.parts and "postgres" not in path.parts and "ledger" not in path.parts
    }
    assert after == before
    kept = list((settings.REGARD_DATA / "uploads").iterdir())
    assert all(re.fullmatch(r"[0-9a-f]{32}", path.name) and path.stat().st_mode & 0o077 == 0 for path in kept)
    for path in kept:
        path.unlink()


def test_an_upload_that_is_too_large_or_swells_is_refused(ledger, workspace, settings):
    settings.IMPORT_LIMIT_BYTES = 10_000
    client = signed_in(member(workspace))
    before = set(settings.REGARD_DATA.glob("uploads/*"))
    large = b"date,nps,user_id\n" + b"2026-01-02,9,a\n" * 2_000
    for name, content in (("large.csv", large), ("bomb.csv.gz", gzip.compress(b"0" * 50_000_000))):
        answer = upload(client, name, content)
        assert answer.status_code == 200 and 'class="field wrong"' in answer.content.decode(), name
    assert set(settings.REGARD_DATA.glob("uploads/*")) == before


def test_a_stranger_cannot_fill_the_disk(workspace, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    member(workspace)
    before = set(settings.REGARD_DATA.glob("uploads/*"))
    client = Client()
    client.get("/account/login/")
    file = SimpleUploadedFile("x.bin", b"0" * 50_000)
    assert client.post("/account/login/", {"login": "a@b.cd", "password": "x", "file": file}).status_code == 400
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    file.seek(0)
    assert strict.post("/imports/new", {"what": "answers", "file": file}).status_code == 400
    assert set(settings.REGARD_DATA.glob("uploads/*")) == before


def test_secrets_appear_in_no_page_and_no_log(ledger, workspace, caplog):
    caplog.set_level("DEBUG")
    client = recently(signed_in(member(workspace)))
    app = {
        "name": "X",
        "slug": "x",
        "server_url": "https://idp.example",
        "client_id": "c",
        "secret": "canary-client-secret",
    }
    client.post("/settings/sign-on/new/openid_connect", app)
    made = client.post("/settings/keys/new", {"name": "k", "scope": "read", "unit": workspace.root.pk}).content.decode()
    key = re.search(r"rgd_[\w-]{20,}", made)[0]
    client.post("/account/login/", {"login": "a@b.cd", "password": "canary-password"})
    Client().post("/account/login/", {"login": "a@b.cd", "password": "canary-password"})
    Client().get("/api/customers", headers={"Authorization": "Bearer rgd_canary-wrong-key"})
    client.get("/settings/sign-on/999")
    pages = "".join(
        client.get(page).content.decode()
        for page in (
            "/settings/keys/",
            "/settings/sign-on/",
            "/settings/audit/",
            "/sources/connect",
            "/settings/",
            "/account/login/",
        )
    )
    told = caplog.text + pages
    for secret in ("canary-client-secret", "canary-password", key, "rgd_canary-wrong-key"):
        assert secret not in told


def test_what_is_someones_own_is_kept_in_no_cache(ledger, workspace):
    client = recently(signed_in(member(workspace)))
    for route, arguments in walk():
        if isinstance(access(route), Needs | SignedIn):
            told = client.get(address_of(route, arguments)).headers["Cache-Control"]
            assert "no-store" in told and "public" not in told, route


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(workspace):
    who = member(workspace)
    client = Client()
    client.get("/account/login/")
    client.post("/account/login/", {"login": who.user.email, "password": "a long pass phrase"})
    session, token = client.cookies[settings.SESSION_COOKIE_NAME], client.cookies[settings.CSRF_COOKIE_NAME]
    assert session["httponly"] and session["samesite"] == token["samesite"] == "Lax"
    assert not session["domain"] and session["path"] == "/"


def test_with_https_cookies_are_bound_to_it_and_to_this_host():
    """Settings are read when Regard starts, so another one reads them."""
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS",
             "ACCOUNT_DEFAULT_HTTP_PROTOCOL", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]  # fmt: skip
    show = f"import json, regard.site.settings as s; print(json.dumps([getattr(s, name) for name in {names}]))"
    told = subprocess.run(
        [sys.executable, "-c", show],
        env={**os.environ, "REGARD_URL": "https://regard.example"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert json.loads(told.stdout) == ["__Host-session", "__Host-csrf", True, True, 31_536_000, "https", False]


def test_every_answer_says_how_a_browser_must_treat_it(workspace):
    member(workspace)
    for address in ("/account/login/", "/health", "/api/customers", "/no/such/page"):
        headers = Client().get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY", address
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "same-origin"


def test_a_forged_host_is_refused(workspace):
    member(workspace)
    assert Client().get("/account/login/", headers={"Host": "evil.example"}).status_code == 400


def test_a_link_that_was_thought_better_of_gives_nothing(workspace):
    """An older invitation is void once a newer one is sent, and when its person leaves."""
    owner = member(workspace)
    root = [workspace.root.pk]

    def invite(role, email="k@x.example"):
        return Invitation.send(workspace_id=workspace.pk, email=email, role=role, units=root, sent_by=owner.user)[1]

    first, second = invite("admin"), invite("viewer")
    assert Client().get(f"/invitation/{first}").status_code == 404
    assert Client().get(f"/invitation/{second}").status_code == 200
    gone = member(workspace, "agent")
    waiting = invite("agent", gone.user.email)
    gone.leave(by=owner)
    assert signed_in(gone).get(f"/invitation/{waiting}").status_code == 404
