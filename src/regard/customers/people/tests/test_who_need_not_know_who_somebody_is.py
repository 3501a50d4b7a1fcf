import pytest

from regard.customers.identity.models import Identifier
from regard.customers.people.masking import is_personal, masked_name, masked_value
from regard.customers.traits.models import Trait
from regard.ledger.record.project import project_all
from regard.segments.mirror import rebuild
from regard.testing.events import send, track
from regard.testing.people import member, recently, signed_in

pytestmark = pytest.mark.django_db
TRACES = ("Moreau", "ines.moreau@example.org", "+33612345678", "12 rue des Lilas", "1984-05-06")


@pytest.mark.parametrize(
    "trait", ["email", "home_address", "birthDate", "phoneNumber", "zip", "date_of_birth", "lastName"]
)
def test_traits_that_say_who_somebody_is(trait):
    assert is_personal(trait)


@pytest.mark.parametrize("trait", ["plan", "shipping", "tenure", "region", "recipe", "status", "emailed"])
def test_traits_that_say_what_somebody_has(trait):
    assert not is_personal(trait)


def test_what_is_left():
    assert (masked_name("Inès Moreau"), masked_name("")) == ("I. M.", "")
    assert masked_value("ines@example.org") == "i…@example.org"
    assert (masked_value("+33612345678"), masked_value("C40718"), masked_value("")) == ("+33…78", "C…8", "")


@pytest.fixture
def ines(workspace, ledger):
    traits = {
        "name": "Inès Moreau", "email": "ines.moreau@example.org", "phone": "+33612345678", "address": "12 rue des Lilas",
        "birthDate": "1984-05-06", "plan": "fibre",
    }  # fmt: skip
    send(
        workspace,
        {"type": "identify", "messageId": "i", "userId": "C40718", "traits": traits},
        track("t", user="C40718"),
    )
    project_all()
    list(rebuild(workspace.pk))
    return Identifier.objects.get(value="C40718").profile_id


def pages(client, ines):
    addresses = [
        "/customers/", "/customers/?q=moreau", f"/customers/{ines}", f"/identity/{ines}", f"/customers/{ines}/contact", f"/timeline/{ines}",
        "/customers/?column=trait:address&column=keys", "/customers/export?column=trait:address&column=keys", "/feedback/", "/identity/",
        f"/accounts/of/{ines}", f"/notes/{ines}", f"/traits/of/{ines}", f"/traits/of/{ines}/one?trait=address",
        f"/traits/of/{ines}/one?trait=birthDate",
    ]  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in (200, 404), (address, answer.status_code)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield address, body.decode()


def test_a_masked_role_reads_no_name_address_or_number_on_any_page(workspace, ines):
    owner = recently(signed_in(member(workspace)))
    whole = "".join(body for _address, body in pages(owner, ines))
    assert all(trace in whole for trace in TRACES)
    owner.post("/privacy/masking", {"roles": ["analyst"]})
    analyst = signed_in(member(workspace, "analyst"))
    for address, body in pages(analyst, ines):
        assert not [trace for trace in TRACES if trace in body], address
    own = {"trait": "address", "value": "13 rue des Lilas"}
    assert analyst.post(f"/traits/of/{ines}/one?trait=address", own).status_code == 404  # what one may not read one does not write
    page = analyst.get("/customers/?q=C40718").content.decode()
    assert "I. M." in page  # found by what they know, shown in part
    assert "fibre" in analyst.get(f"/traits/of/{ines}").content.decode()


def test_who_decides_about_personal_data_is_never_masked(workspace, ines):
    owner = recently(signed_in(member(workspace)))
    owner.post("/privacy/masking", {"roles": ["owner", "admin"]})
    workspace.refresh_from_db()
    assert workspace.masked_roles == []


def test_the_catalogue_says_otherwise_than_the_name(workspace, ines):
    """A trait whose name tells nothing can be hidden, and one whose name tells too much shown."""
    Trait.objects.create(workspace=workspace, name="plan", personal=True)
    Trait.objects.create(workspace=workspace, name="address", personal=False)
    workspace.masked_roles = ["agent"]
    workspace.save()
    agent = signed_in(member(workspace, "agent"))
    for address in (f"/traits/of/{ines}", "/customers/?column=trait:plan&column=trait:address"):
        page = agent.get(address).content.decode()
        assert "12 rue des Lilas" in page and "fibre" not in page, address
