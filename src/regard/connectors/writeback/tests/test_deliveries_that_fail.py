"""Every batch arrives, under one key, however often it has to be tried; and when it cannot, somebody is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from regard.connectors.writeback import deliver as delivering
from regard.connectors.writeback import jobs, webhook
from regard.connectors.writeback.deliver import deliver
from regard.connectors.writeback.models import LEASE, RETRY_AFTER, Batch, Delivery, Sent
from regard.connectors.writeback.tests.conftest import OWNER, people, send
from regard.customers.models import Profile

pytestmark = pytest.mark.django_db


def pass_time(queue, span):
    """So much later the tick comes by."""
    jobs.take_up(now=timezone.now() + span)
    queue()


def test_a_failure_is_tried_again_later_with_the_same_key_and_body(workspace, destination, receiver, queue):
    people(workspace, 2)
    receiver.answers = [500]
    delivery = send(destination, queue)
    assert delivery.ended is None and delivery.message == "It answered 500." and not receiver.came
    pass_time(queue, RETRY_AFTER[0] - timedelta(seconds=10))
    assert len(receiver.keys) == 1
    Profile.objects.update(traits={"plan": "changed meanwhile"})
    pass_time(queue, RETRY_AFTER[0] + timedelta(seconds=10))
    delivery.refresh_from_db()
    assert delivery.outcome == "done" and receiver.keys[0] == receiver.keys[1]
    assert {row["traits"]["plan"] for row in receiver.customers} == {"gold"}
    assert send(destination, queue).sent == 2


def test_after_five_tries_it_needs_attention_and_can_be_sent_again(workspace, destination, receiver, queue):
    people(workspace, 1)
    receiver.answers = [500, 503, 429, 404, 302]
    delivery = send(destination, queue)
    for span in RETRY_AFTER:
        pass_time(queue, span + timedelta(seconds=10))
    delivery.refresh_from_db()
    assert delivery.needs_attention and "redirect" in delivery.message and len(receiver.keys) == 5
    pass_time(queue, timedelta(days=30))
    assert len(receiver.keys) == 5
    with pytest.raises(Exception, match="under way"):
        jobs.begin(destination, by=OWNER)
    jobs.again(delivery, by=OWNER)
    queue()
    delivery.refresh_from_db()
    assert delivery.outcome == "done" and len(set(receiver.keys)) == 1 and len(receiver.came) == 1


def test_a_kill_between_sending_and_marking_sends_the_same_key_again(workspace, destination, receiver, queue, monkeypatch):  # fmt: skip
    people(workspace, 2)

    class Killed(BaseException):
        pass

    def killed(*_args):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_delivered", killed)
        with pytest.raises(Killed):
            send(destination, queue)
    assert len(receiver.came) == 1 and not Sent.objects.exists()
    pass_time(queue, LEASE / 2)
    assert len(receiver.came) == 1
    pass_time(queue, LEASE + timedelta(seconds=10))
    assert Delivery.objects.get().outcome == "done"
    assert len(receiver.keys) == 2 and len(set(receiver.keys)) == 1 and receiver.came[0] == receiver.came[1]


def test_a_kill_before_sending_leaves_the_batch_that_was_fixed(workspace, destination, receiver, queue, monkeypatch):
    people(workspace, 2)

    def killed(*_args):
        key = Batch.objects.get().message_id
        raise KeyboardInterrupt(key)

    with monkeypatch.context() as patch:
        patch.setattr(webhook, "send", killed)
        with pytest.raises(KeyboardInterrupt) as stopped:
            send(destination, queue)
    pass_time(queue, LEASE + timedelta(seconds=10))
    assert receiver.keys == [str(stopped.value)]


def test_one_that_does_not_answer_in_time_is_a_failure_that_shows_nothing_of_it(workspace, destination, receiver, queue, monkeypatch):  # fmt: skip
    from regard import outbound

    people(workspace, 1)
    receiver.slow = 2
    whole = outbound.post
    monkeypatch.setattr(outbound, "post", lambda *args: whole(*args, seconds=0.5))
    delivery = send(destination, queue)
    assert delivery.message == "It did not answer in time." and delivery.ended is None


def test_an_address_that_is_no_longer_allowed_gets_nothing(workspace, destination, receiver, queue, settings):
    people(workspace, 1)
    settings.OUTBOUND_ALLOW = frozenset()
    assert "must begin with https://" in send(destination, queue).message and not receiver.keys


def test_what_is_paused_sends_nothing_until_it_goes_on(workspace, destination, receiver, queue):
    people(workspace, 1)
    receiver.answers = [500]
    send(destination, queue)
    destination.switch(False, by=OWNER)
    pass_time(queue, timedelta(hours=1))
    deliver(Delivery.objects.get().pk)
    assert len(receiver.keys) == 1
    destination.switch(True, by=OWNER)
    pass_time(queue, timedelta(hours=1))
    assert len(receiver.came) == 1


def test_a_schedule_begins_when_it_is_due_and_never_two_at_once(workspace, destination, receiver, queue):
    people(workspace, 1)
    destination.every = "hourly"
    destination.save()
    pass_time(queue, timedelta())
    pass_time(queue, timedelta(minutes=59))
    assert Delivery.objects.count() == 1
    pass_time(queue, timedelta(minutes=61))
    assert Delivery.objects.count() == 2 and len(receiver.came) == 1


def test_a_change_of_what_is_sent_gives_up_what_is_under_way(workspace, destination, receiver, queue):
    people(workspace, 1)
    receiver.answers = [500]
    delivery = send(destination, queue)
    destination.traits = []
    destination.keep(by=OWNER)
    delivery.refresh_from_db()
    assert delivery.outcome == "stopped" and not Batch.objects.exists()
    send(destination, queue)
    assert "traits" not in receiver.customers[0]


def test_the_worker_knows_the_jobs():
    """A worker takes up only what the settings name."""
    from django.conf import settings

    assert jobs.__name__ in settings.PROCRASTINATE_IMPORT_PATHS
