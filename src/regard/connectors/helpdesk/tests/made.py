from __future__ import annotations

from regard.connectors.helpdesk.models import Desk
from regard.connectors.helpdesk.put import note_cases
from regard.connectors.helpdesk.sync import sync
from regard.jobs.consume import Subscription, consume


def synced(desk: Desk) -> Desk:
    """As it comes by itself: events are consumed, then a minute's run."""
    while consume(Subscription("connectors.helpdesk", ("case.changed",), note_cases)):
        pass
    assert sync(Desk.objects.select_related("workspace", "queue").get(pk=desk.pk))
    desk.refresh_from_db()
    return desk
