"""One page sent by fifty tabs at once is one response."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from regard.ledger.inbox.models import InboxRow
from regard.ledger.models import Source
from regard.listening.links.models import Link
from regard.listening.responses.models import Response
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.workspace.models import Workspace


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_are_one_response(ledger):
    survey = Survey(workspace=Workspace.found(name="Halcyon"), name="Calls")
    survey.keep(starts()["relationship"][1], by="x")
    survey.publish(by="x")
    link, start = Link.objects.create(survey=survey, name="x"), Barrier(10)
    given = {"key": "k" * 32, "asked": ["recommend", "why", "expected"], "recommend": "9"}

    def send(number):
        try:
            if number < 10:
                start.wait(10)
            return Client().post(f"/s/{link.token}", given).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(send, range(50))) == {302}
    assert Response.objects.get().completed and InboxRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_people_who_are_the_first_at_once_all_arrive(ledger):
    survey = Survey(workspace=Workspace.found(name="Halcyon"), name="Calls")
    survey.keep(starts()["relationship"][1], by="x")
    survey.publish(by="x")
    link, start = Link.objects.create(survey=survey, name="x"), Barrier(10)

    def send(number):
        try:
            if number < 10:
                start.wait(10)
            given = {"key": f"{number:032d}", "asked": ["recommend", "why", "expected"], "recommend": "9"}
            return Client().post(f"/s/{link.token}", given).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(send, range(20))) == {302}
    assert Response.objects.filter(completed__isnull=False).count() == 20
    assert Source.objects.filter(kind="product").count() == 1
