import pytest

from regard.customers.identity.graph import Sighting
from regard.customers.identity.models import IdentityPolicy, Link, Merge, Namespace
from regard.customers.identity.resolve import resolve
from regard.customers.models import Profile
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import Unit, Workspace


def whose(profile):
    return Profile.objects.get(pk=profile).customer_id


@pytest.fixture
def pair(ledger, workspace):
    """Two customers with ids of their own who share an address."""
    keys = [(("user", "1"), ("email", "a@x.example")), (("user", "2"), ("email", "a@x.example"))]
    return resolve(workspace.pk, [Sighting(one) for one in keys])


def test_the_review_page_says_why_and_joins_whom_one_chooses(workspace, pair):
    client = signed_in(member(workspace, Role.ANALYST))
    page = client.get("/identity/").content.decode()
    assert "1 question: one customer, or several?" in page
    assert "a@x.example" in page
    assert all(f'name="customer" value="{one}"' in page for one in pair)
    client.post("/identity/decision", {"customer": pair, "decision": "same"})
    assert whose(pair[0]) == whose(pair[1])
    assert "Everybody is who they seem to be" in client.get("/identity/").content.decode()
    merge = Merge.objects.get()
    shown = client.get(f"/identity/{pair[0]}").content.decode()
    assert "Take apart" in shown
    assert "Take" in client.get(f"/identity/merges/{merge.pk}/undoing").content.decode()
    client.post(f"/identity/merges/{merge.pk}/undoing")
    assert whose(pair[0]) != whose(pair[1])


@pytest.mark.parametrize(("decision", "kept"), [("apart", "apart"), ("shared", "shared")])
def test_they_can_be_kept_apart_or_the_address_called_shared(workspace, pair, decision, kept):
    client = signed_in(member(workspace, Role.MANAGER))
    given = {"customer": pair, "decision": decision, "namespace": "email", "value": "a@x.example"}
    assert client.post("/identity/decision", given).status_code == 302
    assert whose(pair[0]) != whose(pair[1])
    assert [link.decision for link in Link.objects.all()] == [kept]


def test_nobody_decides_about_customers_they_may_not_see(workspace, pair):
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    outsider = signed_in(member(workspace, Role.MANAGER, at=north))
    elsewhere = signed_in(member(Workspace.found(name="Other"), Role.OWNER, email="other@x.example"))
    for client in (outsider, elsewhere):
        assert "Everybody is who they seem to be" in client.get("/identity/").content.decode()
        assert client.post("/identity/decision", {"customer": pair, "decision": "same"}).status_code == 404
        assert client.get(f"/identity/{pair[0]}").status_code == 404
        assert client.post(f"/identity/{pair[0]}/joining", {"with": pair[1]}).status_code == 404
    assert whose(pair[0]) != whose(pair[1])


def test_two_customers_are_joined_from_one_ones_page(workspace, ledger):
    first, second = resolve(workspace.pk, [Sighting((("user", "anna"),)), Sighting((("user", "ann"),))])
    client = signed_in(member(workspace, Role.ANALYST))
    assert "Search for the other customer" in client.get(f"/identity/{first}/other").content.decode()
    assert f"/identity/{first}/joining?with={second}" in client.get(f"/identity/{first}/other?q=ann").content.decode()
    assert "Are they one person?" in client.get(f"/identity/{first}/joining?with={second}").content.decode()
    answer = client.post(f"/identity/{first}/joining", {"with": second})
    assert answer["Location"] == f"/customers/{first}"
    assert whose(second) == first
    again = client.post(f"/identity/{first}/joining", {"with": second}, follow=True)
    assert "That is the same customer already." in again.content.decode()


def test_the_rules_are_kept_and_hold_for_what_comes_next(workspace, ledger):
    client = signed_in(member(workspace, Role.ADMIN))
    wrong = client.post("/identity/rules", {"country": "XX", "shared_after": "5"})
    assert "“XX” is no country" in wrong.content.decode()
    client.post("/identity/rules", {"country": "fr", "shared_after": "3", "roles_are_shared": "on"})
    assert IdentityPolicy.objects.get().country == "FR"
    client.post("/identity/rules/kind", {"name": "loyalty card", "strength": "strong", "single": "on"})
    assert Namespace.objects.get().single
    found = resolve(workspace.pk, [Sighting((("loyalty card", number), ("email", "b@x.example"))) for number in "12"])
    assert whose(found[0]) != whose(found[1])
