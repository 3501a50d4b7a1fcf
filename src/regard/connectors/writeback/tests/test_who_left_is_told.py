"""A destination is told once who is not for it any more: out of the segment, joined to another, or erased."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from regard.connectors.writeback import jobs, leaving
from regard.connectors.writeback.deliver import deliver
from regard.connectors.writeback.farewell import GIVE_UP_AFTER, give_up
from regard.connectors.writeback.folder import folder_of
from regard.connectors.writeback.models import RETRY_AFTER, Batch, Delivery, Destination, Farewell, Sent
from regard.connectors.writeback.tests.conftest import OWNER, people, send
from regard.customers.identity.join import join
from regard.customers.models import Identifier, Profile
from regard.customers.privacy.erase import ask, carry_out, search, taken_by
from regard.segments.members.mirror import put_in
from regard.segments.models import Segment
from regard.testing.people import member, recently, signed_in
from regard.workspace.models import AuditEntry

pytestmark = pytest.mark.django_db


def pass_time(queue, span):
    jobs.take_up(now=timezone.now() + span + timedelta(seconds=10))
    queue()


@pytest.fixture
def listed(workspace, destination):
    made = Segment.objects.create(workspace=workspace, name="Some")
    destination.segment = made
    destination.keep(by=OWNER)
    return made


def come(listed, *who):
    put_in(listed, [one.pk for one in who], now=datetime.now(UTC))


def go(listed, *who):
    put_in(listed, [one.pk for one in who], now=datetime.now(UTC), out=True)


def told(receiver, what):
    return [row for one in receiver.came if one["type"] == f"customers.{what}" for row in one["data"]["customers"]]


def test_who_leaves_the_segment_is_told_once_and_sent_again_when_they_come_back(workspace, destination, listed, receiver, queue):  # fmt: skip
    one, two, three = people(workspace, 3)
    come(listed, one, two)
    send(destination, queue)
    assert not told(receiver, "left") and len(told(receiver, "changed")) == 2
    go(listed, two)
    delivery = send(destination, queue)
    assert (delivery.left, delivery.sent, delivery.outcome) == (1, 0, "done")
    assert told(receiver, "left") == [
        {"id": two.pk, "also": [], "identifiers": {"email": ["p1@x.org"]}, "left": "segment"}
    ]
    assert send(destination, queue).left == 0 and len(receiver.came) == 2
    page = recently(signed_in(member(workspace))).get(f"/writeback/{destination.pk}").content.decode()
    assert "CRM knows everything" in page
    come(listed, two, three)
    assert send(destination, queue).sent == 2 and len(told(receiver, "left")) == 1


def test_where_somebody_was_sent_stays_known_and_an_erasure_is_told_there_too(workspace, destination, listed, receiver, queue):  # fmt: skip
    from regard.connectors.writeback.privacy import KEEPER
    from regard.customers.privacy.subjects import subjects

    one, two = people(workspace, 2)
    come(listed, one, two)
    send(destination, queue)
    go(listed, one)
    send(destination, queue)
    page = recently(signed_in(member(workspace))).get(f"/writeback/{destination.pk}").content.decode()
    assert "CRM was told of 1 customer who left" in page
    (subject,) = subjects(workspace.pk, [one.pk])
    assert [row["destination"] for section in KEEPER.export(subject) for row in section.rows] == ["CRM"]
    erase(workspace, one)
    pass_time(queue, timedelta())
    assert [row["id"] for row in told(receiver, "erased")] == [one.pk]


def test_a_batch_of_who_left_is_tried_again_under_its_key(workspace, destination, listed, receiver, queue):
    one, two = people(workspace, 2)
    come(listed, one, two)
    send(destination, queue)
    go(listed, one)
    receiver.answers = [500]
    delivery = send(destination, queue)
    assert delivery.left == 0 and Sent.objects.count() == 2
    come(listed, one)  # what was fixed is told all the same, and mended by the next delivery
    pass_time(queue, RETRY_AFTER[0])
    delivery.refresh_from_db()
    assert (
        delivery.outcome == "done"
        and receiver.keys[-1] != receiver.keys[0]
        and receiver.keys.count(receiver.keys[1]) == 2
    )
    assert [row["id"] for row in told(receiver, "left")] == [one.pk]
    assert len(told(receiver, "changed")) == 3 and Sent.objects.count() == 2


def test_a_stopped_delivery_forgets_nobody_who_left(workspace, destination, listed, receiver, queue):
    (one,) = people(workspace, 1)
    come(listed, one)
    send(destination, queue)
    go(listed, one)
    receiver.answers = [500]
    send(destination, queue).close("stopped")
    assert send(destination, queue).left == 1 and len(told(receiver, "left")) == 1


@pytest.mark.parametrize("page", [7, 5_000])
def test_many_leave_in_batches_of_500(workspace, destination, listed, receiver, queue, monkeypatch, page):
    monkeypatch.setattr(leaving, "_PAGE", page)
    made = people(workspace, 700)
    come(listed, *made)
    send(destination, queue)
    go(listed, *(one for at, one in enumerate(made) if at % 10))
    delivery = send(destination, queue)
    assert delivery.left == 630 and delivery.checked is None
    sizes = [len(one["data"]["customers"]) for one in receiver.came if one["type"] == "customers.left"]
    assert sizes == [500, 130] and len({row["id"] for row in told(receiver, "left")}) == 630
    assert Sent.objects.filter(content__isnull=False).count() == 70


def test_who_was_joined_is_told_with_the_other_s_id_and_without_what_is_the_other_s_now(workspace, destination, receiver, queue):  # fmt: skip
    one, two, three = people(workspace, 3)
    send(destination, queue)
    join(workspace=workspace.pk, one=one.pk, other=two.pk, by="us")
    Profile.objects.filter(pk=three.pk).update(is_account=True)
    send(destination, queue)
    assert told(receiver, "left") == [
        {"id": two.pk, "also": [], "left": "joined", "into": one.pk},
        {"id": three.pk, "also": [], "identifiers": {"email": ["p2@x.org"]}, "left": "account"},
    ]
    assert receiver.customers[-1]["id"] == one.pk and receiver.customers[-1]["also"] == [two.pk]


def test_another_segment_is_told_who_is_not_in_it(workspace, destination, listed, receiver, queue):
    one, two = people(workspace, 2)
    come(listed, one, two)
    send(destination, queue)
    other = Segment.objects.create(workspace=workspace, name="Others", definition={"kind": "all", "of": []})
    come(other, two)
    Segment.objects.filter(pk=other.pk).update(refreshed=None)
    destination.segment = other
    destination.keep(by=OWNER)
    delivery = send(destination, queue)
    assert "not worked out yet" in delivery.message and delivery.left == 0
    Segment.objects.filter(pk=other.pk).update(refreshed=timezone.now())
    pass_time(queue, timedelta(minutes=1))
    assert [row["id"] for row in told(receiver, "left")] == [one.pk]


def test_in_files_who_left_has_a_file_of_its_own(workspace, destination, listed, queue):
    destination.kind = "csv"
    destination.save()
    one, two = people(workspace, 2)
    come(listed, one, two)
    send(destination, queue)
    go(listed, two)
    send(destination, queue)
    (file,) = folder_of(destination).glob("*-left.csv")
    assert list(csv.reader(file.open(newline=""))) == [
        ["id", "also", "left", "into", "email"], [str(two.pk), "", "segment", "", "p1@x.org"],
    ]  # fmt: skip


# Erased


def erase(workspace, *who):
    erasure = ask(workspace.pk, [one.pk for one in who], by=OWNER)
    carry_out(erasure)
    return erasure


def test_an_erased_customer_is_told_by_the_key_they_are_known_by_and_then_nothing_is_left(workspace, destination, receiver, queue):  # fmt: skip
    one, _two, _three = people(workspace, 3)
    Identifier.objects.create(workspace=workspace, namespace="user", value="not-chosen", profile=one)
    send(destination, queue)
    people(workspace, 1, 9)
    erasure = erase(workspace, one)
    farewell = Farewell.objects.get()
    assert "p0@x.org" not in farewell.told and not Sent.objects.filter(customer=one.pk).exists()
    assert search(taken_by(erasure, ())) == {}
    pass_time(queue, timedelta())
    assert told(receiver, "erased") == [
        {"id": one.pk, "also": [], "identifiers": {"email": ["p0@x.org"]}, "left": "erased"}
    ]
    assert not Farewell.objects.exists() and not Batch.objects.filter(delivered=None).exists()
    delivery = Delivery.objects.first()
    assert (delivery.by, delivery.left, delivery.sent, delivery.outcome) == ("erasure", 1, 0, "done")
    assert search(taken_by(erasure, ())) == {}
    pass_time(queue, timedelta(minutes=1))
    assert len(told(receiver, "erased")) == 1  # and who changed waits for the next delivery by hand
    assert send(destination, queue).sent == 1


def test_it_is_retried_with_the_same_key_and_names_nobody_while_it_waits(workspace, destination, receiver, queue):
    one, two = people(workspace, 2)
    send(destination, queue)
    erasure = erase(workspace, one, two)
    receiver.answers = [500, 500]
    pass_time(queue, timedelta())
    batch = Batch.objects.get(delivered=None)
    assert (batch.what, bytes(batch.body), batch.customers) == ("erased", b"", [])
    assert search(taken_by(erasure, ())) == {}
    pass_time(queue, RETRY_AFTER[0])
    pass_time(queue, RETRY_AFTER[1])
    assert len(told(receiver, "erased")) == 2 and len(set(receiver.keys[1:])) == 1 and len(receiver.keys) == 4


def test_a_second_look_at_an_erasure_says_nothing_twice_and_a_stop_loses_nothing(workspace, destination, receiver, queue):  # fmt: skip
    (one,) = people(workspace, 1)
    send(destination, queue)
    erasure = erase(workspace, one)
    from regard.customers.privacy.registry import REGISTRY

    for keeper in REGISTRY.keepers:
        keeper.erase(taken_by(erasure, ()))
    assert Farewell.objects.count() == 1
    receiver.answers = [500]
    pass_time(queue, timedelta())
    Delivery.objects.get(ended=None).close("stopped")
    pass_time(queue, timedelta(minutes=1))
    assert len(told(receiver, "erased")) == 1


def test_who_was_never_sent_is_not_told_of_but_who_may_have_arrived_is(workspace, destination, receiver, queue):
    (one,) = people(workspace, 1)
    erase(workspace, one)
    assert not Farewell.objects.exists()
    (two,) = people(workspace, 1, 1)
    receiver.answers = [500]
    send(destination, queue)  # it may have taken it, and failed afterwards
    erase(workspace, two)
    assert Farewell.objects.count() == 1 and destination.open_delivery is None


def test_whoever_is_being_erased_is_not_sent_in_the_last_moment(workspace, destination, receiver, queue):
    one, two = people(workspace, 2)
    ask(workspace.pk, [one.pk], by=OWNER)
    send(destination, queue)
    assert [row["id"] for row in receiver.customers] == [two.pk]


def test_a_profile_that_was_joined_is_told_with_the_customer_it_belongs_to(workspace, destination, receiver, queue):
    one, two = people(workspace, 2)
    send(destination, queue)
    join(workspace=workspace.pk, one=one.pk, other=two.pk, by="us")
    erase(workspace, one)
    pass_time(queue, timedelta())
    (row,) = told(receiver, "erased")
    assert (row["id"], row["also"], row["identifiers"]["email"]) == (one.pk, [two.pk], ["p0@x.org", "p1@x.org"])


def test_what_cannot_be_told_in_30_days_is_given_up_and_shown(workspace, destination, receiver, queue):
    one, _two = people(workspace, 2)
    send(destination, queue)
    erase(workspace, one)
    receiver.answers = [500] * 9
    pass_time(queue, timedelta())
    for span in RETRY_AFTER:
        pass_time(queue, span)
    delivery = Delivery.objects.get(ended=None)
    assert delivery.needs_attention
    assert give_up(now=timezone.now() + GIVE_UP_AFTER - timedelta(hours=1)) == 0
    assert give_up(now=timezone.now() + GIVE_UP_AFTER + timedelta(hours=1)) == 1
    destination.refresh_from_db()
    delivery.refresh_from_db()
    assert destination.given_up == 1 and delivery.outcome == "stopped" and not Farewell.objects.exists()
    assert AuditEntry.objects.get(action="writeback.given_up").details["customers"] == 1
    owner = recently(signed_in(member(workspace)))
    page = owner.get(f"/writeback/{destination.pk}").content.decode()
    assert "could not be told of in 30 days" in page
    owner.post(f"/writeback/{destination.pk}/heeding")
    assert "could not be told of in 30 days" not in owner.get(f"/writeback/{destination.pk}").content.decode()
    destination.refresh_from_db()
    assert destination.given_up == 0 and AuditEntry.objects.filter(action="writeback.heeded").exists()


def test_a_paused_destination_waits_and_its_page_says_how_many(workspace, destination, receiver, queue):
    (one,) = people(workspace, 1)
    send(destination, queue)
    destination.switch(False, by=OWNER)
    erase(workspace, one)
    pass_time(queue, timedelta())
    assert not told(receiver, "erased")
    page = recently(signed_in(member(workspace))).get(f"/writeback/{destination.pk}").content.decode()
    assert "Erased, and not told yet" in page
    destination.switch(True, by=OWNER)
    pass_time(queue, timedelta(minutes=1))
    assert len(told(receiver, "erased")) == 1


def test_files_of_this_server_tell_it_by_the_number_alone_and_keep_telling_it(workspace, destination, queue):
    destination.kind = "csv"
    destination.save()
    one, _two = people(workspace, 2)
    send(destination, queue)
    erasure = erase(workspace, one)
    assert erasure.removed["writeback_files"] == 1
    pass_time(queue, timedelta())
    (file,) = folder_of(destination).glob("*-erased.csv")
    assert list(csv.reader(file.open(newline=""))) == [["id", "also", "left", "into"], [str(one.pk), "", "erased", ""]]
    from regard.connectors.writeback.privacy import FILES

    assert (
        FILES.erase(taken_by(erasure, ())) == 0
        and FILES.prove(taken_by(erasure, ())) == 0
        and len(file.read_text()) > 30
    )


def test_a_schedule_is_not_put_off_by_an_erasure(workspace, destination, receiver, queue):
    one, _two = people(workspace, 2)
    destination.every = "daily"
    destination.save()
    pass_time(queue, timedelta())
    first = Delivery.objects.get()
    Delivery.objects.filter(pk=first.pk).update(asked=timezone.now() - timedelta(hours=23))
    erase(workspace, one)
    pass_time(queue, timedelta())
    assert Delivery.objects.filter(erasures_only=True).count() == 1
    pass_time(queue, timedelta(hours=1))
    assert Delivery.objects.filter(erasures_only=False).count() == 2


def test_another_workspace_s_destination_hears_nothing(workspace, destination, receiver, queue):
    from regard.workspace.models import Workspace

    rival = Workspace.found(name="Rival")
    other = Destination.objects.create(workspace=rival, name="CRM", owner=OWNER, on=True, kind="csv")
    (one,) = people(workspace, 1)
    send(destination, queue)
    erase(workspace, one)
    assert other.farewells.count() == 0 and destination.farewells.count() == 1
    deliver(0)
