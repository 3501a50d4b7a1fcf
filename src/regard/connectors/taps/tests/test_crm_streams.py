"""What the shapes of HubSpot and Salesforce become by the guess alone: people stay apart, and what happened to them finds them."""

import pytest

from regard.connectors.taps.tests.imitations import HUBSPOT, SALESFORCE
from regard.customers.models import Profile
from regard.warehouse.scope import Scope

pytestmark = pytest.mark.django_db


def becomes(hand, stream):
    return {one.column: one.becomes for one in hand.stream(stream).import_map.columns}


def brought(hand, tables, name):
    hand.connection.name = name
    hand.connection.save()
    hand.set(tables=tables)
    hand.discover()
    hand.choose(*tables)
    run = hand.run()
    assert run.outcome == "done", (run.message, run.log)
    return run


def test_hubspot_contacts_become_customers_and_deals_interactions(hand, ledger, workspace):
    run = brought(hand, HUBSPOT, "HubSpot")
    assert hand.counts(run) == (80, 0, 80, 0, 0)
    contacts, deals = hand.stream("contacts").import_map, hand.stream("deals").import_map
    assert (contacts.what, deals.what) == ("customers", "interactions")
    mapped = becomes(hand, "contacts")
    assert mapped["id"] == "identifier" and mapped["property_email"] == "email" and mapped["property_phone"] == "trait"
    assert {one.named for one in contacts.each("trait")} >= {"lifecyclestage", "firstname", "phone"}
    mapped = becomes(hand, "deals")
    assert mapped["property_createdate__value"] == "date"
    assert mapped["property_amount__value"] == "money"
    assert mapped["property_dealname__value"] == "property"
    assert deals.constants.event == "Deal"
    assert Profile.objects.filter(workspace=workspace, merged_into=None).count() == 40
    ((days, money),) = ledger.select(
        Scope(workspace.pk), "select uniq(toDate(at)), sum(money) from ledger where $scope and kind = 'interaction'"
    )
    assert (days, money) == (28, sum(100 + n for n in range(40)))


def test_a_telephone_that_contacts_share_makes_one_person_of_nobody(hand, ledger, workspace):
    brought(hand, HUBSPOT | {"deals": HUBSPOT["deals"]}, "HubSpot")
    assert Profile.objects.filter(workspace=workspace, merged_into=None).count() == 40


def test_salesforce_cases_find_their_contacts_and_accounts_stay_apart(hand, ledger, workspace):
    run = brought(hand, SALESFORCE, "Salesforce")
    assert hand.counts(run) == (85, 0, 85, 0, 0)
    assert [hand.stream(name).import_map.what for name in SALESFORCE] == ["customers", "customers", "interactions"]
    case = {one.column: one for one in hand.stream("Case").import_map.columns}
    assert (case["ContactId"].becomes, case["ContactId"].named) == ("identifier", "salesforce-contact")
    assert case["AccountId"].becomes == "property" and case["CaseNumber"].becomes == "property"
    assert case["CreatedDate"].becomes == "date" and case["Status"].becomes == "outcome"
    assert Profile.objects.filter(workspace=workspace, merged_into=None).count() == 25
    ((people, cases),) = ledger.select(
        Scope(workspace.pk), "select uniq(profile), count() from ledger where $scope and kind = 'interaction'"
    )
    assert (people, cases) == (20, 60)


def test_a_contact_who_changes_keeps_being_one_customer_with_the_latest_traits(hand, workspace):
    brought(hand, HUBSPOT, "HubSpot")
    rows = [dict(row) for row in HUBSPOT["contacts"]["rows"]]
    rows[3] |= {"property_lifecyclestage": "evangelist", "updatedAt": "2026-05-01T00:00:00.000Z"}
    hand.set(tables=HUBSPOT | {"contacts": HUBSPOT["contacts"] | {"rows": rows}})
    run = hand.run()
    assert hand.counts(run)[2] == 1
    profile = Profile.objects.get(workspace=workspace, identifiers__value="person3@example.org")
    assert profile.traits["lifecyclestage"] == "evangelist"
    assert Profile.objects.filter(workspace=workspace, merged_into=None).count() == 40


def test_contact_seven_of_one_crm_is_not_contact_seven_of_another(hand, executable, workspace):
    from regard.connectors.taps.models import Connection
    from regard.connectors.taps.tests.conftest import OWNER, Hand

    one = {"contacts": {"keys": ["id"], "by": "", "rows": [{"id": "7", "city": "Lyon"}]}}
    brought(hand, one, "North")
    second = Hand(Connection.objects.create(workspace=workspace, name="South", executable=executable, owner=OWNER))
    brought(second, one, "South")
    assert Profile.objects.filter(workspace=workspace, merged_into=None).count() == 2
