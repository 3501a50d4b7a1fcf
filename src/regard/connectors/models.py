from regard.connectors.files.models import FileImport
from regard.connectors.helpdesk.models import Attachment, Desk, Setback, Ticket
from regard.connectors.taps.models import Connection, KnownRecord, Run, RunStream, Stream
from regard.connectors.writeback.models import Batch, Delivery, Destination, Sent

__all__ = [
    "Attachment",
    "Batch",
    "Connection",
    "Delivery",
    "Desk",
    "Destination",
    "FileImport",
    "KnownRecord",
    "Run",
    "RunStream",
    "Sent",
    "Setback",
    "Stream",
    "Ticket",
]
