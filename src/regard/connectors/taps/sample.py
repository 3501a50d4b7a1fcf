"""The first records of a stream, to guess a map from and to try it on. Nothing of them is taken in."""

from __future__ import annotations

import pyarrow as pa

from regard.connectors.files.rows import KEY, ROW, VERSION
from regard.connectors.taps.flatten import BrokenRecord, Shape, columns_of, flat, shape_of
from regard.connectors.taps.guessing import guess_stream
from regard.connectors.taps.intake import chunk_of
from regard.connectors.taps.known import Record, Versioned, content_of, digest
from regard.connectors.taps.messages import Garbage, read
from regard.connectors.taps.models import Stream
from regard.connectors.taps.process import Line

FIRST = 100


class Sampler:
    def __init__(self, stream: Stream) -> None:
        self.stream, self.records = stream, list[Record]()
        self.declared: dict[str, str] = {}
        self._shape: Shape = {}

    def take(self, line: Line) -> bool:
        """True when there are enough."""
        message = read(line)
        if isinstance(message, Garbage) or message.stream not in (self.stream.name, self.stream.sent_as):
            return False
        if message.type == "SCHEMA":
            self._shape, self.declared = shape_of(message.schema), columns_of(message.schema)
            if message.key_properties and self.stream.source_id is None:
                self.stream.keys = [key[:200] for key in message.key_properties]
        elif message.type == "RECORD":
            try:
                cells = flat(message.record, self._shape)
            except BrokenRecord:
                return False
            number = len(self.records) + 1
            values = [cells.get(key) for key in self.stream.keys]
            self.records.append(Record(number, cells, digest(*values, str(number)), content_of(cells)))
        return len(self.records) >= FIRST


def keep_sample(stream: Stream, sampler: Sampler) -> None:
    """With a first guess of what the columns become, where nobody has said it yet."""
    table = chunk_of([Versioned(record, 0) for record in sampler.records])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    stream.sample = sink.getvalue().to_pybytes()
    stream.declared = sampler.declared or stream.declared
    stream.save()
    if not stream.confirmed:
        stream.keep_map(guess_stream(stream, table.drop_columns([ROW, KEY, VERSION])), confirmed=False)
