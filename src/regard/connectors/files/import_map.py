"""What the columns of a file become. Written by `guess`, edited by people, kept with the import as YAML or
JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import yaml

from regard.connectors.files.reading import Reading

What = Literal["answers", "interactions", "customers"]
Metric = Literal["nps", "csat", "ces", "ces1", "rating", "emotion"]
Becomes = Literal[
    "score", "text", "date", "key", "user_id", "anonymous_id", "email", "phone", "identifier", "name",
    "trait", "property", "touchpoint", "channel", "outcome", "duration", "money", "currency", "handovers",
    "unit", "language", "metric", "programme", "event", "ignore",
]  # fmt: skip
DurationUnit = Literal["milliseconds", "seconds", "minutes", "hours", "days"]
DateFormat = Literal["dmy", "mdy", "ymd", "unix", "unix_ms"]
Cell = str | int | float

SCALES: dict[str, tuple[int, int]] = {
    "nps": (0, 10),
    "csat": (1, 5),
    "ces": (1, 7),
    "ces1": (1, 5),
    "rating": (1, 5),
    "emotion": (-2, 2),
}
PEOPLE = frozenset({"user_id", "anonymous_id", "email", "phone", "identifier"})
MANY = PEOPLE | {"score", "text", "key", "trait", "property", "ignore"}


class ImportMapError(ValueError):
    """The map cannot be used. The message is one sentence for whoever wrote it."""


class ColumnMap(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """One use of one column; a column may be used more than once.

    `named` renames a property, trait or identifier namespace (default: the column's name). `of` makes a text
    the comment of that score column. `values` turns words into numbers, `not_applicable` lists cells that
    are no answer. `prefix` goes before the cells of an event or touchpoint column. `number` keeps a property
    or trait as a number.
    """

    column: str
    becomes: Becomes
    named: str = ""
    touchpoint: str = ""
    metric: Metric | None = None
    scale: tuple[int, int] | None = None
    not_applicable: list[Cell] = []
    values: dict[str, float] = {}
    of: str = ""
    unit: DurationUnit = "seconds"
    format: DateFormat | None = None
    prefix: str = ""
    number: bool = False


class Constants(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """What holds for every row of the file, where no column says otherwise. `date` is ISO, for undated
    files."""

    touchpoint: str = ""
    channel: str = ""
    event: str = ""
    unit: str = ""
    metric: Metric | None = None
    scale: tuple[int, int] | None = None
    currency: str = ""
    programme: str = ""
    language: str = ""
    date: str = ""
    source: str = ""


class ImportMap(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """How to read a file and what its columns become. `blank` lists the cells that count as empty."""

    what: What
    reading: Reading = msgspec.field(default_factory=Reading)
    columns: list[ColumnMap]
    constants: Constants = msgspec.field(default_factory=Constants)
    blank: list[Cell] = msgspec.field(default_factory=lambda: [""])

    def each(self, *becomes: str) -> list[ColumnMap]:
        return [column for column in self.columns if column.becomes in becomes]

    def touchpoints(self) -> list[str]:
        """Names of touchpoints that the map itself gives, in order, each once."""
        names = [column.touchpoint for column in self.columns] + [self.constants.touchpoint]
        return list(dict.fromkeys(name for name in names if name))


def check(import_map: ImportMap, *, columns: Sequence[str] | None = None) -> None:
    """Raises ImportMapError for a map that contradicts itself or names a column that the file does not
    have."""
    for sentence in _faults(import_map, set(import_map.reading.columns if columns is None else columns)):
        raise ImportMapError(sentence)


def _faults(import_map: ImportMap, known: set[str]) -> Iterator[str]:
    used: dict[str, str] = {}
    scores = {column.column for column in import_map.each("score")}
    for column in import_map.columns:
        where = f"Column “{column.column}”"
        if column.column not in known:
            shown = ", ".join(sorted(known)[:12])
            yield f"The map names the column “{column.column}”, which the file does not have ({shown})."
        if column.becomes not in MANY and column.becomes in used:
            yield f"{where} cannot be the {column.becomes}: “{used[column.becomes]}” already is."
        used.setdefault(column.becomes, column.column)
        if column.of and (column.becomes != "text" or column.of not in scores):
            yield f"{where} is the comment of “{column.of}”, which is not a score column."
        if column.becomes == "score" and import_map.what != "answers":
            yield f"{where} is a score, which only an import of answers has."
        if column.becomes == "score" and not (
            column.metric or import_map.constants.metric or import_map.each("metric")
        ):
            yield f"{where} is a score of unknown metric: give one of {', '.join(SCALES)}."
        if column.scale and column.scale[0] >= column.scale[1]:
            yield f"{where} has the scale {column.scale[0]} to {column.scale[1]}: the first must be lower."
    if import_map.constants.scale and import_map.constants.scale[0] >= import_map.constants.scale[1]:
        yield "The constant scale must run from a lower to a higher number."
    if import_map.what == "customers" and not used.keys() & PEOPLE:
        yield "Customers need a column that identifies them: user_id, email, phone, anonymous_id, identifier."
    if import_map.what == "answers" and not used.keys() & {"score", "text"}:
        yield "Answers need at least one column that becomes a score or a text."


def to_yaml(import_map: ImportMap, *, settled: bool = True) -> str:
    """The map as text for `from_yaml`. Open questions stand above it as comments: whoever uses the text has
    answered them; with `settled=False` they stay open in the map itself.
    """
    plain = msgspec.to_builtins(import_map)
    questions = plain.get("reading", {}).get("questions", [])
    if settled and questions:
        del plain["reading"]["questions"]
    notes = [
        f"# {q['reason']} reading.{q['about']}: {' | '.join(q['choices'])} (here: {q['chosen']})" for q in questions
    ]
    text = yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return "\n".join([*notes, text])


def from_yaml(text: str) -> ImportMap:
    """Raises ImportMapError for anything that is not a map, naming the place."""
    try:
        plain = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with fewer types
        return msgspec.convert(plain, ImportMap)
    except yaml.YAMLError as error:
        raise ImportMapError(f"The map is not valid YAML: {' '.join(str(error).split())}") from error
    except (msgspec.ValidationError, RecursionError) as error:
        raise ImportMapError(f"The map cannot be used: {error}.") from error


class _Loader(yaml.SafeLoader):
    """Safe, and without YAML 1.1's surprises: yes, no and 2024-05-01 stay the words that they are."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


_PLAIN = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith((":bool", ":timestamp"))]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.yaml_implicit_resolvers = _PLAIN
# true and false alone are booleans again, in YAML 1.2's spelling.
for _first in "tf":
    _Loader.yaml_implicit_resolvers.setdefault(_first, []).append(
        ("tag:yaml.org,2002:bool", re.compile(r"true$|false$"))
    )
