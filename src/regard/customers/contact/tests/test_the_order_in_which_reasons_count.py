"""Every reason on the same customer at once; taking the first away shows the next."""

from datetime import time, timedelta

import pytest

from regard.customers.contact.claim_contact import record_contact
from regard.customers.contact.log.models import Sender
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.models import FrequencyRule, Purpose, QuietHours
from regard.customers.contact.queries import UnknownPurpose
from regard.customers.contact.restrain import Cause, lift, restrain
from regard.customers.contact.tests.made import customer, says, suppress, verdict
from regard.customers.contact.verdict import Because, Outcome
from regard.workspace.models import Workspace

pytestmark = pytest.mark.django_db


def test_each_reason_hides_those_after_it(purposes, now):
    who = customer(purposes)
    suppressed = suppress(purposes, "ines@example.org")
    restrain(purposes.pk, customers=[who.pk], reason="legal hold", by="x", now=now, cause=Cause("matter", "1"))
    restrain(purposes.pk, customers=[who.pk], reason="complaint", by="x", now=now, cause=Cause("case", "7"))
    QuietHours.objects.create(workspace=purposes, channel="all", days=[2], start=time(0), end=time(0))
    FrequencyRule.objects.create(workspace=purposes, most=1, days=30)
    record_contact(
        purposes.pk, who.pk, purpose="feedback", channel="SMS", at=now - timedelta(days=2), sender=Sender("survey", "1")
    )
    says(who, "marketing", "withdrawn", now - timedelta(days=1))

    def because():
        return verdict(who, now, "marketing").because

    assert because() == Because.SUPPRESSED
    suppressed.remove(actor="x")
    assert because() == Because.LEGAL
    lift(purposes.pk, cause=Cause("matter", "1"), by="x", now=now)
    assert because() == Because.WITHDRAWN
    says(who, "marketing", "confirmed", now)
    assert because() == Because.RESTRAINED
    lift(purposes.pk, cause=Cause("case", "7"), by="x", now=now)
    assert because() == Because.FREQUENCY
    FrequencyRule.objects.all().delete()
    assert because() == Because.QUIET
    QuietHours.objects.all().delete()
    assert because() == Because.FINE


def test_a_purpose_that_needs_consent_is_refused_until_it_is_given_and_one_that_does_not_until_it_is_refused(
    purposes, now
):
    who = customer(purposes)
    assert verdict(who, now, "marketing").because == Because.NO_CONSENT
    assert verdict(who, now, "feedback").allowed
    says(who, "marketing", "confirmed", now)
    says(who, "feedback", "refused", now)
    assert verdict(who, now, "marketing").allowed
    assert verdict(who, now, "feedback").because == Because.WITHDRAWN


def test_what_the_law_demands_goes_out_to_those_who_refused_everything_but_not_to_suppressed_addresses(purposes, now):
    Purpose.objects.create(workspace=purposes, key="recall", name="Recalls", basis="necessary")
    who = customer(purposes)
    says(who, "recall", "withdrawn", now, channel="all")
    assert verdict(who, now, "recall").allowed
    suppress(purposes, "ines@example.org", "legal")
    assert verdict(who, now, "recall").because == Because.SUPPRESSED


def test_a_retired_purpose_contacts_nobody_and_an_unknown_one_is_an_error(purposes, now):
    who = customer(purposes)
    Purpose.objects.get(key="feedback").retire(actor="x")
    assert verdict(who, now).because == Because.RETIRED
    with pytest.raises(UnknownPurpose):
        verdict(who, now, "astrology")
    with pytest.raises(ValueError):
        verdict(who, now, channel="pigeon")


def test_a_word_on_the_channel_goes_before_one_on_all_channels(purposes, now):
    who = customer(purposes, phone="33612345678")
    says(who, "feedback", "withdrawn", now, channel="all")
    says(who, "feedback", "given", now, channel="SMS")
    assert verdict(who, now, channel="SMS").allowed
    assert verdict(who, now, channel="e-mail").because == Because.WITHDRAWN


def test_a_no_to_all_channels_reaches_those_that_had_a_yes_of_their_own(purposes, now):
    who = customer(purposes, phone="33612345678")
    says(who, "feedback", "given", now - timedelta(days=1), channel="SMS")
    says(who, "feedback", "withdrawn", now, channel="all")
    assert verdict(who, now, channel="SMS").because == Because.WITHDRAWN


def test_the_last_word_counts_and_of_two_at_one_moment_the_no(purposes, now):
    who = customer(purposes)
    says(who, "feedback", "withdrawn", now)
    says(who, "feedback", "given", now)
    assert verdict(who, now).because == Because.WITHDRAWN
    says(who, "feedback", "given", now + timedelta(seconds=1))
    assert verdict(who, now + timedelta(seconds=2)).allowed


def test_a_bounced_address_gives_way_to_another_and_any_other_reason_rules_out_the_person(purposes, now):
    from regard.customers.models import Identifier

    who = customer(purposes, email="old@example.org")
    Identifier.objects.create(workspace=purposes, namespace="email", value="new@example.org", profile=who)
    assert verdict(who, now).address == "new@example.org"
    bounced = suppress(purposes, "new@example.org", "bounce")
    assert verdict(who, now).address == "old@example.org"
    bounced.why = "complaint"
    bounced.save()
    assert verdict(who, now).because == Because.SUPPRESSED
    assert verdict(who, now, channel="post").allowed


def test_without_an_address_a_channel_cannot_be_used_and_one_given_is_checked_in_its_normal_spelling(purposes, now):
    who = customer(purposes, email="")
    assert verdict(who, now).because == Because.NO_ADDRESS
    assert verdict(who, now, channel="in-app").allowed
    assert verdict(who, now, address="Ines@Example.org").address == "ines@example.org"
    assert verdict(who, now, address={who.pk: "not one"}).because == Because.NO_ADDRESS
    suppress(purposes, "ines@example.org")
    assert verdict(who, now, address="INES@example.ORG").because == Because.SUPPRESSED


def test_a_restraint_that_ends_delays_and_a_legal_one_refuses_even_so(purposes, now):
    who, until = customer(purposes), now + timedelta(days=3)
    restrain(purposes.pk, customers=[who.pk], reason="outage", by="x", now=now, until=until, cause=Cause("outage", "1"))
    found = verdict(who, now)
    assert (found.outcome, found.because, found.until) == (Outcome.DELAYED, Because.RESTRAINED, until)
    assert found.address == "ines@example.org"
    assert verdict(who, until).allowed
    restrain(purposes.pk, customers=[who.pk], reason="fraud", by="x", now=now, until=until, cause=Cause("inquiry", "1"))
    assert verdict(who, now).outcome == Outcome.REFUSED


def test_a_delay_never_ends_in_a_quiet_hour(purposes, now):
    who = customer(purposes)
    QuietHours.objects.create(workspace=purposes, channel="e-mail", days=list(range(7)), start=time(20), end=time(9))
    until = now.replace(hour=20)  # 22:00 in Paris
    restrain(purposes.pk, customers=[who.pk], reason="outage", by="x", now=now, until=until)
    assert verdict(who, now).until == now.replace(day=16, hour=7)  # 09:00 in Paris


def test_someone_of_another_workspace_is_unknown(purposes, now):
    other = Workspace.found(name="Rival")
    theirs = customer(other)
    mine = customer(purposes)
    found = may_contact(purposes.pk, [theirs.pk, mine.pk, 10**9], purpose="feedback", channel="e-mail", now=now)
    assert [one.because for one in found] == [Because.UNKNOWN, Because.FINE, Because.UNKNOWN]
    assert may_contact(purposes.pk, [], purpose="feedback", channel="e-mail", now=now) == []
