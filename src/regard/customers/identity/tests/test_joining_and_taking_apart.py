from datetime import UTC, datetime, timedelta

import pytest

from regard.customers.identity.graph import Sighting
from regard.customers.identity.join import CannotJoin, join, keep_apart, take_apart
from regard.customers.identity.models import Identifier, Link, Merge
from regard.customers.identity.resolve import resolve
from regard.customers.identity.rules import Rules
from regard.customers.models import Profile
from regard.customers.traits.describe import Telling, describe
from regard.workspace.models import Workspace

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


def see(workspace, *keys, same_as="", **more):
    (profile,) = resolve(workspace.pk, [Sighting(tuple(keys), same_as)], **more)
    return profile


def whose(profile):
    return Profile.objects.get(pk=profile).customer_id


def tell(workspace, profile, day=0, source=1, **traits):
    name = traits.pop("name", "")
    describe(workspace.pk, [Telling(profile, source, BEGAN + timedelta(days=day), name, traits)])


def shown(customer):
    found = Profile.objects.get(pk=customer)
    return found.name, found.traits, sorted(found.profile_ids())


def test_two_values_of_a_kind_of_which_a_person_has_one_are_left_for_a_person_to_decide(workspace):
    first = see(workspace, ("user", "1"), ("email", "a@x.example"))
    second = see(workspace, ("user", "2"), ("email", "a@x.example"))
    assert whose(first) != whose(second)
    (link,) = Link.objects.filter(decision="")
    assert {link.low_id, link.high_id} == {first, second}
    assert (link.namespace, link.value) == ("email", "a@x.example")


def test_a_device_that_two_people_use_joins_neither_of_them(workspace):
    visitor = see(workspace, ("anonymous", "tablet"))
    first = see(workspace, ("user", "1"), ("anonymous", "tablet"))
    second = see(workspace, ("user", "2"), ("anonymous", "tablet"))
    assert whose(visitor) == whose(first) != whose(second)
    assert not Link.objects.exists()


def test_what_many_people_are_seen_with_tells_nobody(workspace):
    family = ("phone", "+33612345678")
    people = [see(workspace, ("user", str(number)), family) for number in range(200)]
    assert len({whose(one) for one in people}) == 200
    shared = Identifier.objects.get(namespace="phone")
    assert shared.shared is not None
    assert whose(shared.profile_id) not in people
    assert not Link.objects.filter(decision="").exists()
    assert whose(see(workspace, family)) == shared.profile_id


def test_a_hundred_thousand_customers_with_one_address_stay_themselves(workspace):
    seen = [Sighting((("user", str(number)), ("email", "all@x.example"))) for number in range(100_000)]
    found = resolve(workspace.pk, seen)
    assert len(set(found)) == 100_000
    assert not Profile.objects.exclude(merged_into=None).exists()
    assert Link.objects.count() == 0
    assert Identifier.objects.get(namespace="email").shared is not None


def test_a_role_address_is_nobodys_name(workspace):
    first = see(workspace, ("crm", "1"), ("email", "info@shop.example"))
    second = see(workspace, ("crm", "2"), ("email", "info@shop.example"))
    assert whose(first) != whose(second)
    assert not Link.objects.exists()


@pytest.mark.parametrize("value", ["null", "undefined", "00000000-0000-0000-0000-000000000000", "\u200b", " "])
def test_what_programs_send_for_nothing_is_no_id(value):
    assert Rules().normalised("user", value) == ""


@pytest.mark.parametrize(
    ("namespace", "value", "rules", "spelt"),
    [
        ("phone", "06 12 34 56 78", Rules(country="FR"), "+33612345678"),
        ("phone", "+33 (0)6 12 34 56 78", Rules(), "+33612345678"),
        ("phone", "1" * 40, Rules(), ""),
        ("phone", "0612345678", Rules(), "0612345678"),
        ("email", "In.Es+news@GoogleMail.com", Rules(gmail_dots=True), "ines@gmail.com"),
        ("email", "In.Es+news@Example.com", Rules(gmail_dots=True), "in.es+news@example.com"),
        ("email", "no address", Rules(), ""),
        ("user", "\u202ecrm-7\u200e", Rules(), "crm-7"),
        ("crm", "u\u0308", Rules(), "ü"),
    ],
)
def test_spellings(namespace, value, rules, spelt):
    assert rules.normalised(namespace, value) == spelt


def test_joined_by_hand_and_taken_apart_again_everything_is_as_it_was_with_what_came_meanwhile(workspace):
    first = see(workspace, ("user", "1"))
    second = see(workspace, ("user", "2"))
    cookie = see(workspace, ("anonymous", "c"))
    tell(workspace, first, name="Ana", plan="basic")
    tell(workspace, second, day=1, name="Anna", plan="pro", city="Lyon")
    before = shown(first), shown(second)
    assert join(workspace=workspace.pk, one=second, other=first, by="me@x") == first
    assert shown(first) == ("Anna", {"plan": "pro", "city": "Lyon"}, [first, second])
    assert see(workspace, ("user", "2"), ("anonymous", "c")) == second
    tell(workspace, second, day=2, city="Nice")
    merge = Merge.objects.get(why="hand")
    assert take_apart(workspace=workspace.pk, merge=merge.pk, by="me@x") == (first, second)
    assert shown(first) == before[0]
    assert shown(second) == ("Anna", {"plan": "pro", "city": "Nice"}, [second, cookie])
    with pytest.raises(Merge.DoesNotExist):
        take_apart(workspace=workspace.pk, merge=merge.pk, by="me@x")


def test_who_was_taken_apart_is_not_joined_again_by_the_same_key(workspace):
    first, second = see(workspace, ("email", "a@x.example")), see(workspace, ("email", "b@x.example"))
    both = ("email", "a@x.example"), ("phone", "+33612345678")
    see(workspace, *both)
    see(workspace, ("email", "b@x.example"), both[1])
    assert whose(first) == whose(second)
    take_apart(workspace=workspace.pk, merge=Merge.objects.get().pk, by="me@x")
    assert whose(first) != whose(second)
    see(workspace, ("email", "b@x.example"), both[1])
    assert whose(first) != whose(second)
    assert not Link.objects.filter(decision="").exists()


def test_of_three_joined_the_middle_merge_can_go_first(workspace):
    people = [see(workspace, ("user", str(number))) for number in range(4)]
    for one, other in ((2, 3), (0, 1), (1, 3)):
        join(workspace=workspace.pk, one=people[one], other=people[other], by="me@x")
    assert {whose(one) for one in people} == {people[0]}
    middle = Merge.objects.order_by("-id").first()
    take_apart(workspace=workspace.pk, merge=middle.pk, by="me@x")
    assert [whose(one) for one in people] == [people[0], people[0], people[2], people[2]]


def test_a_customer_is_not_joined_with_itself_nor_with_one_of_another_workspace(workspace):
    one = see(workspace, ("user", "1"))
    elsewhere = see(Workspace.found(name="Other"), ("user", "1"))
    for other in (one, elsewhere, 10**15):
        with pytest.raises(CannotJoin):
            join(workspace=workspace.pk, one=one, other=other, by="me@x")
    assert not Merge.objects.exists()


def test_an_alias_ends_what_kept_two_people_apart(workspace):
    first = see(workspace, ("user", "1"), ("email", "a@x.example"))
    second = see(workspace, ("user", "2"), ("email", "a@x.example"))
    see(workspace, ("user", "1"), same_as="2")
    assert whose(first) == whose(second)
    assert not Link.objects.filter(decision="").exists()


def test_decided_apart_they_are_not_asked_about_again(workspace):
    first = see(workspace, ("user", "1"), ("email", "a@x.example"))
    second = see(workspace, ("user", "2"), ("email", "a@x.example"))
    keep_apart(workspace=workspace.pk, customers=[first, second], by="me@x")
    see(workspace, ("user", "1"), ("phone", "+33612345678"))
    see(workspace, ("user", "2"), ("phone", "+33612345678"))
    assert not Link.objects.filter(decision="").exists()
    assert whose(first) != whose(second)


def test_the_source_that_is_trusted_more_is_believed_though_the_other_spoke_later(workspace):
    from regard.customers.traits.models import PastTrait, TrustOrder

    person = see(workspace, ("user", "1"))
    TrustOrder.objects.create(workspace=workspace, sources=[7])
    tell(workspace, person, day=5, source=8, plan="pro", city="Lyon")
    tell(workspace, person, day=1, source=7, plan="basic")
    assert shown(person)[1] == {"plan": "basic", "city": "Lyon"}
    tell(workspace, person, day=3, source=8, plan="old news")
    tell(workspace, person, day=9, source=8, city="Nice")
    assert shown(person)[1] == {"plan": "basic", "city": "Nice"}
    past = PastTrait.objects.order_by("since").values_list("name", "value", "source", "since", "until")
    held = [(name, value, source, (until - since).days) for name, value, source, since, until in past]
    assert held == [("plan", "old news", 8, 2), ("city", "Lyon", 8, 4)]
