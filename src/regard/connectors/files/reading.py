"""How a file is to be read, and what about it is not certain."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["delimited", "aligned", "excel", "jsonl", "json", "parquet", "mbox"]
About = Literal["encoding", "separator", "header", "decimal", "date_order", "sheet"]


class UnreadableFile(Exception):
    """The file cannot be imported. The message is one clear sentence for whoever chose it."""


class Question(msgspec.Struct, frozen=True):
    """Something the file alone does not settle. `chosen` is what `Reading` holds until someone answers."""

    about: About
    choices: tuple[str, ...]
    chosen: str
    reason: str


class Reading(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How to read one file. `columns` are the names in order, made unique; all cells are text.

    `decimal` and `date_order` say how the cells are written; single columns may differ (see `ColumnMap`).
    `careful` reads delimited text line by line, because its quotes do not pair up. `turns` is the key of JSON records that holds what was said in a
    conversation, which becomes columns of its own. `ours` is the domain of the company, in a mailbox.
    """

    kind: Kind = "delimited"
    columns: tuple[str, ...] = ()
    gzipped: bool = False
    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    header: bool = True
    line_end: Literal["\n", "\r"] = "\n"
    decimal: Literal[".", ","] = "."
    date_order: Literal["", "dmy", "mdy", "ymd"] = ""
    sheet: str = ""
    careful: bool = False
    turns: str = ""
    ours: str = ""
    questions: tuple[Question, ...] = ()


def settle(reading: Reading, *, about: About, choice: str) -> Reading:
    """The reading with one question answered.

    Raises ValueError when the choice is not among those offered. After a change of encoding, separator,
    header or sheet the columns are no longer right: sniff again with `sniff(path, settled={about: choice})`.
    """
    for question in reading.questions:
        if question.about == about and choice not in question.choices:
            raise ValueError(f"{choice!r} is not a possible {about}: choose one of {', '.join(question.choices)}")
    rest = tuple(question for question in reading.questions if question.about != about)
    value: object = choice == "yes" if about == "header" else choice
    return msgspec.structs.replace(reading, **{about: value, "questions": rest})


def unique_names(names: list[str]) -> tuple[str, ...]:
    """Column names as the file has them, trimmed; nameless ones numbered, repeated ones told apart."""
    found: dict[str, None] = {}
    for index, name in enumerate(names, start=1):
        plain = " ".join(name.split()) or f"column {index}"
        candidate, copy = plain, 2
        while candidate in found:
            candidate, copy = f"{plain} ({copy})", copy + 1
        found[candidate] = None
    return tuple(found)
