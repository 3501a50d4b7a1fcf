"""Who changed is sent, once, with what was chosen and nothing else."""

import csv
import json
from datetime import UTC, datetime

import pytest

from regard.connectors.writeback.batch import MOST
from regard.connectors.writeback.folder import folder_of
from regard.connectors.writeback.models import Batch, Sent
from regard.connectors.writeback.tests.conftest import people, send
from regard.customers.models import Identifier, Profile
from regard.ledger.models import Mapping, Touchpoint
from regard.ledger.record.project import project_all
from regard.segments.members.mirror import put_in
from regard.segments.models import Segment
from regard.testing.events import send as events
from regard.testing.events import track

pytestmark = pytest.mark.django_db


def test_everybody_is_sent_once_and_then_only_who_changed(workspace, destination, receiver, queue):
    one, two, three = people(workspace, 3)
    delivery = send(destination, queue)
    assert (delivery.outcome, delivery.sent, delivery.examined) == ("done", 3, 3)
    (told,) = receiver.came
    assert told["type"] == "customers.changed" and told["data"]["destination"] == "CRM"
    assert receiver.customers[0] == {"id": one.pk, "also": [], "identifiers": {"email": ["p0@x.org"]}, "traits": {"plan": "gold"}}  # fmt: skip
    assert send(destination, queue).sent == 0 and len(receiver.came) == 1
    Profile.objects.filter(pk=two.pk).update(traits={"hidden": "y"})
    Profile.objects.filter(pk=three.pk).update(traits={"plan": "gold", "hidden": "y"})
    assert send(destination, queue).sent == 1
    assert receiver.customers[-1]["id"] == two.pk and receiver.customers[-1]["traits"] == {"plan": None}


def test_nothing_of_the_body_is_kept_once_it_is_delivered(workspace, destination, receiver, queue):
    people(workspace, 2)
    send(destination, queue)
    batch = Batch.objects.get()
    assert (bytes(batch.body), batch.customers, batch.contents, batch.size) == (b"", [], [], 2)
    assert Sent.objects.count() == 2


def test_batches_hold_at_most_500_and_each_has_its_own_key(workspace, destination, receiver, queue):
    people(workspace, 1203)
    assert send(destination, queue).sent == 1203
    sizes = [len(told["data"]["customers"]) for told in receiver.came]
    assert max(sizes) <= MOST and sum(sizes) == 1203 and len(set(receiver.keys)) == len(sizes) == 3
    assert len({row["id"] for row in receiver.customers}) == 1203


def test_accounts_are_no_customers_and_merged_profiles_are_one(workspace, destination, receiver, queue):
    one, two, account = people(workspace, 3)
    Profile.objects.filter(pk=two.pk).update(merged_into=one)
    Profile.objects.filter(pk=account.pk).update(is_account=True)
    Identifier.objects.create(workspace=workspace, namespace="email", value="shared@x.org", profile=one, shared=datetime.now(UTC))  # fmt: skip
    send(destination, queue)
    (row,) = receiver.customers
    assert row["id"] == one.pk and row["also"] == [two.pk] and row["identifiers"]["email"] == ["p0@x.org", "p1@x.org"]


def test_the_last_score_is_that_of_any_of_their_profiles_and_segments_go_by_name(workspace, destination, receiver, queue):  # fmt: skip
    answers = [("u1", 3, "2026-01-01"), ("u2", 9, "2026-02-01"), ("u1", 5, "2026-01-15")]
    touchpoint = Touchpoint.objects.create(workspace=workspace, name="Survey page")
    rule = {"event": "Survey", "touchpoint": touchpoint.pk, "metric": "nps", "score_property": "score", "scale_low": 0, "scale_high": 10}  # fmt: skip
    Mapping.objects.create(workspace=workspace, rules=[rule], author="me@x")
    for at, (user, score, day) in enumerate(answers):
        properties = {"score": score}
        events(workspace, track(f"m{at}", user=user, event="Survey", timestamp=f"{day}T10:00:00Z", properties=properties))  # fmt: skip
    project_all()
    one, two = (Identifier.objects.get(namespace="user", value=name).profile for name in ("u1", "u2"))
    Profile.objects.filter(pk=two.pk).update(merged_into=one)
    listed = Segment.objects.create(workspace=workspace, name="Worth a call")
    put_in(listed, [one.pk], now=datetime.now(UTC))
    destination.traits, destination.identifiers, destination.scores, destination.memberships = [], [], ["nps", "csat"], True  # fmt: skip
    destination.keep(by="x")
    send(destination, queue)
    (row,) = receiver.customers
    assert row["scores"] == {"nps": {"score": 9.0, "low": 0, "high": 10, "at": "2026-02-01T10:00:00+00:00"}, "csat": None}  # fmt: skip
    assert row["segments"] == ["Worth a call"] and "traits" not in row and "identifiers" not in row


def test_only_members_of_the_segment_are_sent(workspace, destination, receiver, queue):
    made = people(workspace, 4)
    listed = Segment.objects.create(workspace=workspace, name="Some")
    put_in(listed, [made[1].pk, made[3].pk], now=datetime.now(UTC))
    destination.segment = listed
    destination.keep(by="x")
    assert send(destination, queue).sent == 2
    assert [row["id"] for row in receiver.customers] == [made[1].pk, made[3].pk]
    listed.retire(actor="x")
    delivery = send(destination, queue)
    assert delivery.needs_attention and "retired" in delivery.message and len(receiver.came) == 1


def test_csv_files_hold_the_rows_and_no_formula(workspace, destination, queue):
    (one,) = people(workspace, 1)
    Profile.objects.filter(pk=one.pk).update(traits={"plan": "=cmd|' /C calc'!A0"})
    destination.kind = "csv"
    destination.save()
    assert send(destination, queue).outcome == "done"
    (file,) = folder_of(destination).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    head, row = csv.reader(file.open(newline=""))
    assert head == ["id", "also", "email", "trait plan"] and row[:3] == [str(one.pk), "", "p0@x.org"]
    assert not row[3].startswith("=")


def test_an_erased_customer_leaves_files_and_batches_that_wait(workspace, destination, receiver, queue):
    from regard.connectors.writeback.privacy import FILES, KEEPER
    from regard.customers.privacy.needles import Needles
    from regard.customers.privacy.registry import Taken

    one, two = people(workspace, 2)
    receiver.answers = [500]
    assert json.loads(bytes(send(destination, queue).batches.get().body))["data"]["customers"]
    taken = Taken(workspace.pk, [one.pk], (), False, "salt", Needles(("p0@x.org",)))
    KEEPER.erase(taken)
    assert not Batch.objects.exists() and destination.open_delivery is None
    destination.kind = "csv"
    destination.save()
    send(destination, queue)
    assert FILES.prove(taken) == 1
    KEEPER.erase(taken)
    assert FILES.erase(taken) == 1
    assert FILES.prove(taken) == 0 and list(Sent.objects.values_list("customer_id", flat=True)) == [two.pk]
    (file,) = folder_of(destination).iterdir()
    assert "p1@x.org" in file.read_text()
