"""The list of customers: those heard of last first, and when that was."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from regard.ledger.record.project import project_all
from regard.testing.events import send, track
from regard.testing.people import member, signed_in
from regard.web import numbers

pytestmark = pytest.mark.django_db


def test_it_says_when_each_was_last_heard_of(ledger, workspace):
    now = datetime.now(UTC)
    send(
        workspace,
        track("m1", user="early", timestamp=(now - timedelta(days=9)).isoformat()),
        track("m2", user="late", timestamp=(now - timedelta(days=30)).isoformat()),
        track("m3", user="late", timestamp=(now - timedelta(days=3)).isoformat()),
    )
    project_all()
    page = signed_in(member(workspace)).get("/customers/").content.decode()
    assert "the last heard of first" in page
    late, early = page.split(">late</a>")[1].split(">early</a>")
    with timezone.override(workspace.zone):
        assert numbers.ago(now - timedelta(days=3)) in late and numbers.ago(now - timedelta(days=9)) in early
