from regard.connectors.files.models import FileImport
from regard.connectors.taps.models import Connection, KnownRecord, Run, RunStream, Stream

__all__ = ["Connection", "FileImport", "KnownRecord", "Run", "RunStream", "Stream"]
