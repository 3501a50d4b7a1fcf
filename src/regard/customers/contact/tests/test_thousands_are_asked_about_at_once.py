from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regard.customers.contact.claim_contact import claim_contact
from regard.customers.contact.log.models import Sender
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.models import Consent, ContactMade, FrequencyRule, Purpose, QuietHours, Suppression
from regard.customers.contact.restrain import restrain
from regard.customers.models import Identifier, Profile
from regard.workspace.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(purposes, now):
    """A thousand customers with everything that can count."""
    store = Unit.objects.create(workspace=purposes, parent=purposes.root, name="Store")
    people = Profile.objects.bulk_create(
        Profile(workspace=purposes, home_unit=store if number % 2 else None, traits={"time_zone": "Asia/Tokyo"} if number % 3 else {})
        for number in range(1000)
    )  # fmt: skip
    Identifier.objects.bulk_create(
        Identifier(workspace=purposes, namespace="email", value=f"c{one.pk}@example.org", profile=one) for one in people
    )
    marketing = Purpose.objects.get(key="marketing")
    Consent.objects.bulk_create(
        Consent(workspace=purposes, profile=one, purpose=marketing, channel="all", decision="confirmed", at=now, source="import", by="x")
        for one in people
    )  # fmt: skip
    Suppression.objects.bulk_create(
        Suppression(workspace=purposes, kind="email", address=f"c{one.pk}@example.org", why="asked", added_by="x")
        for one in people[::10]
    )
    restrain(purposes.pk, unit=store.pk, reason="outage", by="x", now=now, until=now + timedelta(days=1))
    restrain(purposes.pk, customers=[one.pk for one in people[:100]], reason="complaint", by="x", now=now)
    FrequencyRule.objects.create(workspace=purposes, most=1, days=30)
    FrequencyRule.objects.create(workspace=purposes, most=3, days=90, channel="e-mail")
    ContactMade.objects.bulk_create(
        ContactMade(workspace=purposes, profile=one, purpose=marketing, channel="SMS", at=now - timedelta(days=1)) for one in people[500:600]
    )  # fmt: skip
    QuietHours.objects.create(workspace=purposes, channel="all", days=list(range(7)), start=time(20), end=time(9))
    return purposes, [one.pk for one in people]


def test_a_thousand_take_as_many_statements_as_one(crowd, now):
    workspace, people = crowd
    about = {"purpose": "marketing", "channel": "e-mail", "now": now}
    with CaptureQueriesContext(
        connection,
    ) as one:
        may_contact(workspace.pk, people[101:102], **about)
    with CaptureQueriesContext(connection) as thousand:
        found = may_contact(workspace.pk, people, **about)
    assert len(one) == len(thousand) <= 12
    assert {str(verdict.because) for verdict in found} == {"suppressed", "restrained", "frequency", "fine"}


def test_claiming_for_a_thousand_too(crowd, now):
    workspace, people = crowd
    about = {"purpose": "marketing", "channel": "e-mail", "now": now, "sender": Sender("campaign", "1")}
    with CaptureQueriesContext(connection) as one:
        assert claim_contact(workspace.pk, people[202:203], **about)[0].allowed
    with CaptureQueriesContext(connection) as thousand:
        claim_contact(workspace.pk, people, **about)
    assert len(one) == len(thousand)
