"""On the customer's page: what is believed, who says so, what it was, and a colleague's own word."""

import pytest

from regard.customers.models import Profile, Saying
from regard.customers.traits.models import Trait
from regard.ledger.record.project import project_all
from regard.testing.events import send
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import AuditEntry, Unit, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(ledger, workspace):
    for n, (plan, at) in enumerate((("copper", "2026-03-01T10:00:00Z"), ("fibre", "2026-05-01T10:00:00Z"))):
        traits = {"plan": plan, "contract": "2026-01-31", "value": 1200}
        send(workspace, {"type": "identify", "messageId": f"i{n}", "userId": "ines", "timestamp": at, "traits": traits})
    project_all()
    return Profile.objects.get().pk


def test_the_panel_shows_what_is_believed_as_its_kind_is_written(workspace, ines):
    Trait.objects.create(workspace=workspace, name="value", title="Yearly value", kind="money", currency="EUR")
    page = signed_in(member(workspace, Role.AGENT)).get(f"/traits/of/{ines}").content.decode()
    assert "Yearly value" in page and "€1,200" in page and "fibre" in page and "copper" not in page


def test_each_trait_tells_who_said_what_and_when(workspace, ines):
    page = signed_in(member(workspace, Role.AGENT)).get(f"/traits/of/{ines}/one?trait=plan").content.decode()
    assert "plan: fibre" in page and "Web site" in page
    believed, before = page.index(">believed<"), page.index("copper")
    assert believed < before and "1 Mar" in page[before:] and "1 May" in page[before:]


def test_a_colleagues_word_counts_and_can_be_taken_back(workspace, ines):
    client = signed_in(member(workspace, Role.AGENT))
    client.post(f"/traits/of/{ines}/one?trait=plan", {"value": "none at all"})
    assert Profile.objects.get(pk=ines).traits["plan"] == "none at all"
    page = client.get(f"/traits/of/{ines}/one?trait=plan").content.decode()
    assert "plan: none at all" in page and "written by hand" in page
    client.post(f"/traits/of/{ines}/one/return", {"trait": "plan"})
    assert Profile.objects.get(pk=ines).traits["plan"] == "fibre"
    assert Saying.objects.get(source=0).values == {}
    assert (
        "none at all" in client.get(f"/traits/of/{ines}/one?trait=plan").content.decode()
    )  # it stands among what was said
    said = (
        AuditEntry.objects.filter(action__startswith="customer.trait")
        .order_by("id")
        .values_list("action", "details__trait")
    )
    assert list(said) == [("customer.trait_set", "plan"), ("customer.trait_taken_back", "plan")]


def test_an_empty_word_says_that_there_is_none(workspace, ines):
    signed_in(member(workspace, Role.AGENT)).post(f"/traits/of/{ines}/one?trait=plan", {"value": ""})
    assert "plan" not in Profile.objects.get(pk=ines).traits


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [("number", "12.5", 12.5), ("money", "1200", 1200), ("date", "2026-02-03", "2026-02-03"), ("boolean", "false", False), ("choice", "B", "B"),
     ("list", "a, b", ["a", "b"])],
)  # fmt: skip
def test_a_value_is_asked_for_as_its_kind_wants_it(workspace, ines, kind, typed, kept):
    Trait.objects.create(workspace=workspace, name="it", kind=kind, options=["A", "B"], currency="EUR")
    client = signed_in(member(workspace, Role.AGENT))
    assert client.post(f"/traits/of/{ines}/one?trait=it", {"value": typed}).status_code == 302
    assert Profile.objects.get(pk=ines).traits["it"] == kept


@pytest.mark.parametrize(
    ("kind", "typed"), [("number", "many"), ("date", "31.2.2026"), ("boolean", "hm"), ("choice", "C")]
)
def test_what_does_not_fit_is_asked_for_again_and_nothing_typed_is_lost(workspace, ines, kind, typed):
    Trait.objects.create(workspace=workspace, name="it", kind=kind, options=["A", "B"])
    answer = signed_in(member(workspace, Role.AGENT)).post(f"/traits/of/{ines}/one?trait=it", {"value": typed})
    assert answer.status_code == 200 and "errorlist" in answer.content.decode()
    if kind in ("number", "date"):
        assert f'value="{typed}"' in answer.content.decode()
    assert "it" not in Profile.objects.get(pk=ines).traits


def test_nobody_reads_or_writes_traits_of_customers_they_may_not_see(workspace, ines):
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    outsider = signed_in(member(workspace, Role.MANAGER, at=north))
    elsewhere = signed_in(member(Workspace.found(name="Other"), Role.OWNER, email="other@x.example"))
    for client in (outsider, elsewhere):
        for address in (f"/traits/of/{ines}", f"/traits/of/{ines}/one", f"/traits/of/{ines}/one?trait=plan"):
            assert client.get(address).status_code == 404
        assert client.post(f"/traits/of/{ines}/one?trait=plan", {"value": "x"}).status_code == 404
        assert client.post(f"/traits/of/{ines}/one/return", {"trait": "plan"}).status_code == 404
    assert Profile.objects.get(pk=ines).traits["plan"] == "fibre"
