"""The settings: what kind of value each trait has, and whom to believe."""

import pytest

from regard.customers.models import Profile
from regard.customers.traits.models import BY_HAND, Refold, Trait, TrustOrder
from regard.ledger.record.project import project_all
from regard.segments.mirror import rebuild
from regard.testing.events import send, source
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(ledger, workspace):
    for n, age in enumerate(("41", "17", "n/a")):
        send(
            workspace,
            {"type": "identify", "messageId": f"i{n}", "userId": f"u{n}", "traits": {"age": age, "plan": "Fibre"}},
        )
    project_all()
    list(rebuild(workspace.pk))


@pytest.fixture
def analyst(workspace):
    return signed_in(member(workspace, Role.ANALYST))


def test_the_page_lists_what_customers_have_and_what_was_entered(workspace, known, analyst):
    Trait.objects.create(workspace=workspace, name="vip", title="Important", kind="boolean")
    page = analyst.get("/traits/").content.decode()
    assert "3 traits are known of customers, 1 with a kind" in page
    assert all(word in page for word in ("age", "plan", "Important", "yes or no"))


def test_before_saving_it_says_how_much_fits(known, analyst):
    told = analyst.get("/traits/one/fit", {"name": "age", "kind": "number"}).content.decode()
    assert "2 of 3 values that were said fit" in told and "“n/a”" in told
    assert (
        "All 3 values that were said fit"
        in analyst.get("/traits/one/fit", {"name": "age", "kind": "text"}).content.decode()
    )
    assert (
        "Once the form is filled in"
        in analyst.get("/traits/one/fit", {"name": "age", "kind": "choice"}).content.decode()
    )


def test_a_kind_is_entered_changed_and_taken_away(workspace, known, analyst):
    given = {"name": "plan", "title": "Tariff", "kind": "choice", "options": "Copper\nFIBRE\n\nfibre", "personal": ""}
    assert analyst.post("/traits/one", given).status_code == 302
    made = Trait.objects.get()
    assert (made.title, made.options, made.personal, made.workspace) == ("Tariff", ["Copper", "FIBRE"], None, workspace)
    assert Refold.objects.get().total == 3 and "0 of 3 customers" in analyst.get("/traits/").content.decode()
    analyst.post("/traits/one?trait=plan", given | {"kind": "money", "personal": "true"})
    made.refresh_from_db()
    assert (made.kind, made.options, made.currency, made.personal) == ("money", [], workspace.currency, True)
    assert "No value is lost" in analyst.get("/traits/one/removal?trait=plan").content.decode()
    analyst.post("/traits/one/removal?trait=plan")
    assert not Trait.objects.exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "$name", "kind": "text"}, "does not begin with $"),
        ({"name": "plan", "kind": "choice", "options": " \n"}, "Say what may be chosen"),
        ({"name": "plan", "kind": "money", "currency": "eur"}, "Three letters"),
        ({"name": "plan", "kind": "colour"}, "Select a valid choice"),
        ({"name": "there", "kind": "text"}, "already exists"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_kept(workspace, analyst, ledger, given, told):
    Trait.objects.create(workspace=workspace, name="there")
    answer = analyst.post("/traits/one", given)
    assert answer.status_code == 200 and told in answer.content.decode()
    assert Trait.objects.count() == 1 and not Refold.objects.exists()


def test_the_order_of_trust_is_arranged_on_its_page_and_counts_once_saved(workspace, known, analyst):
    crm, shop = source(workspace, "CRM").pk, source(workspace, "Shop").pk
    page = analyst.post("/traits/trust", {"order": [BY_HAND], "add": "1", "more": crm}).content.decode()
    assert 'name="order" value="0"' in page and f'name="order" value="{crm}"' in page
    page = analyst.post("/traits/trust", {"order": [BY_HAND, crm, shop], "up": shop}).content.decode()
    assert page.index(f'name="order" value="{shop}"') < page.index(f'name="order" value="{crm}"')
    assert not TrustOrder.objects.exists()
    analyst.post("/traits/trust", {"order": [shop, BY_HAND, crm], "save": "1"})
    assert TrustOrder.of(workspace.pk) == [shop, BY_HAND, crm] and Refold.objects.exists()
    assert "believed first: Shop, then written by hand, then CRM" in analyst.get("/traits/").content.decode()


def test_a_source_that_is_older_than_those_on_offer_stays_on_the_list(workspace, known, analyst, monkeypatch):
    monkeypatch.setattr("regard.ledger.sources.queries._MOST", 1)
    old, _new = source(workspace, "Old").pk, source(workspace, "New")
    analyst.post("/traits/trust", {"order": [old, BY_HAND], "save": "1"})
    assert TrustOrder.of(workspace.pk) == [old, BY_HAND] and "1. Old" in analyst.get("/traits/trust").content.decode()


def test_an_order_of_one_trait(workspace, known, analyst):
    made, crm = Trait.objects.create(workspace=workspace, name="age", kind="number"), source(workspace, "CRM").pk
    analyst.post("/traits/trust?trait=age", {"order": [crm, BY_HAND], "save": "1"})
    made.refresh_from_db()
    assert made.trust == [crm, BY_HAND] and not TrustOrder.objects.exists()
    assert "an order of its own" in analyst.get("/traits/").content.decode()


def test_sources_of_others_cannot_be_listed(workspace, analyst, ledger):
    other = source(Workspace.found(name="Other"), "Theirs").pk
    assert analyst.post("/traits/trust", {"order": [other], "save": "1"}).status_code == 404
    assert "Theirs" not in analyst.get("/traits/trust").content.decode() and not TrustOrder.objects.exists()


def test_only_who_keeps_the_catalogue_may_change_it(workspace, known):
    agent = signed_in(member(workspace, Role.AGENT))
    for address in ("/traits/", "/traits/one", "/traits/trust", "/traits/one/fit", "/traits/progress"):
        assert agent.get(address).status_code == 403
    assert Profile.objects.filter(traits__age="41").exists()
