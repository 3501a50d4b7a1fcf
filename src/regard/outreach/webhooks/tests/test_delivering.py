"""Webhooks are signed, tried again until they are taken, and reach nothing that is not for the public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from regard.outreach.webhooks.deliver import WAITS, _written, deliver_due
from regard.outreach.webhooks.models import Delivery, Endpoint, new_secret
from regard.testing.people import member, recently, signed_in
from regard.testing.receiver import Receiver, receiver
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

__all__ = ["receiver"]
pytestmark = pytest.mark.django_db(transaction=True)


def endpoint(workspace: Workspace, url: str) -> Endpoint:
    made = Endpoint(workspace=workspace, name="CRM", url=url)
    made.settings = {"secret": new_secret()}
    made.keep(by="t")
    return made


def told(to: Endpoint, key: str = "playbook/1/0") -> None:
    Delivery.queue(to, [(key, "playbook.step", {"customer": 7})], now=timezone.now())


def later() -> None:
    for one in Delivery.objects.filter(delivered=None, given_up=None):
        one.due -= timedelta(days=2)
        one.save()


def test_what_is_told_is_signed_and_told_once(workspace: Workspace, receiver: Receiver) -> None:
    to = endpoint(workspace, receiver.url)
    receiver.secret = to.settings["secret"]
    told(to)
    told(to)
    assert deliver_due(seconds=5) == 1 and deliver_due(seconds=5) == 0
    assert receiver.came[0]["data"] == {"customer": 7} and receiver.keys == ["playbook/1/0"]


def test_what_is_not_taken_is_tried_again_under_the_same_id_and_given_up_at_last(workspace: Workspace, receiver: Receiver) -> None:
    to = endpoint(workspace, receiver.url)
    receiver.secret = to.settings["secret"]
    receiver.answers = [500, 503]
    told(to)
    for _try in range(3):
        deliver_due(seconds=5)
        later()
    one = Delivery.objects.get()
    assert one.delivered and one.attempts == 3 and set(receiver.keys) == {"playbook/1/0"}
    receiver.answers = [302] * 20
    told(to, "other")
    for _try in range(len(WAITS) + 3):
        deliver_due(seconds=5)
        later()
    other = Delivery.objects.get(key="other")
    assert other.given_up and other.attempts == len(WAITS) + 1 and "redirect" in other.trouble and "hunter2" not in other.trouble


@pytest.mark.parametrize("url", ["https://127.0.0.1/x", "https://169.254.169.254/latest", "https://[::1]/", "http://crm.example/plain", "https://10.0.0.1/"])
def test_a_private_or_unencrypted_address_is_never_reached(workspace: Workspace, receiver: Receiver, url: str) -> None:
    to = endpoint(workspace, url)
    told(to)
    deliver_due(seconds=5)
    one = Delivery.objects.get()
    assert one.delivered is None and one.trouble and receiver.came == []


@pytest.mark.parametrize(("kind", "holding"), [("slack", "Case #3 &lt;b&gt;"), ("teams", "AdaptiveCard")])
def test_a_channel_is_told_in_its_own_way(workspace: Workspace, receiver: Receiver, kind: str, holding: str) -> None:
    made = Endpoint(workspace=workspace, name="Care", url=receiver.url, kind=kind)
    made.keep(by="t")
    payload, headers = _written(made, "k", "playbook.step", {"text": "Case #3 <b>", "link": "https://regard.example/cases/3"})
    assert holding in payload.decode() and "cases/3" in payload.decode() and "webhook-signature" not in headers


def test_the_page_shows_the_secret_once_and_delivers_again(workspace: Workspace, receiver: Receiver) -> None:
    client = recently(signed_in(member(workspace, Role.OWNER)))
    answer = client.post("/settings/webhooks/", {"name": "CRM", "kind": "system", "url": receiver.url})
    made = Endpoint.objects.get()
    secret = receiver.secret = made.settings["secret"]
    assert secret in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert secret not in client.get(f"/settings/webhooks/{made.pk}").content.decode()
    assert "It was taken." in client.post(f"/settings/webhooks/{made.pk}/act", {"act": "trial"}, follow=True).content.decode()
    told(made)
    deliver_due(seconds=5)
    client.post(f"/settings/webhooks/{made.pk}/act", {"act": "again", "delivery": Delivery.objects.get().pk})
    deliver_due(seconds=5)
    assert receiver.keys[1:] == ["playbook/1/0", "playbook/1/0"]
    for wrong, said in (("http://10.0.0.1:1/", "must begin with https://."), ("crm.example", "must begin with https:// and name"),
                        ("https://crm.example:1/", "these ports only: 443, 8080, 8443.")):  # fmt: skip
        answer = client.post("/settings/webhooks/", {"name": "Bad", "kind": "slack", "url": wrong})
        assert answer.status_code == 200 and said in answer.content.decode()
    assert Endpoint.objects.count() == 1
    client.post("/settings/webhooks/", {"name": "Channel", "kind": "slack", "url": receiver.url})
    channel = Endpoint.objects.get(name="Channel")
    assert channel.url == "" and channel.address == receiver.url  # what is secret of a channel is its address
    assert "very-secret" not in client.get(f"/settings/webhooks/{channel.pk}").content.decode()
