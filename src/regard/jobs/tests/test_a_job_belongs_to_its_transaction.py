"""Also in the process that works the queue, where the application's connection is the worker's."""

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.testing import InMemoryConnector

from regard.customers.contact.jobs import mail_confirmation
from regard.jobs.defer import defer

pytestmark = pytest.mark.django_db


def waiting():
    return list(ProcrastinateJob.objects.values_list("task_name", "queue_name", "args"))


def test_it_is_a_row_of_the_transaction_while_a_worker_runs():
    with app.replace_connector(InMemoryConnector()):
        defer(mail_confirmation, pk=7)
    assert waiting() == [("customers.contact.mail_confirmation", "mail", {"pk": 7})]


def test_what_is_rolled_back_leaves_no_job():
    with app.replace_connector(InMemoryConnector()), pytest.raises(RuntimeError), transaction.atomic():
        defer(mail_confirmation, pk=7)
        raise RuntimeError
    assert waiting() == []
