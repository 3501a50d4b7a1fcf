import json

import pytest
from django.http import QueryDict
from django.utils import timezone

from regard.customers.models import Profile, Trait
from regard.ledger.record.project import project_all
from regard.segments.builder import Draft
from regard.segments.definition import read
from regard.segments.mirror import mirror_profiles
from regard.segments.models import Segment
from regard.testing.events import send, track
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import Workspace


@pytest.fixture
def callers(ledger, workspace):
    now = timezone.now().isoformat()
    send(
        workspace,
        *[
            track(f"m{user}{n}", user=user, timestamp=now)
            for user, times in (("ana", 3), ("ben", 1))
            for n in range(times)
        ],
    )
    project_all()
    mirror_profiles(workspace.pk, list(Profile.objects.values_list("pk", flat=True)))


TWICE = {
    "join": "all",
    "g0": "all",
    "g0r0": "did",
    "g0r0-op": ">=",
    "g0r0-times": "2",
    "g0r0-event": "Call Ended",
    "g0r0-days": "30",
}


def test_the_number_is_there_while_one_edits(workspace, callers):
    client = signed_in(member(workspace, Role.ANALYST))
    assert "2</b>" in client.post("/segments/draft", {"g0": "all"}).content.decode()
    page = client.post("/segments/draft", TWICE).content.decode()
    assert "1</b>" in page and "customer of 2" in page and "ana" in page
    added = client.post("/segments/draft", {**TWICE, "add": "0:trait"}).content.decode()
    assert (
        'name="g0r1-name"' in added and "Say which trait it is about." in added
    )  # not finished yet, and what was filled in is still there
    assert 'value="Call Ended"' in added
    dropped = client.post("/segments/draft", {**TWICE, "drop": "0:0"}).content.decode()
    assert "everybody fits" in dropped


def test_a_segment_is_saved_shown_changed_and_retired(workspace, callers):
    client = signed_in(member(workspace, Role.ANALYST))
    assert "No segments yet" in client.get("/segments/").content.decode()
    saved = client.post(
        "/segments/new", {**TWICE, "name": "Frequent callers", "description": "", "save": "1"}, follow=True
    )
    assert "1 customer is in Frequent callers" in saved.content.decode()
    assert "Saved. 1 customer belongs to it." in saved.content.decode()
    segment = Segment.objects.get()
    again = client.post("/segments/new", {**TWICE, "name": "frequent CALLERS", "save": "1"}).content.decode()
    assert "There is already a segment of this name." in again
    editing = client.get(f"/segments/{segment.pk}/editing").content.decode()
    assert 'value="Call Ended"' in editing
    client.post(f"/segments/{segment.pk}/editing", {**TWICE, "g0r0-times": "1", "name": "Callers", "save": "1"})
    assert "2 customers are in Callers" in client.get(f"/segments/{segment.pk}").content.decode()
    ana = Profile.objects.get(identifiers__value="ana")
    assert "Callers" in client.get(f"/segments/of/{ana.pk}").content.decode()
    client.post(f"/segments/{segment.pk}/retirement")
    assert "No segments yet" in client.get("/segments/").content.decode()


def test_the_name_is_needed_and_nothing_typed_is_lost(workspace, callers):
    client = signed_in(member(workspace, Role.ANALYST))
    page = client.post(
        "/segments/new", {**TWICE, "name": "", "description": "for the call centre", "save": "1"}
    ).content.decode()
    assert "This field is required" in page and "for the call centre" in page and 'value="Call Ended"' in page
    assert not Segment.objects.exists()


def test_what_the_form_cannot_hold_is_edited_as_text(workspace, callers):
    client = signed_in(member(workspace, Role.ANALYST))
    inner = {"kind": "trait", "name": "plan", "op": "known", "values": []}
    deep = {"kind": "all", "of": [{"kind": "any", "of": [{"kind": "none", "of": [inner]}]}]}
    segment = Segment.objects.create(workspace=workspace, name="Deep", definition=deep)
    assert client.get(f"/segments/{segment.pk}/editing")["Location"] == f"/segments/{segment.pk}/conditions"
    for given, words in (("{", "This is not JSON"), ('{"kind": "all", "of": [{"kind": "x"}]}', "not right")):
        page = client.post(f"/segments/{segment.pk}/conditions", {"definition": given}).content.decode()
        assert words in page
    itself = {"kind": "all", "of": [{"kind": "member", "segment": segment.pk}]}
    page = client.post(f"/segments/{segment.pk}/conditions", {"definition": json.dumps(itself)}).content.decode()
    assert "cannot be a condition of itself" in page
    assert client.post(f"/segments/{segment.pk}/conditions", {"definition": json.dumps(deep)}).status_code == 302


def test_another_workspaces_segment_is_no_condition(workspace, callers):
    elsewhere = Segment.objects.create(workspace=Workspace.found(name="Other"), name="Theirs")
    client = signed_in(member(workspace, Role.ANALYST))
    page = client.post(
        "/segments/draft", {"g0": "all", "g0r0": "member", "g0r0-segment": elsewhere.pk}
    ).content.decode()
    assert "does not exist" in page
    assert client.get(f"/segments/{elsewhere.pk}").status_code == 404


def test_the_form_says_again_what_a_definition_says():
    what = {"touchpoint": 3, "channel": "web", "outcome": "solved", "event": "Call"}
    leaves = [
        {"kind": "trait", "name": "plan", "op": "is", "values": ["a", "b"]},
        {"kind": "did", "what": what, "op": "=", "times": 0, "days": 7},
        {"kind": "answered", "metric": "ces", "op": "<=", "score": 2.5, "which": "any", "touchpoint": 4, "days": 9},
        {"kind": "sequence", "first": what, "then": {"event": "Bill"}, "within": 3, "days": None},
        {"kind": "unit", "units": [4]}, {"kind": "known", "namespace": "phone"}, {"kind": "member", "segment": 8},
    ]  # fmt: skip
    group = read({"kind": "none", "of": [{"kind": "any", "of": leaves}, {"kind": "all", "of": leaves[:1]}]})
    draft = Draft.begun(group)
    assert draft is not None
    post = QueryDict(mutable=True)
    post["join"] = draft.placed().join
    for rows in draft.groups:
        post[rows.at] = rows.join
        for row in rows.rows:
            post[row.at] = row.kind
            post.update({f"{row.at}-{name}": value for name, value in row.fields.items()})
    assert Draft.posted(post).definition() == group


@pytest.mark.parametrize(
    ("kind", "field", "first"),
    [("number", 'type="number"', "is at least"), ("date", 'type="date"', "is before"), ("boolean", '<option value="true" selected>yes', "is one of"),
     ("choice", "-options", "is one of"), ("list", "several with commas", "lists one of"), ("text", "several with commas", "is one of")],
)  # fmt: skip
def test_a_trait_with_a_kind_is_compared_as_its_kind_can_be(callers, workspace, kind, field, first):
    Trait.objects.create(workspace=workspace, name="it", kind=kind, options=["Fibre"])
    given = {"join": "all", "g0": "all", "g0r0": "trait", "g0r0-name": "it", "g0r0-op": "is", "g0r0-value": ""}
    page = signed_in(member(workspace, Role.ANALYST)).post("/segments/draft", given).content.decode()
    assert field in page and first in page.partition('name="g0r0-op"')[2]
    assert ("contains" in page) == (kind == "text")


def test_what_was_chosen_before_a_trait_had_its_kind_stays(callers, workspace):
    Trait.objects.create(workspace=workspace, name="it", kind="number")
    given = {"join": "all", "g0": "all", "g0r0": "trait", "g0r0-name": "it", "g0r0-op": "contains", "g0r0-value": "12"}
    page = signed_in(member(workspace, Role.ANALYST)).post("/segments/draft", given).content.decode()
    assert '<option value="contains" selected>' in page and 'value="12"' in page
