"""The list of customers: everybody appears, filters and order hold, views are kept, files hold no formulas."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from regard.customers.identity.models import Identifier
from regard.customers.models import Profile, SavedView
from regard.customers.people.listing import Listing, read_listing, restored
from regard.customers.people.page import rows
from regard.ledger.record.project import project_all
from regard.segments.members.mirror import put_in
from regard.segments.mirror import mirror_profiles
from regard.segments.models import Segment
from regard.site.consumers import consume_all
from regard.testing.events import send, track
from regard.testing.people import member, signed_in
from regard.warehouse import Scope
from regard.workspace.audit.models import AuditEntry
from regard.workspace.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(ledger, workspace):
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    traits = [{"plan": "fibre", "age": 40}, {"plan": "mobile", "age": 9}, {"plan": "fibre", "age": 100, "note": "=1+1"}]
    made = [
        Profile.objects.create(workspace=workspace, name=name, traits=of, home_unit=unit)
        for name, of, unit in zip(("Cleo", "=cmd()", "Ärne"), traits, (None, store, store), strict=True)
    ]
    mirror_profiles(workspace.pk, [one.pk for one in made])
    return made


def names(found):
    return [person.name or person.title for person in found.people]


def test_people_who_were_only_imported_come_after_those_heard_of_and_nobody_is_left_out(people, workspace):
    send(workspace, track("m", user="seen"), track("n", user="seen too"))
    project_all()
    consume_all()
    found, after, places = [], "", 0
    while places < 9:
        page = rows(Scope(workspace.pk), Listing(), after, limit=2)
        found, after, places = found + names(page), page.next, places + 1
        if not after:
            break
    assert set(found[:2]) == {"seen", "seen too"} and found[2:] == ["Ärne", "=cmd()", "Cleo"] and places == 3


def test_a_member_of_a_unit_sees_who_is_at_home_there_or_was_there(people, workspace):
    store = Unit.objects.get(name="Store")
    scope = Scope(workspace.pk, (store.pk,))
    assert names(rows(scope, Listing())) == ["Ärne", "=cmd()"]
    assert names(rows(scope, Listing(sort="name"))) == ["=cmd()", "Ärne"]
    assert names(rows(scope, Listing(traits=(("plan", "fibre"),)))) == ["Ärne"]


@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        (Listing(sort="name"), ["=cmd()", "Cleo", "Ärne"]), (Listing(sort="-name"), ["Ärne", "Cleo", "=cmd()"]),
        (Listing(sort="trait:age"), ["=cmd()", "Cleo", "Ärne"]), (Listing(sort="-trait:age"), ["Ärne", "Cleo", "=cmd()"]),
        (Listing(sort="trait:note"), ["Ärne", "Cleo", "=cmd()"]), (Listing(traits=(("plan", "fibre"),), sort="old"), ["Cleo", "Ärne"]),
        (Listing(traits=(("plan", "fibre"), ("age", "40"))), ["Cleo"]), (Listing(traits=(("plan", "dsl"),)), []),
        (Listing(traits=(("plan", "fibre"),), words="cle"), ["Cleo"]), (Listing(traits=(("plan", "mobile"),), words="cle"), []),
    ],
)  # fmt: skip
def test_filters_and_order(people, workspace, listing, expected):
    assert names(rows(Scope(workspace.pk), listing)) == expected


def test_by_segment_and_by_unit(people, workspace):
    chosen = Segment(workspace=workspace, name="Chosen")
    chosen.keep(actor="test")
    from django.utils import timezone

    put_in(chosen, [people[0].pk, people[1].pk], now=timezone.now())
    store = Unit.objects.get(name="Store")
    assert names(rows(Scope(workspace.pk), Listing(group=chosen.pk, sort="old"))) == ["Cleo", "=cmd()"]
    assert names(rows(Scope(workspace.pk), Listing(group=chosen.pk, unit=store.pk))) == ["=cmd()"]


def test_a_list_survives_its_address_and_being_kept():
    listing = read_listing(
        {"q": ["ana"], "segment": ["3"], "unit": ["4"], "trait": ["é:&="], "sort": ["-trait:x"], "column": ["nps"]}
    )
    from urllib.parse import parse_qs

    assert read_listing(parse_qs(listing.query())) == listing == restored(listing.kept())
    none = read_listing({"column": ["none"]})
    assert none.columns == () and read_listing(parse_qs(none.query())) == none
    assert restored({"words": 3, "traits": "x", "columns": 7, "group": "1; drop"}) == Listing(words="3")


def test_columns_show_traits_scores_and_segments(people, workspace):
    page = signed_in(member(workspace)).get(
        "/customers/", {"column": ["trait:plan", "nps", "groups", "seen"], "sort": "name"}
    )
    text = page.content.decode()
    assert "fibre" in text and "Last NPS" in text and "First seen" in text


def test_a_view_is_kept_shared_and_removed_by_its_owner_alone(people, workspace):
    ines, ben = member(workspace), member(workspace, "analyst")
    mine, theirs = signed_in(ines), signed_in(ben)
    mine.post("/customers/views/new?trait=plan:fibre&sort=name", {"name": "Fibre", "shared": ""})
    view = SavedView.objects.get()
    assert view.listing == Listing(traits=(("plan", "fibre"),), sort="name")
    assert "Fibre</a>" not in theirs.get("/customers/").content.decode()
    assert mine.post("/customers/views/new?sort=name", {"name": "fibre"}).status_code == 200
    SavedView.objects.update(shared=True)
    assert "Fibre</a>" in theirs.get("/customers/").content.decode()
    assert theirs.post(f"/customers/views/{view.pk}/removal").status_code == 404
    mine.post(f"/customers/views/{view.pk}/removal")
    assert not SavedView.objects.exists()


def test_the_files_hold_everybody_and_nothing_a_spreadsheet_would_run(people, workspace):
    Identifier.objects.create(workspace=workspace, namespace="crm", value="@SUM(A1)", profile=people[0])
    client = signed_in(member(workspace))
    text = b"".join(client.get("/customers/export?sort=name&column=keys&column=trait:note").streaming_content).decode()
    assert "'=cmd()" in text and "'@SUM(A1)" in text and "'=1+1" in text and len(text.splitlines()) == 4
    sheet = b"".join(client.get("/customers/export?format=xlsx&column=trait:note").streaming_content)
    cells = [cell for row in load_workbook(io.BytesIO(sheet)).active.iter_rows() for cell in row]
    assert {"=cmd()", "=1+1"} <= {cell.value for cell in cells} and all(
        cell.data_type == "s" for cell in cells if cell.value
    )
    entry = AuditEntry.objects.filter(action="customers.exported").first()
    assert entry.details["customers"] == 3 and entry.details["format"] == "xlsx"
    agent = signed_in(member(workspace, "agent"))
    assert agent.get("/customers/export").status_code == 403


def test_a_store_exports_its_own_customers_alone(people, workspace):
    store = Unit.objects.get(name="Store")
    manager = signed_in(member(workspace, "manager", at=store))
    text = b"".join(manager.get("/customers/export").streaming_content).decode()
    assert "Ärne" in text and "Cleo" not in text
    text = b"".join(
        manager.get(f"/customers/export?chosen={people[0].pk}&chosen={people[2].pk}").streaming_content
    ).decode()
    assert "Ärne" in text and "Cleo" not in text
