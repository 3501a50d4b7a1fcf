"""A secret is changed without a moment in which messages are refused: both sign until the old one is retired."""

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from regard import outbound
from regard.connectors.writeback.models import Destination, new_secret
from regard.connectors.writeback.tests.conftest import people, send
from regard.outbound import Answer
from regard.testing.people import member, recently, signed_in
from regard.workspace.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def came(monkeypatch):
    """What leaves, as it leaves."""
    found = []
    monkeypatch.setattr(outbound, "post", lambda url, body, headers: found.append((body, headers)) or Answer(200, b""))
    return found


@pytest.fixture
def owner(ledger, workspace):
    return recently(signed_in(member(workspace)))


def opens(secret, message):
    try:
        Webhook(secret).verify(message[0], message[1])
    except WebhookVerificationError:
        return False
    return True


def test_both_sign_until_the_old_one_is_retired(workspace, destination, owner, came, queue):
    pk, old = destination.pk, destination.secret
    page = owner.post(f"/writeback/{pk}/secret").content.decode()
    destination = Destination.objects.get(pk=pk)
    new = destination.secret
    assert new in page and old not in page and "The old one signs too" in page and destination.secrets == [new, old]
    people(workspace, 1)
    send(destination, queue)
    assert opens(old, came[-1]) and opens(new, came[-1]) and not opens(new_secret(), came[-1])
    assert came[-1][1]["webhook-signature"].count("v1,") == 2
    shown = owner.get(f"/writeback/{pk}").content.decode()
    assert "Retire the old secret" in shown and "New secret" not in shown
    assert "retire the old one first" in owner.post(f"/writeback/{pk}/secret", follow=True).content.decode()
    assert Destination.objects.get(pk=pk).secrets == [new, old]
    assert "Retire the old secret of CRM?" in owner.get(f"/writeback/{pk}/old-secret").content.decode()
    owner.post(f"/writeback/{pk}/old-secret")
    destination = Destination.objects.get(pk=pk)
    people(workspace, 1, 5)
    send(destination, queue)
    assert opens(new, came[-1]) and not opens(old, came[-1])
    said = list(
        AuditEntry.objects.filter(action__startswith="writeback.secret").order_by("id").values_list("action", flat=True)
    )
    assert said == ["writeback.secret", "writeback.secret_retired"]
    assert owner.get(f"/writeback/{pk}/old-secret").status_code == 302


def test_another_address_keeps_both(destination, owner, settings):
    pk, old, was = destination.pk, destination.secret, destination.url
    owner.post(f"/writeback/{pk}/secret")
    form = {"name": "CRM", "url": "https://hooks.example.com/x", "identifiers": ["email"], "every": "manual"}
    owner.post(f"/writeback/{pk}/settings", form)
    destination = Destination.objects.get(pk=pk)
    assert destination.url != was and destination.secrets[1] == old and len(destination.secrets) == 2


def test_secrets_that_can_no_longer_be_read_are_replaced_by_one(destination, owner):
    Destination.objects.filter(pk=destination.pk).update(settings_sealed="gAAAAAnonsense")
    assert owner.get(f"/writeback/{destination.pk}").status_code == 200
    owner.post(f"/writeback/{destination.pk}/secret")
    assert len(Destination.objects.get(pk=destination.pk).secrets) == 1
