import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from regard.customers.contact.models import Suppression
from regard.customers.contact.suppression.addresses import masked, read_address
from regard.customers.contact.suppression.suppress import from_csv, pasted, suppress
from regard.customers.contact.tests.made import customer, verdict
from regard.customers.contact.tests.made import suppress as suppress_one
from regard.customers.contact.verdict import Because
from regard.testing.people import member, signed_in
from regard.workspace.models import AuditEntry, Unit, Workspace

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (" Ines@Example.ORG ", ("email", "ines@example.org")),
        ("+33 6 12 34 56 78", ("phone", "+33612345678")),
        ("'+33612345678", ("phone", "+33612345678")),
        ("06.12.34.56.78", ("phone", "0612345678")),
        ("12", None),
        ("Inès", None),
        ("@example.org", None),
        ("a@b@c", None),
        ("=1+1", None),
        ("", None),
        ("a\0b@example.org", ("email", "ab@example.org")),
    ],
)
def test_addresses_are_read_in_one_spelling(text, read):
    assert read_address(text) == read


def test_enough_of_an_address_to_recognise_it():
    assert masked("ines@example.org") == "i…@example.org" and masked("+33612345678") == "+33…78"


def test_a_paste_takes_any_separator_and_says_what_it_cannot_use(workspace):
    lines = pasted("a@example.org, A@example.org; +33612345678\n\nnobody\n")
    report = suppress(workspace.pk, lines, why="asked", by="x", now=timezone.now())
    assert (report.added, report.known, report.bad) == (2, 1, 1)
    assert report.faults[0][1] == "nobody"
    again = suppress(workspace.pk, pasted("a@example.org"), why="bounce", by="x", now=timezone.now())
    assert (again.added, again.known) == (0, 1)
    assert Suppression.objects.get(address="a@example.org").why == "asked"


def test_a_file_with_formulas_bad_rows_and_reasons_of_its_own(workspace):
    content = (
        "\ufeffname;E-Mail;reason;note\r\n"
        "Inès;ines@example.org;complaint;angry\r\n"
        'Mal;=HYPERLINK("http://x");;\r\n'
        "Paul;paul@example.org;astrology;\r\n"
        ";;;\r\n"
        "Zoé;zoe@example.org;;\"=cmd|' /C calc'!A0\"\r\n"
        "short\r\n"
    )
    report = suppress(workspace.pk, from_csv(content.encode()), why="import", by="x", now=timezone.now())
    assert (report.added, report.bad) == (2, 3)
    assert [number for number, _text, _fault in report.faults] == [3, 4, 7]
    assert Suppression.objects.get(address="ines@example.org").why == "complaint"
    assert Suppression.objects.get(address="zoe@example.org").why == "import"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a@example.org\nb@example.org", b'"open', b"x" * 200_000])
def test_any_bytes_are_read_or_refused_but_never_break(workspace, content):
    report = suppress(workspace.pk, from_csv(content), why="import", by="x", now=timezone.now())
    assert report.added == content.count(b"@")


@pytest.fixture
def client(purposes):
    return signed_in(member(purposes))


def test_the_page_adds_searches_exports_and_removes(client, purposes):
    assert b"Nobody is on the list yet" in client.get("/settings/suppressions/").content
    file = SimpleUploadedFile("list.csv", b'email,note\nzoe@example.org,"=1+1"\n')
    sent = client.post(
        "/settings/suppressions/new",
        {"addresses": "ines@example.org\n+33 6 12 34 56 78", "why": "asked", "note": "@SUM(1)", "file": file},
    )
    assert sent.status_code == 302
    page = client.get("/settings/suppressions/?q=06 12 34").content.decode()
    assert "No address like that" in page
    assert "+33612345678" in client.get("/settings/suppressions/?q=%2B33 6 12 34 56 78").content.decode()
    assert "zoe@example.org" not in client.get("/settings/suppressions/?q=INES").content.decode()
    assert client.get("/settings/suppressions/?why=legal&page=x&q=%00").status_code == 200
    answer = client.get("/settings/suppressions/list.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert len(rows) == 4
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "@", "-", "\t")]
    again = suppress(
        purposes.pk,
        from_csv("\n".join(",".join(row) for row in rows).encode()),
        why="import",
        by="x",
        now=timezone.now(),
    )
    assert (again.added, again.known, again.bad) == (0, 3, 0)  # what comes out goes in again
    found = Suppression.objects.get(address="ines@example.org")
    assert b"asked by the customer" in client.get(f"/settings/suppressions/{found.pk}/removal").content
    client.post(f"/settings/suppressions/{found.pk}/removal")
    assert not Suppression.objects.filter(pk=found.pk).exists()
    entry = AuditEntry.objects.first()
    assert (entry.action, entry.subject, entry.details["reason"]) == ("suppression.removed", "i…@example.org", "asked")


def test_bad_rows_are_shown_and_nothing_given_is_asked_for(client):
    page = client.post("/settings/suppressions/new", {"addresses": "a@example.org\n<b>nobody</b>", "why": "asked"})
    assert page.status_code == 200 and b"&lt;b&gt;nobody" in page.content and b"1 row could not be used" in page.content
    assert b"a@example.org" not in page.content  # only what is left to mend
    assert b"Give at least one address" in client.post("/settings/suppressions/new", {"why": "asked"}).content


def test_the_list_of_another_workspace_is_another_list(client, purposes, now):
    rival = Workspace.found(name="Rival")
    theirs = suppress_one(rival, "ines@example.org")
    assert verdict(customer(purposes), now).because == Because.FINE
    assert b"ines@" not in client.get("/settings/suppressions/").content
    for method in ("get", "post"):
        assert getattr(client, method)(f"/settings/suppressions/{theirs.pk}/removal").status_code == 404
    assert Suppression.objects.filter(pk=theirs.pk).exists()


def test_an_admin_of_one_store_does_not_see_the_companys_list(purposes):
    store = Unit.objects.create(workspace=purposes, parent=purposes.root, name="Store")
    assert signed_in(member(purposes, "admin", at=store)).get("/settings/suppressions/").status_code == 403
