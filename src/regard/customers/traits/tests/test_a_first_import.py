"""What is believed of many customers is worked out as quickly in tables of which the database still believes that they are empty."""

from __future__ import annotations

import json

import psycopg
import pytest
from django.db import connection

from regard.customers.models import Profile, Saying
from regard.customers.traits.fold import _FOLD, fold
from regard.customers.traits.words import bound

pytestmark = pytest.mark.django_db
_MANY = 3_000


@pytest.fixture
def roots(workspace):
    """Three thousand customers come in; somebody else looks at their table meanwhile, and sees none of them."""
    profiles = Profile.objects.bulk_create(Profile(workspace=workspace) for _ in range(_MANY))
    word = {"plan": {"v": "a", "at": "2026-01-01T00:00:00.000000Z"}}
    Saying.objects.bulk_create(Saying(profile=profile, source=1, values=word) for profile in profiles)
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as beside:
        beside.execute("analyze customers_profile")
    return [profile.pk for profile in profiles]


def test_no_table_is_read_once_for_each_customer(workspace, roots):
    with connection.cursor() as cursor:
        cursor.execute(f"explain (format json) {_FOLD}", bound(workspace.pk, roots, "UTC"))
        (plan,) = cursor.fetchone()
    plan = plan if isinstance(plan, list) else json.loads(plan)
    assert _read_again_and_again(plan[0]["Plan"]) == []


def test_each_is_believed_what_was_said_of_them(workspace, roots):
    fold(workspace.pk, roots)
    assert Profile.objects.filter(traits__plan="a").count() == _MANY


def _read_again_and_again(plan, again=False):
    """The tables that are read whole within the inner side of a nested loop."""
    found = [plan["Relation Name"]] if again and plan["Node Type"] == "Seq Scan" and plan["Relation Name"].startswith("customers_") else []
    for one in plan.get("Plans", ()):
        inner = plan["Node Type"] == "Nested Loop" and one["Parent Relationship"] == "Inner"
        found += _read_again_and_again(one, again or inner)
    return found
