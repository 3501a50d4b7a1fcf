from datetime import timedelta

import pytest

from regard.customers.contact.claim_contact import claim_contact
from regard.customers.contact.log.models import Sender
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.models import FrequencyRule
from regard.customers.contact.restrain import Cause, restrain
from regard.customers.contact.tests.made import customer, says, suppress, verdict
from regard.customers.contact.verdict import Because

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(purposes):
    """Two people, and how one becomes the other."""
    kept, lost = customer(purposes), customer(purposes, "I. Moreau", email="moreau@example.org")

    def merge():
        lost.merged_into = kept
        lost.save()

    return kept, lost, merge


def test_the_last_word_of_either_counts_for_both(pair, now):
    kept, lost, merge = pair
    says(kept, "marketing", "withdrawn", now - timedelta(days=2))
    says(lost, "marketing", "confirmed", now - timedelta(days=1))
    merge()
    assert verdict(kept, now, "marketing").allowed
    assert verdict(lost, now, "marketing").customer == kept.pk


def test_of_two_words_at_one_moment_the_no_wins_whoever_said_it(pair, now):
    kept, lost, merge = pair
    says(lost, "marketing", "withdrawn", now)
    says(kept, "marketing", "confirmed", now)
    merge()
    assert verdict(kept, now, "marketing").because == Because.WITHDRAWN


def test_suppression_restraints_and_contacts_come_along(pair, now):
    kept, lost, merge = pair
    suppress(kept.workspace, "moreau@example.org", "complaint")
    restrain(kept.workspace_id, customers=[lost.pk], reason="case", by="x", now=now, cause=Cause("case", "1"))
    merge()
    assert verdict(kept, now).because == Because.SUPPRESSED
    assert verdict(kept, now, channel="post").because == Because.RESTRAINED


def test_unmerging_gives_each_their_own_word_back(pair, now):
    kept, lost, merge = pair
    says(lost, "feedback", "refused", now - timedelta(days=1))
    merge()
    assert not verdict(kept, now).allowed
    lost.merged_into = None
    lost.save()
    assert verdict(kept, now).allowed and not verdict(lost, now).allowed


def test_contacts_of_both_count_and_naming_both_claims_once(pair, now):
    kept, lost, merge = pair
    FrequencyRule.objects.create(workspace=kept.workspace, most=2, days=30)
    about = {"purpose": "feedback", "channel": "e-mail", "now": now, "sender": Sender("survey", "1")}
    claim_contact(kept.workspace_id, [lost.pk], **about)
    merge()
    first, second = claim_contact(kept.workspace_id, [kept.pk, lost.pk], **about)
    assert first.allowed and second.because == Because.REPEATED
    assert may_contact(kept.workspace_id, [kept.pk], **about)[0].because == Because.FREQUENCY
