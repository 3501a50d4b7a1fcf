import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from regard.customers.contact.claim_contact import UnknownCustomer, claim_contact, record_contact
from regard.customers.contact.log.models import Sender
from regard.customers.contact.models import ContactMade, FrequencyRule, Purpose
from regard.customers.contact.tests.made import customer, verdict
from regard.customers.contact.verdict import Because, Outcome

SURVEY, CAMPAIGN = Sender("survey", "7"), Sender("campaign", "1")


def contacted(who, at, purpose="feedback", channel="e-mail", sender=SURVEY):
    return record_contact(who.workspace_id, who.pk, purpose=purpose, channel=channel, at=at, sender=sender)


@pytest.mark.django_db
def test_one_more_than_the_limit_is_dropped_until_the_oldest_is_past(purposes, now):
    who = customer(purposes)
    FrequencyRule.objects.create(workspace=purposes, most=2, days=10)
    contacted(who, now - timedelta(days=9))
    assert verdict(who, now).allowed
    contacted(who, now - timedelta(days=3))
    found = verdict(who, now)
    assert (found.outcome, found.because) == (Outcome.REFUSED, Because.FREQUENCY)
    assert "at most 2 in 10 days" in found.sentence
    assert verdict(who, now + timedelta(days=1)).allowed


@pytest.mark.django_db
def test_a_rule_that_delays_says_until_when(purposes, now):
    who = customer(purposes)
    FrequencyRule.objects.create(workspace=purposes, most=1, days=10, excess="delay")
    contacted(who, now - timedelta(days=3))
    found = verdict(who, now)
    assert (found.outcome, found.until) == (Outcome.DELAYED, now + timedelta(days=7))
    assert verdict(who, found.until).allowed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "applies"),
    [
        ({}, True),
        ({"channel": "e-mail"}, True),
        ({"channel": "SMS"}, False),
        ({"purpose": "feedback"}, True),
        ({"purpose": "service"}, False),
        ({"sender_kind": "survey"}, True),
        ({"sender_kind": "survey", "sender_id": "7"}, True),
        ({"sender_kind": "survey", "sender_id": "8"}, False),
        ({"sender_kind": "campaign"}, False),
    ],
)
def test_a_rule_counts_and_stops_only_what_it_is_about(purposes, now, rule, applies):
    who = customer(purposes)
    if "purpose" in rule:
        rule = {**rule, "purpose": Purpose.objects.get(key=rule["purpose"])}
    FrequencyRule.objects.create(workspace=purposes, most=1, days=30, **rule)
    contacted(who, now - timedelta(days=1))
    assert verdict(who, now, sender=SURVEY).allowed is not applies


@pytest.mark.django_db
def test_contacts_of_another_kind_use_nothing_up(purposes, now):
    who = customer(purposes)
    FrequencyRule.objects.create(workspace=purposes, most=1, days=30, sender_kind="survey")
    contacted(who, now - timedelta(days=1), sender=CAMPAIGN)
    assert verdict(who, now, sender=SURVEY).allowed


@pytest.mark.django_db
def test_at_most_none_means_never(purposes, now):
    FrequencyRule.objects.create(workspace=purposes, most=0, days=1, channel="e-mail", excess="delay")
    assert verdict(customer(purposes), now).because == Because.FREQUENCY


@pytest.mark.django_db
def test_a_claim_is_in_the_log_with_its_address_and_what_is_refused_is_not(purposes, now):
    who, without = customer(purposes), customer(purposes, email="")
    claim_contact(purposes.pk, [who.pk, without.pk], purpose="feedback", channel="e-mail", now=now, sender=SURVEY)
    (row,) = ContactMade.objects.all()
    assert (row.profile_id, row.at, row.address, row.sender_kind, row.sender_id) == (
        who.pk,
        now,
        "ines@example.org",
        "survey",
        "7",
    )


@pytest.mark.django_db
def test_a_contact_with_nobody_cannot_be_written_down(purposes, now):
    with pytest.raises(UnknownCustomer):
        record_contact(purposes.pk, 10**9, purpose="feedback", channel="phone", at=now, sender=SURVEY)


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_the_same_moment_cannot_both_be_the_last_one_allowed(purposes, now):
    people = [customer(purposes, email=f"c{number}@example.org").pk for number in range(40)]
    FrequencyRule.objects.create(workspace=purposes, most=1, days=30)
    start, allowed, faults = threading.Barrier(2), [], []

    def send(order):
        try:
            start.wait(10)
            with transaction.atomic():
                found = claim_contact(purposes.pk, order, purpose="feedback", channel="e-mail", now=now, sender=SURVEY)
                allowed.extend(verdict.customer for verdict in found if verdict.allowed)
                with connection.cursor() as cursor:
                    cursor.execute("select pg_sleep(0.3)")  # the other waits for the commit, not for the claim
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[order]) for order in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    assert sorted(allowed) == people
    assert ContactMade.objects.count() == len(people)
