from datetime import UTC, datetime

import pytest

from regard.customers.accounts.belong import found_account, put_in
from regard.customers.accounts.models import Account, AccountMember, AccountRefused, below
from regard.customers.identity.models import Identifier
from regard.customers.models import Profile
from regard.ledger.record.project import project_all
from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.segments.definition import read
from regard.segments.mirror import rebuild
from regard.segments.queries import fit
from regard.testing.events import send, track
from regard.testing.people import member, signed_in
from regard.warehouse.scope import Scope
from regard.workspace.models import Unit

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)
AT = "2026-10-01T09:00:00Z"


def group(id, key, user="u1", **traits):
    return {"type": "group", "messageId": id, "userId": user, "groupId": key, "traits": traits, "timestamp": AT}


def account(name):
    return Account.objects.get(profile__name=name)


def customer(value):
    return Identifier.objects.get(namespace="user", value=value).profile.customer_id


@pytest.fixture
def acme(workspace, ledger):
    """Two people of Acme, one of its branch in Lyon, and a delivery that concerns Acme alone."""
    send(
        workspace,
        group("g1", "acme", name="Acme", seats=40),
        track("a", user="u2", timestamp=AT, context={"groupId": "acme"}),
        group("g2", "acme-lyon", user="u3", name="Acme Lyon"),
        {"type": "track", "messageId": "b", "event": "Delivery", "context": {"groupId": "acme"}, "timestamp": AT},
        track("c", user="u4", timestamp=AT),
    )
    project_all()
    return account("Acme")


def test_who_is_named_with_an_account_belongs_to_it_and_is_not_joined_with_the_others(acme):
    assert {one.profile_id for one in acme.members.all()} == {customer("u1"), customer("u2")}
    assert customer("u1") != customer("u2")
    assert acme.profile.traits == {"name": "Acme", "seats": 40} or acme.profile.traits["seats"] == 40
    assert Profile.objects.get(pk=customer("u1")).name == ""


def test_what_happens_to_the_account_alone_stands_with_the_account(acme, ledger, workspace):
    assert ledger.unscoped("select profile from ledger where event = 'Delivery'") == [(acme.profile_id,)]
    page = signed_in(member(workspace)).get(f"/timeline/{acme.profile_id}").content.decode()
    assert "Delivery" in page


def test_an_account_is_no_customer(acme, workspace):
    list(rebuild(workspace.pk))
    assert fit(Scope(workspace.pk), read({"kind": "all", "of": []}), now=NOW).count == 4
    client = signed_in(member(workspace))
    page = client.get("/customers/").content.decode()
    assert "Acme" not in page.replace("Acme Lyon", "")
    assert client.get(f"/customers/{acme.profile_id}")["Location"] == f"/accounts/{acme.pk}"


def test_numbers_roll_up_over_the_tree(acme, workspace):
    account("Acme Lyon").move(acme, by="us")
    list(rebuild(workspace.pk))

    def interactions(where):
        query = read_query(metric="interactions", where=[where], today=NOW.date())
        return run(query, Scope(workspace.pk), workspace).total.value

    send(workspace, track("d", user="u3", timestamp=AT))
    project_all()
    assert interactions("account=Acme Lyon") == 1
    assert interactions("account=Acme") == 3  # u2's event, the delivery, u3's
    by = run(read_query(metric="interactions", by="account", today=NOW.date()), Scope(workspace.pk), workspace)
    assert {row.label: row.value for row in by.rows} == {"Acme": 2, "Acme Lyon": 1, "no account": 1}


def test_an_account_cannot_be_part_of_itself(acme):
    lyon = account("Acme Lyon")
    lyon.move(acme, by="us")
    for parent in (lyon, acme):
        with pytest.raises(AccountRefused):
            acme.move(parent, by="us")
    assert sorted(below(acme.workspace_id, acme.pk)) == sorted([acme.pk, lyon.pk])


def test_the_same_again_changes_nothing_and_who_left_is_not_put_back(acme, workspace):
    AccountMember.objects.get(profile=customer("u2")).leave(by="us")
    send(
        workspace,
        track("again", user="u2", timestamp=AT, context={"groupId": "acme"}),
        group("g9", "acme", name="Acme"),
    )
    project_all()
    assert {one.profile_id for one in acme.members.filter(until=None)} == {customer("u1")}
    assert Account.objects.count() == 2


def test_a_colleague_makes_a_household_and_says_who_belongs(workspace, ledger):
    send(
        workspace,
        {"type": "identify", "messageId": "i", "userId": "u1", "traits": {"email": "ines@example.org", "name": "Inès"}},
    )
    project_all()
    client = signed_in(member(workspace, "manager"))
    client.post("/accounts/new", {"name": "Moreau", "kind": "household", "key": "", "parent": ""})
    made = account("Moreau")
    page = client.post(f"/accounts/{made.pk}/people", {"who": "nobody@example.org", "role": "head"}).content.decode()
    assert "Nobody is known by exactly that." in page and "nobody@example.org" in page
    client.post(f"/accounts/{made.pk}/people", {"who": "INES@example.org", "role": "head"})
    page = client.get(f"/accounts/{made.pk}").content.decode()
    assert "1 person belongs to it" in page and "Inès" in page and "household" in page
    assert "head" in client.get(f"/accounts/of/{customer('u1')}").content.decode()


def test_a_key_names_one_account(acme, workspace):
    with pytest.raises(AccountRefused):
        found_account(workspace=workspace.pk, name="Other", kind="business", key="acme", by="us")
    assert (
        "Another account has this key."
        in signed_in(member(workspace))
        .post("/accounts/new", {"name": "Other", "kind": "business", "key": "acme", "parent": ""})
        .content.decode()
    )


def test_a_member_of_a_store_sees_only_accounts_of_people_they_see(acme, workspace):
    lyon, lille = (
        Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("Lyon", "Lille")
    )
    Profile.objects.filter(pk=customer("u1")).update(home_unit=lyon)
    here = signed_in(member(workspace, "manager", at=lyon, email="a@x.example"))
    assert here.get(f"/accounts/{acme.pk}").status_code == 200
    assert "1 person is at units you do not see" in here.get(f"/accounts/{acme.pk}").content.decode()
    assert here.get(f"/accounts/{account('Acme Lyon').pk}").status_code == 404
    there = signed_in(member(workspace, "manager", at=lille, email="b@x.example"))
    assert there.get(f"/accounts/{acme.pk}").status_code == 404
    assert there.post(f"/accounts/{acme.pk}/people", {"who": "u1"}).status_code == 404


def test_people_of_other_workspaces_are_nobody(acme, workspace):
    from regard.workspace.models import Workspace

    other = Workspace.found(name="Other", industry="retail", time_zone="Europe/Paris")
    assert signed_in(member(other)).get(f"/accounts/{acme.pk}").status_code == 404


def test_joined_customers_belong_once(acme, workspace):
    from regard.customers.identity.join import join

    lyon = account("Acme Lyon")
    winner = join(workspace=workspace.pk, one=customer("u1"), other=customer("u3"), by="us")
    put_in(lyon, winner, role="", by="us")
    list(rebuild(workspace.pk))
    rows = run(read_query(metric="interactions", by="account", today=NOW.date()), Scope(workspace.pk), workspace).rows
    assert sum(row.value for row in rows) == 3


def test_the_api_makes_accounts_and_says_who_belongs(acme, workspace):
    from django.test import Client

    from regard.workspace.models import ApiKey

    def ask(method, path, scope="write", **given):
        _row, key = ApiKey.create(
            workspace_id=workspace.pk, name="k", scope=scope, unit_id=workspace.root.pk, actor="x"
        )
        headers = {"Authorization": f"Bearer {key}"}
        return getattr(Client(), method)(
            f"/api/accounts{path}", given, content_type="application/json", headers=headers
        )

    made = ask("post", "", name="Acme Nord", key="acme-nord", parent=acme.pk)
    assert made.status_code == 201 and made.json()["parent"] == acme.pk
    assert ask("post", "", name="Again", key="acme-nord").status_code == 409
    assert ask("post", "", scope="read", name="No").status_code == 401
    id = made.json()["id"]
    joined = ask("post", f"/{id}/members", customer=customer("u4"), role="buyer").json()
    assert [(one["customer"], one["role"]) for one in joined["members"]] == [(customer("u4"), "buyer")]
    left = ask("delete", f"/{id}/members/{customer('u4')}").json()
    assert left["members"][0]["until"]
    with_get = (
        Client().get("/api/accounts?search=nord", headers={"Authorization": f"Bearer {_read_key(workspace)}"}).json()
    )
    assert [one["name"] for one in with_get["items"]] == ["Acme Nord"]


def _read_key(workspace):
    from regard.workspace.models import ApiKey

    return ApiKey.create(workspace_id=workspace.pk, name="k", scope="read", unit_id=workspace.root.pk, actor="x")[1]


def test_what_an_account_is_part_of_is_found_by_name_or_key(acme, workspace):
    client, lyon = signed_in(member(workspace)), account("Acme Lyon")

    def change(parent):
        return client.post(f"/accounts/{lyon.pk}/edit", {"name": "Acme Lyon", "kind": "business", "parent": parent})

    for text in ("ACME", "acme"):  # its name in another case, its key
        assert change(text).status_code == 302
        lyon.refresh_from_db()
        assert lyon.parent == acme
        change("")
    page = change("Nobody & Sons").content.decode()
    assert "No account is called so." in page and "Nobody &amp; Sons" in page
    assert "cannot be part of itself" in change("Acme Lyon").content.decode()


def test_a_key_is_spelled_as_those_of_events_are(acme, workspace):
    """What has no width is no part of it: two keys that look alike are alike."""
    with pytest.raises(AccountRefused):
        found_account(workspace=workspace.pk, name="Other", kind="business", key=" ac\x1fme\u200b", by="us")
    made = found_account(workspace=workspace.pk, name="Other", kind="business", key="0\x1f0", by="us")
    assert list(made.profile.identifiers.values_list("value", flat=True)) == ["00"]
