"""Who answers is known only where the company's server has signed it."""

import hmac
import json

import pytest

from regard.customers.models import Identifier, Profile
from regard.ledger.record.project import project_all
from regard.listening.responses.models import Response
from regard.listening.widgets.models import Widget
from regard.testing.events import send, track
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope

pytestmark = pytest.mark.django_db


def answered(client, widget, **customer):
    key = f"{Response.objects.count():032d}"
    sent = {"key": key, "answers": {"effort": 7}, "customer": customer}
    return client.post(f"/inapp/v1/surveys/{widget.key}", json.dumps(sent), content_type="application/json").json()


def signed(secret, text):
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


def test_a_right_signature_ties_the_response_to_the_customer(client, workspace, widget):
    send(workspace, track("1", user="C1"))
    project_all()
    profile = Profile.objects.get()
    secret = widget.new_secret(by="x")
    assert answered(client, widget, user_id="C1", signature=signed(secret, "C1"))["identified"] is True
    assert Response.objects.get().profile == profile
    project_all()
    told = warehouse().select(Scope(workspace.pk), "select profile from ledger where $scope and kind = 'answer'")
    assert told == [(profile.pk,)]


def test_by_e_mail_in_the_spelling_that_is_kept(client, workspace, widget):
    secret = widget.new_secret(by="x")
    answered(client, widget, email="Ana@X.example", signature=signed(secret, "Ana@X.example").upper())
    assert Identifier.objects.get().value == "ana@x.example"
    assert Response.objects.get().profile == Identifier.objects.get().profile


def test_a_wrong_an_old_or_no_signature_is_nobodys(client, workspace, widget):
    assert answered(client, widget, user_id="C1", signature=signed("", "C1"))["identified"] is False  # no secret yet
    old = widget.new_secret(by="x")
    secret = widget.new_secret(by="x")
    other = Widget.objects.create(survey=widget.survey, name="other")
    foreign = other.new_secret(by="x")
    for signature in ("", "x", "é", signed(secret, "C2"), signed(old, "C1"), signed(foreign, "C1")):
        assert answered(client, widget, user_id="C1", signature=signature)["identified"] is False
    assert not Profile.objects.exists() and Response.objects.filter(profile=None).count() == 7


def test_a_mailbox_that_many_people_read_is_nobodys(client, workspace, widget):
    secret = widget.new_secret(by="x")
    assert (
        answered(client, widget, email="info@x.example", signature=signed(secret, "info@x.example"))["identified"]
        is False
    )


def test_the_secret_lies_sealed(widget):
    secret = widget.new_secret(by="x")
    assert secret not in Widget.objects.get(pk=widget.pk).secret_sealed
