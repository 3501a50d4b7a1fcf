"""The inbox is kept for as long as was set, and never loses what is not in the ledger yet."""

from datetime import timedelta

import pytest
from django.utils import timezone

from regard.ledger.inbox.jobs import forget_old
from regard.ledger.models import Batch, InboxRow
from regard.ledger.record.project import project_all
from regard.testing.events import send, track
from regard.warehouse import Scope

pytestmark = pytest.mark.django_db


def test_old_rows_go_and_the_ledger_keeps_what_they_said(ledger, workspace, settings, monkeypatch):
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    settings.INBOX_DAYS = 10
    old, new = timezone.now() - timedelta(days=11), timezone.now() - timedelta(days=9)
    send(workspace, track("old"), received=old)
    project_all()
    kept = send(workspace, track("new"), received=new)
    project_all()
    waiting = send(workspace, track("waiting"), received=old)
    forget_old(0)
    assert set(InboxRow.objects.values_list("pk", flat=True)) == {kept.pk, waiting.pk}
    assert Batch.objects.count() == 1
    assert ledger.select(Scope(workspace.pk), "select count() from ledger where $scope") == [(2,)]
    repeated = send(workspace, track("old"))
    project_all()
    repeated.refresh_from_db()
    assert repeated.repeated == 1
