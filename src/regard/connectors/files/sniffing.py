"""Recognise how a file is written. What cannot be known becomes a question, never a silent guess."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import msgspec

from regard.connectors.files import excel, jsonlines, mails, parquet
from regard.connectors.files.encoding import survey
from regard.connectors.files.kinds import kind_of
from regard.connectors.files.opening import is_gzipped
from regard.connectors.files.reading import About, Question, Reading, UnreadableFile, unique_names
from regard.connectors.files.separators import header, layout, parse
from regard.connectors.files.values import date_orders, decimals, needs_order

MOST_COLUMNS = 20_000


def sniff(path: Path, *, settled: Mapping[About, str] | None = None) -> Reading:
    """How to read `path`, by its content; its name does not matter.

    `settled` holds answers to questions of an earlier sniff; they are taken as they are. Reads the whole
    file once (encoding, quotes), else its first megabyte. Raises UnreadableFile with one clear sentence.
    """
    answers: dict[str, str] = dict(settled.items()) if settled else {}
    kind = kind_of(path)
    if kind == "parquet":
        reading = Reading(kind="parquet", columns=unique_names(parquet.names(path)))
    elif kind == "excel":
        reading = excel.sniff(path, sheet=answers.get("sheet"))
    elif kind == "mbox":
        reading = mails.sniff(path)
    else:
        reading = _sniff_text(path, answers)
    if len(reading.columns) > MOST_COLUMNS:
        raise UnreadableFile(f"{path.name} has {len(reading.columns):,} columns; {MOST_COLUMNS:,} can be read.")
    reading = msgspec.structs.replace(reading, gzipped=is_gzipped(path))
    return _notation(path, reading, answers)


def _sniff_text(path: Path, answers: dict[str, str]) -> Reading:
    facts = survey(path, settled=answers.get("encoding"))
    questions = [facts.question] if facts.question else []
    encoding = "utf-8-sig" if facts.encoding == "utf-8" else facts.encoding
    text = facts.head.decode(encoding, errors="replace").lstrip("\ufeff").replace("\0", "\ufffd")
    if not facts.whole:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    if json_kind := jsonlines.kind_of(text):
        reading = Reading(kind=json_kind, encoding=facts.encoding, questions=tuple(questions))
        return jsonlines.sniff(path, reading=reading)
    found = layout(text)
    separator = answers.get("separator", found.separator)
    if found.question and "separator" not in answers:
        questions.append(found.question)
    rows = parse(text, separator)
    if not rows:
        raise UnreadableFile(f"{path.name} is empty.")
    named, question = header(rows)
    if "header" in answers:
        named = answers["header"] == "yes"
    elif question:
        questions.append(question)
    if named and len(rows) == 1:
        raise UnreadableFile(f"{path.name} has only a header line and no rows.")
    width = len(rows[0])
    columns = unique_names(rows[0]) if named else tuple(f"column {i}" for i in range(1, width + 1))
    crossed = "\n" not in text.replace("\r\n", "") and "\r" in text.replace("\r\n", "")
    return Reading(
        kind="aligned" if separator == " " else "delimited",
        columns=columns,
        encoding=facts.encoding,
        separator=separator,
        header=named,
        line_end="\r" if facts.returns_only or (crossed and "\r\n" not in text) else "\n",
        careful=facts.odd_quotes,
        questions=tuple(questions),
    )


def _notation(path: Path, reading: Reading, answers: dict[str, str]) -> Reading:
    """Decimal sign and order of dates, from the cells of the first rows."""
    from regard.connectors.files.chunking import chunks

    table = next(iter(islice(chunks(path, reading=reading, rows=5000), 1)), None)
    if table is None or table.num_rows == 0:
        raise UnreadableFile(f"{path.name} has only column names and no rows.")
    questions = list(reading.questions)
    samples = {name: list(filter(None, table[name].unique().to_pylist())) for name in reading.columns[:500]}
    decimal, question = _decimal(samples)
    if question and "decimal" not in answers:
        questions.append(question)
    order, question = _date_order(samples)
    if question and "date_order" not in answers:
        questions.append(question)
    return msgspec.structs.replace(
        reading,
        decimal=answers.get("decimal", decimal),
        date_order=answers.get("date_order", order),
        questions=tuple(questions),
    )


def _decimal(samples: dict[str, list[str]]) -> tuple[str, Question | None]:
    comma = point = False
    doubtful: tuple[str, str] | None = None
    for name, cells in samples.items():
        column_comma, column_point, either = decimals(cells)
        comma, point = comma or column_comma, point or column_point
        if either and not (column_comma or column_point):
            doubtful = doubtful or (name, either)
    if comma and point:
        reason = "Some numbers are written with a decimal comma and some with a decimal point."
        return ".", Question(about="decimal", choices=(".", ","), chosen=".", reason=reason)
    if comma or point or doubtful is None:
        return ("," if comma else "."), None
    name, example = doubtful
    reason = f"“{example}” in column “{name}” may be a number in the thousands or one with three decimals."
    return ".", Question(about="decimal", choices=(".", ","), chosen=".", reason=reason)


def _date_order(samples: dict[str, list[str]]) -> tuple[str, Question | None]:
    proven: set[str] = set()
    doubtful: tuple[str, str] | None = None
    mixed = ""
    for name, cells in samples.items():
        if not needs_order(cells):
            continue
        orders = date_orders(cells)
        if len(orders) == 1:
            proven |= orders
        elif orders:
            doubtful = doubtful or (name, cells[0])
        else:
            mixed = mixed or name
    if mixed or len(proven) > 1:
        where = f" in column “{mixed}”" if mixed else ""
        reason = f"Some dates{where} can only be day-first and some only month-first."
        return "dmy", Question(about="date_order", choices=("dmy", "mdy"), chosen="dmy", reason=reason)
    if proven or doubtful is None:
        return (next(iter(proven)) if proven else ""), None
    name, example = doubtful
    reason = f"Dates like “{example}” in column “{name}” may be day-first or month-first."
    return "dmy", Question(about="date_order", choices=("dmy", "mdy"), chosen="dmy", reason=reason)
