"""The columns that every way in produces, and those the ledger keeps."""

from __future__ import annotations

import pyarrow as pa

#: One row for each ledger row to be (and for each identify or alias). `inbox` and `position` say which item of which inbox row it is
#: from: the item is what is counted as accepted, refused or repeated. `id` is the item's, shared by its parts.
ROWS = pa.schema(
    [
        ("kind", pa.string()),  # interaction, answer, message, case, handoff, note, offer; identify, alias
        ("inbox", pa.uint64()),
        ("position", pa.uint32()),
        ("part", pa.uint16()),
        ("id", pa.binary(16)),
        ("version", pa.uint32()),
        ("at", pa.timestamp("ms", "UTC")),
        ("touchpoint", pa.string()),  # by name; null when the mapping is to say
        ("event", pa.string()),
        ("channel", pa.string()),
        ("outcome", pa.string()),
        ("duration", pa.float64()),  # seconds
        ("money", pa.float64()),
        ("currency", pa.string()),
        ("handovers", pa.uint16()),
        ("unit", pa.string()),  # by name
        ("metric", pa.string()),
        ("scale_low", pa.int16()),
        ("scale_high", pa.int16()),
        ("score", pa.float64()),
        ("text", pa.string()),
        ("language", pa.string()),
        ("programme", pa.string()),
        ("response", pa.binary(16)),
        (
            "properties",
            pa.dictionary(pa.int32(), pa.string()),
        ),  # a JSON object, which the answers of one response share
        ("user_id", pa.string()),
        ("anonymous_id", pa.string()),
        ("email", pa.string()),
        ("phone", pa.string()),
        ("keys", pa.string()),  # a JSON object: namespace → value
        ("name", pa.string()),
        ("traits", pa.string()),  # a JSON object
        ("previous_id", pa.string()),  # of an alias
        ("about", pa.uint64()),  # a profile by its number: only rows that Regard itself writes know one
    ]
)

REFUSED = pa.schema(
    [
        ("inbox", pa.uint64()),
        ("position", pa.uint32()),
        ("code", pa.string()),
        ("detail", pa.string()),
        ("raw", pa.string()),
    ]
)


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with exactly the schema's columns: missing ones are null, in the schema's order."""
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
