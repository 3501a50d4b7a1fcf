"""The app's table of contents."""

from regard.ledger.inbox.models import Batch, Correction, InboxRow
from regard.ledger.mapping.models import Mapping
from regard.ledger.notes.models import Mention
from regard.ledger.refused.models import RefusedItem, RefusedRequest
from regard.ledger.sources.models import Source
from regard.ledger.touchpoints.models import Touchpoint

__all__ = [
    "Batch",
    "Correction",
    "InboxRow",
    "Mapping",
    "Mention",
    "RefusedItem",
    "RefusedRequest",
    "Source",
    "Touchpoint",
]
