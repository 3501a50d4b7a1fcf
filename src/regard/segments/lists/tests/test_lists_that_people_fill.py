"""Lists: pasted identifiers, one customer from their page, and off again; only those whom the member may see."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from regard.customers.identity.join import join
from regard.customers.models import Identifier, Profile
from regard.segments.lists import forms
from regard.segments.lists.pasted import Pasted, read_pasted
from regard.segments.members.mirror import put_in, refresh
from regard.segments.mirror import rebuild
from regard.segments.models import Segment
from regard.segments.queries import members
from regard.testing.people import member, signed_in
from regard.warehouse import Scope
from regard.workspace.models import AuditEntry, Unit, Workspace

pytestmark = pytest.mark.django_db


def known(workspace, name, *keys, **more):
    made = Profile.objects.create(workspace=workspace, name=name, **more)
    for namespace, value in keys:
        Identifier.objects.create(workspace=workspace, profile=made, namespace=namespace, value=value)
    return made


@pytest.fixture
def friends(ledger, workspace):
    made = Segment(workspace=workspace, name="Friends")
    made.keep(actor="test")
    return made


def belong(segment):
    return {customer for customer, _ in members(Scope(segment.workspace_id), segment.pk, limit=99)}


def paste(client, segment, text="", **more):
    return client.post(f"/lists/{segment.pk}/customers", {"identifiers": text, **more}, follow=True)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a@b.example\n\n a@b.example \nC-1\n", Pasted(("a@b.example", "C-1"))),
        ("Name;E-mail\nInès;i@b.example\nNobody\n", Pasted(("i@b.example",), "email")),
        ("crm,name\n7,Ana\n8,Bo", Pasted(("7", "8"), "crm")),
        ("\ufeffid\n7\n", Pasted(("7",))),
        ("7,Ana\n8,Bo", Pasted(("7", "8"))),
        ('"open\n8\0', Pasted(("open", "8"))),
        ("x" * 200_000, Pasted(("x" * 512,))),
        (" \n", Pasted(())),
    ],
)
def test_what_is_pasted_is_lines_or_a_column(text, read):
    assert read_pasted(text, ["email", "crm"]) == read


def test_the_known_are_put_on_and_the_rest_stays_in_the_box(workspace, friends):
    ana = known(workspace, "Ana", ("email", "ana@halcyon.example"))
    bo = known(workspace, "Bo", ("user", "C-2"))
    client = signed_in(member(workspace, "agent"))
    page = paste(client, friends, "ANA@halcyon.example\nC-2\n<b>C-3").content.decode()
    assert belong(friends) == {ana.pk, bo.pk}
    assert "2 customers were found" in page and "1 is nobody’s" in page and ">\n&lt;b&gt;C-3</textarea>" in page
    friends.refresh_from_db()
    assert friends.size == 2
    entry = AuditEntry.objects.get(action="customers.list")
    assert entry.subject == "Friends" and entry.details == {"customers": 2}
    assert "2 customers are on the list" in paste(client, friends, "C-2\nana@halcyon.example").content.decode()


def test_a_file_counts_by_its_column_and_joined_customers_once(workspace, friends):
    ana = known(workspace, "Ana", ("email", "ana@halcyon.example"))
    again = known(workspace, "Ana", ("email", "ana@home.example"))
    join(workspace=workspace.pk, one=ana.pk, other=again.pk, by="us")
    file = SimpleUploadedFile("some.csv", b"name,email\nAna,ana@halcyon.example\nAna,ana@home.example\n")
    paste(signed_in(member(workspace)), friends, file=file)
    assert belong(friends) == {Profile.objects.get(merged_into=None).pk}


def test_one_value_of_two_customers_waits_for_its_kind(workspace, friends):
    one = known(workspace, "Ana", ("user", "100"))
    known(workspace, "Bo", ("crm", "100"))
    client = signed_in(member(workspace))
    page = paste(client, friends, "100").content.decode()
    assert belong(friends) == set() and "1 belongs to several customers" in page
    paste(client, friends, "100", kind="user")
    assert belong(friends) == {one.pk}


def test_what_is_shared_an_account_elsewhere_or_out_of_sight_is_nobodys(workspace, friends):
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    near = known(workspace, "Near", ("user", "near"), home_unit=store)
    known(workspace, "Far", ("user", "far"))
    shared = known(workspace, "Shared", ("user", "shared"), home_unit=store)
    Identifier.objects.filter(profile=shared).update(shared=timezone.now())
    known(workspace, "Firm", ("account", "firm"), is_account=True, home_unit=store)
    known(Workspace.found(name="Other", industry="", time_zone="UTC"), "Theirs", ("user", "theirs"))
    agent = signed_in(member(workspace, "agent", at=store))
    page = paste(agent, friends, "near\nfar\nshared\nfirm\ntheirs").content.decode()
    assert belong(friends) == {near.pk} and "4 are nobody’s" in page


def test_nothing_and_too_much_are_refused_and_kept(workspace, friends, monkeypatch):
    client = signed_in(member(workspace))
    assert "Give at least one identifier" in paste(client, friends, " ").content.decode()
    monkeypatch.setattr(forms, "MOST", 2)
    page = paste(client, friends, "1\n2\n3").content.decode()
    assert "At most 2 at a time" in page and "1\n2\n3</textarea>" in page


def test_a_customer_is_put_on_from_their_page_and_taken_off_again(workspace, friends):
    ana = known(workspace, "Ana", ("user", "C-1"))
    client = signed_in(member(workspace, "agent"))
    assert "Add to the list" in client.get(f"/segments/of/{ana.pk}").content.decode()
    client.post(f"/lists/with/{ana.pk}", {"list": friends.pk})
    assert belong(friends) == {ana.pk}
    panel = client.get(f"/segments/of/{ana.pk}").content.decode()
    assert "Friends" in panel and "Add to the list" not in panel
    assert "Take Ana off the list" in client.get(f"/segments/{friends.pk}").content.decode()
    client.post(f"/lists/{friends.pk}/without/{ana.pk}")
    assert belong(friends) == set()


def test_a_segment_with_conditions_is_no_list_and_of_a_retired_one_nothing_changes(workspace, friends):
    ana = known(workspace, "Ana", ("user", "C-1"))
    put_in(friends, [ana.pk], now=timezone.now())
    friends.retire(actor="test")
    rule = Segment(workspace=workspace, name="Rule", definition={"kind": "all", "of": []})
    rule.keep(actor="test")
    client = signed_in(member(workspace))
    for segment in (friends, rule):
        assert client.get(f"/lists/{segment.pk}/customers").status_code == 404
        assert client.post(f"/lists/{segment.pk}/without/{ana.pk}").status_code == 404
        assert client.post(f"/lists/with/{ana.pk}", {"list": segment.pk}).status_code == 404
    assert belong(friends) == {ana.pk}


def test_who_may_not_see_a_customer_neither_puts_them_on_nor_takes_them_off(workspace, friends):
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    far = known(workspace, "Far", ("user", "far"))
    agent = signed_in(member(workspace, "agent", at=store))
    assert agent.post(f"/lists/with/{far.pk}", {"list": friends.pk}).status_code == 404
    put_in(friends, [far.pk], now=timezone.now())
    assert agent.post(f"/lists/{friends.pk}/without/{far.pk}").status_code == 404
    assert belong(friends) == {far.pk}


def test_a_list_is_made_on_its_own(workspace, ledger):
    client = signed_in(member(workspace, "analyst"))
    page = client.post("/lists/new", {"name": "Guests", "description": ""}, follow=True).content.decode()
    made = Segment.objects.get()
    assert made.definition is None and "Who belongs on Guests?" in page
    assert "already a segment of this name" in client.post("/lists/new", {"name": "guests"}).content.decode()
    assert "Nobody is on it yet" in client.get(f"/segments/{made.pk}").content.decode()


def test_who_is_joined_with_another_stands_on_the_list_once(workspace, friends):
    ana, again, bo = (known(workspace, name) for name in ("Ana", "Ana again", "Bo"))
    put_in(friends, [ana.pk, again.pk], now=timezone.now())
    later = known(workspace, "Later")
    put_in(friends, [later.pk], now=timezone.now())
    join(workspace=workspace.pk, one=ana.pk, other=again.pk, by="us")
    join(workspace=workspace.pk, one=bo.pk, other=later.pk, by="us")
    list(rebuild(workspace.pk))
    assert refresh(friends, now=timezone.now()) == 2
    assert belong(friends) == {ana.pk, bo.pk}
    assert refresh(friends, now=timezone.now()) == 2
