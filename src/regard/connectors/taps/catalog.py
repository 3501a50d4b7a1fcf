"""The catalog that a tap gives, and the one it is given back: only the streams and fields that were chosen."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from regard.connectors.taps.flatten import columns_of
from regard.connectors.taps.models import Connection, Stream

FULL, INCREMENTAL = "FULL_TABLE", "INCREMENTAL"


class BadCatalog(Exception):
    """What the tap printed is no catalog. The message is one sentence."""


@dataclass(frozen=True)
class Offered:
    """A stream as a catalog describes it."""

    name: str
    sent_as: str
    keys: list[str]
    method: str
    replication_key: str
    fields: list[str]
    declared: dict[str, str]


def streams_of(catalog: Any) -> list[Offered]:
    """Raises BadCatalog."""
    streams = catalog.get("streams") if isinstance(catalog, dict) else None
    if not isinstance(streams, list):
        raise BadCatalog("What the tap printed is no catalog of streams.")
    return [
        _offered(entry)
        for entry in streams
        if isinstance(entry, dict) and (entry.get("tap_stream_id") or entry.get("stream"))
    ]


def learn(connection: Connection, catalog: Any) -> int:
    """Keep what was discovered; streams that were chosen stay so. Returns how many there are. Raises BadCatalog."""
    offered = streams_of(catalog)
    known = {stream.name: stream for stream in connection.streams.all()}
    for one in offered:
        stream = known.pop(one.name, None) or Stream(
            connection=connection, name=one.name, method=one.method, replication_key=one.replication_key
        )
        if stream.source_id is None:
            stream.keys = one.keys
        stream.sent_as = one.sent_as
        stream.declared = stream.declared or one.declared
        stream.save()
    for gone in known.values():
        if gone.source_id is None and not gone.map_text:
            gone.delete()
    return len(offered)


def chosen(catalog: dict[str, Any], streams: Sequence[Stream]) -> dict[str, Any]:
    """The catalog with these streams selected, and nothing else."""
    wanted = {stream.name: stream for stream in streams}
    made = copy.deepcopy(catalog)
    for entry in made.get("streams", []):
        stream = wanted.get(str(entry.get("tap_stream_id") or entry.get("stream")))
        _select(entry, stream)
    return made


def _select(entry: dict[str, Any], stream: Stream | None) -> None:
    metadata = entry.get("metadata")
    if not isinstance(metadata, list):
        metadata = entry["metadata"] = []
    table = _table(metadata)
    if table is None:
        table = {}
        metadata.insert(0, {"breadcrumb": [], "metadata": table})
    table["selected"] = stream is not None
    if isinstance(entry.get("schema"), dict):
        entry["schema"]["selected"] = stream is not None  # taps from before there was metadata
    if stream is None:
        return
    # Some taps enter what they do by default as "forced": what was chosen on our page goes before it.
    table["replication-method"] = entry["replication_method"] = stream.method
    if "forced-replication-method" in table:
        table["forced-replication-method"] = stream.method
    if stream.method == INCREMENTAL and stream.replication_key:
        table["replication-key"] = entry["replication_key"] = stream.replication_key
    else:
        table.pop("replication-key", None)
        entry.pop("replication_key", None)
    described = {tuple(one.get("breadcrumb") or ()) for one in metadata}
    for name in _fields(entry):
        if ("properties", name) not in described:
            metadata.append({"breadcrumb": ["properties", name], "metadata": {"inclusion": "available"}})
    needed = {*stream.keys, stream.replication_key}
    for one in metadata:
        crumb = one.get("breadcrumb") or []
        if len(crumb) == 2 and crumb[0] == "properties" and isinstance(one.get("metadata"), dict):
            usable = one["metadata"].get("inclusion") != "unsupported"
            one["metadata"]["selected"] = usable and (crumb[1] not in stream.left_out or crumb[1] in needed)


def _offered(entry: dict[str, Any]) -> Offered:
    table = _table(entry.get("metadata")) or {}
    name = str(entry.get("tap_stream_id") or entry["stream"])
    keys = entry.get("key_properties") or table.get("table-key-properties") or table.get("view-key-properties") or []
    forced = str(table.get("forced-replication-method") or "")
    valid = table.get("valid-replication-keys") or []
    by = str(entry.get("replication_key") or table.get("replication-key") or (valid[0] if valid else "") or "")
    said = forced or str(entry.get("replication_method") or table.get("replication-method") or "")
    method = INCREMENTAL if said == INCREMENTAL or (by and said != FULL) else FULL
    return Offered(
        name=name[:200], sent_as=str(entry.get("stream") or name)[:200], keys=[str(key)[:200] for key in keys],
        method=method, replication_key=by[:200] if method == INCREMENTAL else "",
        fields=list(_fields(entry)), declared=columns_of(entry.get("schema")),
    )  # fmt: skip


def _table(metadata: Any) -> dict[str, Any] | None:
    for one in metadata if isinstance(metadata, list) else []:
        if isinstance(one, dict) and not one.get("breadcrumb") and isinstance(one.get("metadata"), dict):
            found: dict[str, Any] = one["metadata"]
            return found
    return None


def _fields(entry: dict[str, Any]) -> Iterator[str]:
    schema = entry.get("schema")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    yield from properties if isinstance(properties, dict) else ()


def fields_of(catalog: dict[str, Any] | None, name: str) -> Iterable[str]:
    """The fields that a stream may be asked for."""
    for entry in (catalog or {}).get("streams", []):
        if str(entry.get("tap_stream_id") or entry.get("stream")) == name:
            return list(_fields(entry))
    return []
