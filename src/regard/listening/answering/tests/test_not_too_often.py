"""Whoever asks and sends too often waits; everybody else goes on."""

import pytest
from django.core.cache import cache

from regard.listening.links.models import Link
from regard.listening.responses.models import Response
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts

pytestmark = pytest.mark.django_db
GIVEN = {"asked": ["effort", "why"], "effort": "7"}


@pytest.fixture
def token(workspace, ledger, settings):
    settings.ANSWERS_PER_MINUTE = 4
    cache.clear()
    survey = Survey(workspace=workspace, name="Calls")
    survey.keep(starts()["after_contact"][1], by="x")
    survey.publish(by="x")
    yield Link.objects.create(survey=survey, name="x").token
    cache.clear()


def test_too_many_pages_sent_from_one_address_wait_and_are_told_how_long(client, token):
    for _ in range(4):
        assert client.post(f"/s/{token}", GIVEN).status_code == 302
    refused = client.post(f"/s/{token}", GIVEN, headers={"Accept-Language": "fr"})
    assert refused.status_code == 429 and 1 <= int(refused["Retry-After"]) <= 61
    assert "Réessayez dans une minute" in refused.content.decode() and Response.objects.count() == 4
    assert client.get(f"/s/{token}").status_code == 200  # looking has an allowance of its own
    assert client.post(f"/s/{token}", GIVEN, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_the_allowance_is_one_for_pages_and_programs(client, token):
    for _ in range(4):
        client.post("/r/none", {})
    refused = client.post(f"/inapp/v1/surveys/{token}", "{}", content_type="application/json")
    assert refused.status_code == 429 and int(refused["Retry-After"]) >= 1 and "Retry-After" in refused.json()["detail"]
    assert refused["Access-Control-Allow-Origin"] == "*" and "Retry-After" in refused["Access-Control-Expose-Headers"]


def test_looking_too_often_waits_too(client, token):
    assert [client.get(f"/s/{token}").status_code for _ in range(13)] == [200] * 12 + [429]


def test_a_network_of_new_addresses_is_one_and_a_forged_header_none(client, token):
    for number in range(4):
        client.post(
            f"/s/{token}", GIVEN, REMOTE_ADDR=f"2001:db8::{number}", headers={"X-Forwarded-For": f"198.51.100.{number}"}
        )
    assert client.post(f"/s/{token}", GIVEN, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert client.post(f"/s/{token}", GIVEN, REMOTE_ADDR="2001:db8:1::1").status_code == 302
