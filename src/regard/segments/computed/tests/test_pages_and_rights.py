import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from regard.connectors.writeback.models import Destination
from regard.connectors.writeback.queries import rows_of
from regard.customers.models import Profile
from regard.ledger.record.project import project_all
from regard.ledger.touchpoints.models import Touchpoint
from regard.segments.computed.definition import read
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.queries import in_force
from regard.segments.computed.refresh import refresh
from regard.segments.computed.save import save
from regard.segments.mirror import mirror_profiles
from regard.segments.models import Segment
from regard.testing.events import send, track
from regard.testing.people import member, signed_in
from regard.workspace.audit.models import AuditEntry
from regard.workspace.keys.models import ApiKey, KeyScope
from regard.workspace.members.rights import Role
from regard.workspace.models import Unit, Workspace

pytestmark = pytest.mark.django_db
CALLS = {"kind": "number", "event": "Call", "days": "90"}


@pytest.fixture
def callers(workspace, ledger):
    """Ana called three times, Ben once, Cleo is known by name alone."""
    now = timezone.now()
    send(
        workspace,
        *[
            track(f"{user}{n}", user=user, event="Call", timestamp=(now - timedelta(days=n)).isoformat())
            for user, times in (("ana", 3), ("ben", 1))
            for n in range(times)
        ],
        {"type": "identify", "userId": "cleo", "messageId": "i", "traits": {"plan": "fibre"}},
    )
    project_all()
    mirror_profiles(workspace.pk, list(Profile.objects.values_list("pk", flat=True)))
    return dict(Profile.objects.values_list("identifiers__value", "pk"))


def made(workspace, name="calls in 90 days", **definition):
    trait = ComputedTrait(workspace=workspace)
    save(
        trait,
        read(definition or {"kind": "number", "what": {"event": "Call"}, "days": 90}),
        name=name,
        actor="me@x",
        now=timezone.now(),
    )
    return trait


def test_the_editor_shows_what_it_comes_out_at_while_one_edits(workspace, callers):
    client = signed_in(member(workspace, Role.ANALYST))
    page = client.get("/computed-traits/new").content.decode()
    assert "What do you want to know of each customer?" in page and "2 of 3" in page
    draft = client.post("/computed-traits/draft", CALLS).content.decode()
    assert "How many interactions, event “Call”, in the last 90 days" in draft
    assert "<dt>Lowest</dt><dd>1</dd>" in draft and "<dt>Highest</dt><dd>3</dd>" in draft
    scores = client.post("/computed-traits/draft", {**CALLS, "kind": "last score"}).content.decode()
    assert (
        'name="metric"' in scores and 'name="event"' not in scores and "Nothing of this kind has come in yet." in scores
    )
    lists = client.post("/computed-traits/draft", {"kind": "touchpoints"}).content.decode()
    assert "0 of 3" in lists
    wrong = client.post("/computed-traits/draft", {**CALLS, "days": "ninety"}).content.decode()
    assert "Give the days as a whole number" in wrong and 'value="ninety"' in wrong


def test_one_is_made_shown_changed_and_removed(workspace, callers):
    client = signed_in(member(workspace, Role.ANALYST))
    assert "No computed traits yet" in client.get("/computed-traits/").content.decode()
    saved = client.post(
        "/computed-traits/new", {**CALLS, "name": "calls in 90 days", "save": "1"}, follow=True
    ).content.decode()
    assert (
        "2 customers have a value" in saved
        and "1 trait follows from what customers do" in saved
        and "calls in 90 days" in saved
    )
    trait = ComputedTrait.objects.get()
    assert trait.definition == {
        "kind": "number",
        "what": {"touchpoint": None, "channel": "", "outcome": "", "event": "Call"},
        "days": 90,
    }
    page = client.get(f"/computed-traits/{trait.pk}").content.decode()
    assert "2 customers have “calls in 90 days”" in page and 'value="Call"' in page
    client.post(f"/computed-traits/{trait.pk}", {"kind": "sum", "currency": "usd", "name": "spent", "save": "1"})
    assert ComputedTrait.objects.get().name == "calls in 90 days"  # EUR is written in capitals
    client.post(f"/computed-traits/{trait.pk}", {"kind": "sum", "currency": "USD", "name": "spent", "save": "1"})
    assert ComputedTrait.objects.get().definition["currency"] == "USD" and ComputedTrait.objects.get().name == "spent"
    assert "0 customers have a value" in client.get(f"/computed-traits/{trait.pk}/removal").content.decode()
    client.post(f"/computed-traits/{trait.pk}/removal")
    assert not ComputedTrait.objects.exists()
    actions = set(AuditEntry.objects.filter(action__startswith="computed").values_list("action", flat=True))
    assert actions == {"computed_trait.added", "computed_trait.changed", "computed_trait.removed"}


def test_what_a_source_says_already_is_not_computed_under_the_same_name(workspace, callers):
    client = signed_in(member(workspace, Role.ANALYST))
    page = client.post("/computed-traits/new", {**CALLS, "name": "Plan", "save": "1"}).content.decode()
    assert "Your sources say a trait “plan” already" in page and not ComputedTrait.objects.exists()
    page = client.post("/computed-traits/new", {**CALLS, "name": "a:b", "save": "1"}).content.decode()
    assert "Leave out" in page and not ComputedTrait.objects.exists()
    made(workspace)
    page = client.post("/computed-traits/new", {**CALLS, "name": "Calls in 90 DAYS", "save": "1"}).content.decode()
    assert "There is already a computed trait of this name." in page


def test_one_that_is_used_cannot_go_or_change_its_name(workspace, callers):
    client, trait = signed_in(member(workspace, Role.ANALYST)), made(workspace)
    leaf = {"kind": "trait", "name": trait.name, "op": ">=", "values": ["2"]}
    Segment.objects.create(
        workspace=workspace, name="Often", definition={"kind": "all", "of": [{"kind": "any", "of": [leaf]}]}
    )
    Destination.objects.create(workspace=workspace, name="CRM", traits=[trait.name], owner="me@x")
    page = client.post(f"/computed-traits/{trait.pk}/removal", follow=True).content.decode()
    assert "the segment “Often”, the destination “CRM”. Change these first." in page and ComputedTrait.objects.exists()
    assert (
        "Used by the segment “Often”, the destination “CRM”"
        in client.get(f"/computed-traits/{trait.pk}").content.decode()
    )
    page = client.post(f"/computed-traits/{trait.pk}", {**CALLS, "name": "calls", "save": "1"}).content.decode()
    assert "cannot be called otherwise" in page and ComputedTrait.objects.get().name == "calls in 90 days"
    client.post(
        f"/computed-traits/{trait.pk}", {"kind": "number", "name": "calls in 90 days", "days": "30", "save": "1"}
    )
    assert ComputedTrait.objects.get().definition["days"] == 30


def test_the_customer_page_shows_each_as_it_is_read(workspace, callers):
    assert (
        "/computed-traits/of/" not in signed_in(member(workspace)).get(f"/customers/{callers['ana']}").content.decode()
    )
    made(workspace)
    made(workspace, name="spent", kind="sum")
    made(workspace, name="quiet", kind="days since")
    made(workspace, name="touched", kind="touchpoints")
    client = signed_in(member(workspace, Role.AGENT))
    assert f"/computed-traits/of/{callers['ana']}" in client.get(f"/customers/{callers['ana']}").content.decode()
    panel = client.get(f"/computed-traits/of/{callers['ana']}").content.decode()
    for name, text in (("calls in 90 days", "3"), ("spent", "€0.00"), ("quiet", "today"), ("touched", "–")):
        assert f"<dt>{name}</dt><dd>{text}</dd>" in panel
    assert "as of today" in panel


def test_the_list_shows_sorts_and_filters_by_it_and_the_file_has_it_plain(workspace, callers):
    made(workspace)
    made(workspace, name="quiet", kind="days since")
    client = signed_in(member(workspace, Role.OWNER))
    column = "column=trait:calls+in+90+days&column=trait:quiet"
    page = client.get(f"/customers/?{column}&sort=-trait:calls+in+90+days").content.decode()
    assert page.index("ana") < page.index("ben") < page.index("cleo") and "today" in page
    page = client.get(f"/customers/?{column}&sort=trait:calls+in+90+days").content.decode()
    assert page.index("cleo") < page.index("ben") < page.index("ana")
    file = b"".join(client.get(f"/customers/export?{column}&trait=calls+in+90+days:1.0").streaming_content).decode()
    assert [line.split(",")[2:] for line in file.splitlines()] == [["calls in 90 days", "quiet"], ["1", "0"]]


def test_nobody_sets_one_by_hand(workspace, callers):
    made(workspace)
    given = {"does": "trait", "trait": "calls in 90 days", "value": "99"}
    page = signed_in(member(workspace)).post("/bulk/new?all=1&list=trait%3Dplan%3Afibre", given).content.decode()
    assert (
        "it follows from what customers do" in page
        and not Profile.objects.filter(traits__has_key="calls in 90 days").exists()
    )


def test_other_systems_are_sent_it(workspace, callers):
    made(workspace)
    made(workspace, name="touched", kind="touchpoints")
    to = Destination(workspace=workspace, name="CRM", traits=["calls in 90 days", "touched", "plan"])
    rows = rows_of(to, [callers["ana"], callers["cleo"]])
    assert [row["traits"] for row in rows] == [
        {"calls in 90 days": 3, "touched": None, "plan": None}, {"calls in 90 days": 0, "touched": None, "plan": "fibre"}
    ]  # fmt: skip


def test_who_may_not_edit_sees_the_list_and_another_workspace_nothing(workspace, callers):
    trait = made(workspace)
    agent = signed_in(member(workspace, Role.AGENT))
    assert "calls in 90 days" in agent.get("/computed-traits/").content.decode()
    assert agent.get(f"/computed-traits/{trait.pk}").status_code == 403
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    of_north = signed_in(member(workspace, Role.ANALYST, at=north, email="north@x.example"))
    assert of_north.get("/computed-traits/new").status_code == 403
    assert of_north.get(f"/computed-traits/of/{callers['ana']}").status_code == 404
    other = Workspace.found(name="Other")
    outsider = signed_in(member(other, Role.OWNER, email="out@x.example"))
    assert outsider.get(f"/computed-traits/{trait.pk}").status_code == 404
    assert outsider.get(f"/computed-traits/of/{callers['ana']}").status_code == 404
    assert in_force(other.pk) == {} and not refresh(other, now=timezone.now())


def key(workspace, scope=KeyScope.WRITE, unit=None):
    at = (unit or workspace.root).pk
    _row, token = ApiKey.create(workspace_id=workspace.pk, name=f"{scope} {at}", scope=scope, unit_id=at, actor="me@x")
    return {"headers": {"Authorization": f"Bearer {token}"}}


def ask(verb, path, body=None, **more):
    return getattr(Client(), verb)(path, json.dumps(body), content_type="application/json", **more)


def test_one_is_made_replaced_and_removed_through_the_api(workspace, callers):
    writes, measure = key(workspace), {"kind": "number", "days": 90}
    looked = ask("post", "/api/computed-traits/preview", {"definition": measure}, **writes).json()
    assert looked == {"words": "How many interactions, in the last 90 days", "customers": 2, "total": 3}
    answer = ask("post", "/api/computed-traits", {"name": "calls", "definition": measure}, **writes)
    assert answer.status_code == 201, answer.content
    one = answer.json()
    assert (one["type"], one["customers"]) == ("number", 2) and one["as_of"]
    assert Client().get("/api/computed-traits", **writes).json() == [one]
    assert Client().get(f"/api/customers/{callers['ana']}", **writes).json()["computed"] == {"calls": 3}
    listed = Client().get("/api/customers?sort=-trait:calls", **writes).json()["items"]
    assert [person["computed"]["calls"] for person in listed] == [3, 1, 0]
    put = ask(
        "put", f"/api/computed-traits/{one['id']}", {"name": "first call", "definition": {"kind": "first"}}, **writes
    )
    assert put.json()["type"] == "date" and put.json()["id"] == one["id"]
    assert Client().delete(f"/api/computed-traits/{one['id']}", **writes).status_code == 204
    assert Client().get("/api/computed-traits", **writes).json() == []


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        ({}, "“kind”"),
        ({"kind": "sql"}, "“kind”"),
        ({"kind": "number", "days": 0}, "whole number from 1"),
        ({"kind": "number", "what": {"colour": "red"}}, "what → colour"),
        ({"kind": "number", "what": {"touchpoint": 4_000_000_000_000_000_000_000}}, "no touchpoint"),
        ({"kind": "number", "what": {"touchpoint": -1}}, "no touchpoint"),
        ({"kind": "number", "what": {"event": "a\0b"}}, "cannot be kept"),
        ({"kind": "sum", "currency": "euros"}, "three capital letters"),
        ({"kind": "last score", "metric": "love"}, "which question"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(workspace, callers, definition, says):
    answer = ask("post", "/api/computed-traits", {"name": "x", "definition": definition}, **key(workspace))
    assert answer.status_code == 400 and says in answer.json()["detail"]


def test_a_touchpoint_of_another_workspace_is_none(workspace, callers):
    theirs = Touchpoint.objects.create(workspace=Workspace.found(name="Other"), name="Shop")
    given = {"name": "x", "definition": {"kind": "number", "what": {"touchpoint": theirs.pk}}}
    assert "no touchpoint" in ask("post", "/api/computed-traits", given, **key(workspace)).json()["detail"]


def test_a_reading_key_and_a_key_of_one_unit_change_nothing(workspace, callers):
    trait, body = made(workspace), {"name": "x", "definition": {"kind": "number"}}
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    reads, of_north = key(workspace, KeyScope.READ), key(workspace, unit=north)
    theirs = key(Workspace.found(name="Other"))
    for verb, path in (
        ("post", "/api/computed-traits"),
        ("put", f"/api/computed-traits/{trait.pk}"),
        ("delete", f"/api/computed-traits/{trait.pk}"),
    ):
        assert ask(verb, path, body, **reads).status_code == 401
        assert ask(verb, path, body, **of_north).status_code == 403
    assert ask("delete", f"/api/computed-traits/{trait.pk}", **theirs).status_code == 404
    assert len(Client().get("/api/computed-traits", **reads).json()) == 1
    leaf = {"kind": "trait", "name": trait.name, "op": "known", "values": []}
    Segment.objects.create(workspace=workspace, name="Known", definition={"kind": "all", "of": [leaf]})
    assert ask("delete", f"/api/computed-traits/{trait.pk}", **key(workspace)).status_code == 409


def test_nobody_says_by_hand_what_follows_from_what_customers_do(workspace, ledger):
    from regard.customers.models import Profile, Trait
    from regard.workspace.models import ApiKey

    made(workspace, name="calls", kind="number")
    someone = Profile.objects.create(workspace=workspace)
    client = signed_in(member(workspace, Role.ANALYST))
    assert "is a computed trait" in client.get(f"/traits/of/{someone.pk}/one?trait=calls").content.decode()
    assert "is a computed trait" in client.post("/traits/one", {"name": "calls", "kind": "number"}).content.decode()
    secret = ApiKey.create(workspace_id=workspace.pk, name="k", scope="write", unit_id=workspace.root.pk, actor="x")[1]
    for path, given in (
        ("/api/traits", {"name": "calls"}),
        (f"/api/customers/{someone.pk}/traits", {"name": "calls", "value": "x"}),
    ):
        answer = client.put(path, given, content_type="application/json", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 409, path
    assert not Trait.objects.exists()
