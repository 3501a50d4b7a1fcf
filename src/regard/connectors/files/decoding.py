"""A chunk of a file, under its map, → rows of the ledger. Columns all the way: no Python per cell."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regard.connectors.files.cells import Cells, by_distinct
from regard.connectors.files.dates import TYPE, to_moments
from regard.connectors.files.import_map import PEOPLE, ColumnMap, ImportMap
from regard.connectors.files.json_cells import numerals, objects, quoted
from regard.connectors.files.numbers import to_numbers
from regard.connectors.files.rows import KEY, OWN, RAW, ROW, VERSION
from regard.connectors.files.scores import scored
from regard.ledger.record.columns import REFUSED, ROWS
from regard.ledger.record.decoded import Decoded

Columns = dict[str, pa.Array]
SECONDS = {"milliseconds": 0.001, "seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86_400.0}
LONGEST_NAME = 500
WHO = ("user_id", "anonymous_id", "email", "phone", "keys")


@dataclass(frozen=True)
class Answer:
    """What one column adds to the rows: which rows it makes, and its own columns for all rows of the
    chunk."""

    made: npt.NDArray[np.bool_]
    columns: Columns


def decode(
    chunk: pa.Table,
    import_map: ImportMap,
    *,
    inbox: int,
    item_namespace: str,
    imported_at: datetime,
    zone: ZoneInfo,
) -> Decoded:
    """Rows (schema ROWS) and refused items (schema REFUSED) of one chunk, as `chunks` yields it.

    Every row of the chunk is either refused, with its reason, or gives at least one ledger row: `position`
    is its place in the chunk, `part` tells its answers apart. Items are identified by the map's key columns,
    else by `item_namespace` (which must tell files apart) and the row's number; records of connections bring
    their key and version along. Naive times are of `zone`;
    rows of undated files are of `imported_at`. Same chunk, map and arguments: same rows.
    """
    cells = Cells(chunk, import_map)
    shared = _shared(cells, imported_at, zone)
    shared["id"] = pa.array(_ids(cells, item_namespace), pa.binary(16))
    answers = _answers(cells) if import_map.what == "answers" else []
    if import_map.what == "interactions":
        answers = [Answer(np.ones(len(cells), np.bool_), {"kind": _same("interaction", cells), "text": _first(cells, "text")})]
    identified = _identified(cells, shared)
    if identified is not None:
        answers.append(identified)
    if answers:
        some = np.logical_or.reduce([answer.made for answer in answers])
    else:
        some = np.zeros(len(cells), np.bool_)
    nothing = (
        "The row names no customer."
        if import_map.what == "customers"
        else "The row holds no answer: all its cells are blank."
    )
    cells.fault_rows(~some, code="nothing_usable", detail=nothing)
    return Decoded(rows=_rows(cells, shared, answers, inbox), refused=_refused(cells, inbox))


def _shared(cells: Cells, imported_at: datetime, zone: ZoneInfo) -> Columns:
    """What all ledger rows of one file row have in common."""
    import_map, constants = cells.import_map, cells.import_map.constants
    found: Columns = {"at": _moments(cells, imported_at, zone)}
    for name in ("user_id", "anonymous_id", "email", "phone", "name", "language"):
        found[name] = _first(cells, name)
    for name in ("channel", "outcome", "unit", "currency", "programme", "language", "event", "touchpoint"):
        default = pa.scalar(getattr(constants, name, "") or None, pa.string())
        found[name] = pc.coalesce(_first(cells, name), default)
    for name in ("duration", "money", "handovers"):
        for column in import_map.each(name)[:1]:
            found[name] = _quantity(cells, column)
    found["keys"] = _object(cells, import_map.each("identifier"))
    found["traits"] = _object(cells, import_map.each("trait"))
    # Answers of one file row share these: a dictionary keeps them once until they reach the ledger.
    found["properties"] = _object(cells, import_map.each("property"), source=constants.source).dictionary_encode()
    return found


def _moments(cells: Cells, imported_at: datetime, zone: ZoneInfo) -> pa.Array:
    import_map = cells.import_map
    default = pa.repeat(pa.scalar(imported_at.astimezone(UTC), TYPE), len(cells))
    dated = bool(import_map.constants.date)
    if dated:
        constant = to_moments(pa.array([import_map.constants.date]), order="ymd", zone=zone)[0]
        default = pc.coalesce(pa.repeat(constant, len(cells)), default)
    for column in import_map.each("date"):
        order = column.format or import_map.reading.date_order or "ymd"
        text = cells.text(column.column)
        found = by_distinct(text, partial(to_moments, order=order, zone=zone))
        wrong = pc.and_(pc.is_valid(text), pc.is_null(found))
        cells.fault(wrong, code="bad_date", column=column.column, says="is no date that can be read")
        if not dated and import_map.what != "customers":
            cells.fault(
                pc.is_null(text),
                code="no_date",
                column=column.column,
                says="is blank, so the row has no date",
            )
        return pc.coalesce(found, default)
    return default


def _first(cells: Cells, becomes: str) -> pa.Array:
    """The column that becomes this, with its prefix; all null without one."""
    for column in cells.import_map.each(becomes):
        text = cells.text(column.column)
        if becomes in PEOPLE | {"touchpoint", "event", "unit", "channel"}:
            long = pc.greater(pc.utf8_length(text), LONGEST_NAME)
            cells.fault(long, code="too_long", column=column.column, says=f"is longer than {LONGEST_NAME} characters")
        return pc.binary_join_element_wise(column.prefix, text, "") if column.prefix else text
    return pa.nulls(len(cells), pa.string())


def _quantity(cells: Cells, column: ColumnMap) -> pa.Array:
    text = cells.text(column.column)
    decimal, money = cells.import_map.reading.decimal, column.becomes == "money"
    numbers = by_distinct(text, lambda distinct: to_numbers(distinct, decimal=decimal, money=money))
    wrong = pc.and_(pc.is_valid(text), pc.is_null(numbers))
    cells.fault(wrong, code="bad_number", column=column.column, says="is no number")
    if column.becomes == "duration":
        numbers = pc.multiply(numbers, SECONDS[column.unit])
    if column.becomes in ("duration", "handovers"):
        negative = pc.less(numbers, 0.0)
        cells.fault(negative, code="bad_number", column=column.column, says="cannot be negative")
    if column.becomes == "handovers":
        odd = pc.or_(pc.not_equal(numbers, pc.round(numbers)), pc.greater(numbers, 65_535.0))
        cells.fault(odd, code="bad_number", column=column.column, says="is no count of handovers")
        valid = pc.and_(pc.invert(pc.fill_null(odd, True)), pc.greater_equal(numbers, 0.0))
        return pc.cast(pc.if_else(valid, numbers, None), pa.uint16())
    return numbers


def _object(cells: Cells, columns: list[ColumnMap], source: str = "") -> pa.Array:
    members: dict[str, pa.Array] = {}
    for column in columns:
        text = cells.text(column.column)
        if column.number:
            members[column.named or column.column] = numerals(_quantity(cells, column))
        else:
            members[column.named or column.column] = by_distinct(text, quoted)
    if source:
        members["source"] = _same(json.dumps(source), cells)
    return objects(members.items(), size=len(cells))


def _answers(cells: Cells) -> list[Answer]:
    import_map = cells.import_map
    comments = {column.of: cells.text(column.column) for column in import_map.each("text") if column.of}
    found = []
    for column in import_map.each("score"):
        result = scored(cells, column)
        text = comments.get(column.column, pa.nulls(len(cells), pa.string()))
        given = pc.is_valid(result.score)
        columns = {
            "kind": _same("answer", cells),
            "score": result.score,
            # A comment without its score still says something about its touchpoint.
            "metric": pc.if_else(given, result.metric, None),
            "scale_low": pc.if_else(given, result.low, None),
            "scale_high": pc.if_else(given, result.high, None),
            "text": text,
        }
        if column.touchpoint:
            columns["touchpoint"] = _same(column.touchpoint, cells)
        found.append(Answer(_numpy(pc.or_(given, pc.is_valid(text))), columns))
    for column in import_map.each("text"):
        if not column.of:
            text = cells.text(column.column)
            columns = {"kind": _same("answer", cells), "text": text}
            if column.touchpoint:
                columns["touchpoint"] = _same(column.touchpoint, cells)
            found.append(Answer(_numpy(pc.is_valid(text)), columns))
    return found


def _identified(cells: Cells, shared: Columns) -> Answer | None:
    """Customers, and what files of answers or interactions say of them beside."""
    if cells.import_map.what != "customers" and not cells.import_map.each("name", "trait"):
        return None
    named = [_numpy(pc.is_valid(shared[name])) for name in WHO]
    made = np.logical_or.reduce(named)
    if cells.import_map.what != "customers":
        made &= _numpy(pc.is_valid(pc.coalesce(shared["name"], shared["traits"])))
    return Answer(made, {"kind": _same("identify", cells)})


def _ids(cells: Cells, namespace: str) -> list[bytes]:
    """16 bytes per row: of the key it came with, of its key columns, else of its place in the file. Never of its content alone."""
    what = cells.import_map.what
    if KEY in cells.table.column_names:
        return [_digest(f"{what}\0record:{namespace}\0{key}") for key in cells.table[KEY].to_pylist()]
    numbers = cells.table[ROW].to_pylist()
    keys = [cells.text(column.column) for column in cells.import_map.each("key")]
    if not keys:
        return [_digest(f"{what}\0row:{namespace}\0{number}") for number in numbers]
    joined = pc.binary_join_element_wise(*keys, "\x1f").to_pylist()
    return [
        _digest(f"{what}\0row:{namespace}\0{number}" if key is None else f"{what}\0key:{key}")
        for key, number in zip(joined, numbers, strict=True)
    ]


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _rows(cells: Cells, shared: Columns, answers: list[Answer], inbox: int) -> pa.Table:
    """The parts of an item together. Items that name nobody stand in the order of their ids, which is the ledger's own and makes
    its sorting cheap; others in the file's, which says who was met first and whose word is the last."""
    usable = cells.usable()
    made = [np.flatnonzero(answer.made & usable) for answer in answers]
    if not sum(map(len, made)):
        return ROWS.empty_table()
    parts = np.repeat(np.arange(len(answers), dtype=np.uint16), [len(positions) for positions in made])
    positions = np.concatenate(made)
    ranks = np.arange(len(cells))
    if not any(shared[name].null_count < len(cells) for name in WHO):
        ranks[pc.sort_indices(shared["id"]).to_numpy()] = np.arange(len(cells))
    order = np.argsort(ranks[positions] * len(answers) + parts)
    parts, positions = parts[order], positions[order]
    size, take, ordered = len(order), pa.array(positions), pa.array(order)
    columns = {name: column.take(take) for name, column in shared.items()}
    for name in {name for answer in answers for name in answer.columns}:
        pieces = [
            _of(answer, name, shared, len(cells)).take(pa.array(rows))
            for answer, rows in zip(answers, made, strict=True)
        ]
        columns[name] = pa.concat_arrays([piece.cast(ROWS.field(name).type) for piece in pieces]).take(ordered)
    kinds = np.array([_kind(answer) for answer in answers])
    tells = pa.array((kinds == "identify")[parts])
    for name in ("name", "traits"):
        columns[name] = pc.if_else(tells, columns[name], None)
    columns["response"] = pc.if_else(pa.array((kinds == "answer")[parts]), columns["id"], None)
    columns["inbox"] = pa.repeat(pa.scalar(inbox, pa.uint64()), size)
    columns["position"] = pa.array(positions.astype(np.uint32))
    columns["part"] = pa.array(parts)
    columns["version"] = _versions(cells).take(take)
    arrays = [columns[f.name].cast(f.type) if f.name in columns else pa.nulls(size, f.type) for f in ROWS]
    return pa.Table.from_arrays(arrays, schema=ROWS)


def _versions(cells: Cells) -> pa.Array:
    """Which version of its item a row is; of files there is but one."""
    if VERSION in cells.table.column_names:
        return cells.table[VERSION].combine_chunks()
    return pa.repeat(pa.scalar(0, pa.uint32()), len(cells))


def _of(answer: Answer, name: str, shared: Columns, size: int) -> pa.Array:
    """A column of an answer, else of its file row."""
    kind = ROWS.field(name).type
    return answer.columns[name] if name in answer.columns else shared.get(name, pa.nulls(size, kind))


def _kind(answer: Answer) -> str:
    kind: str = answer.columns["kind"][0].as_py() if len(answer.columns["kind"]) else ""
    return kind


def _refused(cells: Cells, inbox: int) -> pa.Table:
    where = np.flatnonzero(~cells.usable())
    if not len(where):
        return REFUSED.empty_table()
    names = [name for name in cells.table.column_names if name not in OWN]
    taken = cells.table.take(pa.array(where))
    lines = taken[RAW].to_pylist() if RAW in taken.column_names else [None] * len(where)
    raw = [
        line if line is not None else json.dumps(row, ensure_ascii=False)
        for line, row in zip(lines, taken.select(names).to_pylist(), strict=True)
    ]
    return pa.table(
        {
            "inbox": pa.repeat(pa.scalar(inbox, pa.uint64()), len(where)),
            "position": pa.array(where.astype(np.uint32)),
            "code": pa.array(list(cells.codes[where]), pa.string()),
            "detail": pa.array(list(cells.details[where]), pa.string()),
            "raw": pa.array(raw, pa.string()),
        },
        schema=REFUSED,
    )


def _same(value: str, cells: Cells) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), len(cells))


def _numpy(mask: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
