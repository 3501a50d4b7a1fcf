"""A first map for a file, from the names and cells of its columns. People correct it; nothing is imported by
it alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from regard.connectors.files.import_map import (
    Becomes,
    Cell,
    ColumnMap,
    Constants,
    DurationUnit,
    ImportMap,
    Metric,
    What,
)
from regard.connectors.files.reading import Reading
from regard.connectors.files.values import EMAIL, INTEGER, date_orders, is_date, is_number, needs_order

MISSING = ("NA", "N/A", "n/a", "NULL", "null", "None", "NaN", "nan")
YES_NO: tuple[tuple[str, str], ...] = (
    ("satisfied", "dissatisfied"),
    ("satisfied", "unsatisfied"),
    ("satisfied", "neutral or dissatisfied"),
    ("satisfied", "not satisfied"),
    ("happy", "unhappy"),
)
NAMES: dict[Becomes, str] = {
    "email": r"((customer|client|contact|caller) )?(e ?mail( address)?|mail)",
    "phone": r"((customer|client|contact|caller) )?(phone( number)?|mobile|telephone|msisdn|telefon)",
    "user_id": (
        r"(customer|user|client|member|subscriber|kunden?)( ?(id|number|no|nr|key))|customer|handle"
        r"|screen name|username|author"
    ),
    "anonymous_id": r"anonymous id|visitor id|cookie( id)?",
    "identifier": r"(case|ticket|order|account|contract|loan|application)( ?(id|number|no|nr))",
    "name": r"(full |customer )?name",
    "language": r"lang(uage)?|locale|sprache",
    "unit": r"unit|store|branch|shop|region|airline|team|site|brand|filiale|department",
    "channel": r"channel|kanal|canal",
    "outcome": r"outcome|result|resolution|status",
    "currency": r"currency|währung",
    "handovers": r"handovers?|transfers?|reassignments?",
    "touchpoint": r"touch ?point",
    "programme": r"program(me)?|survey( name)?|wave",
    "metric": r"metric|kpi",
    "event": r"event( name| type)?|activity( ?id)?|action|task|concept name",
}
#: Such a column holds people; their ids, when its cells look like ids.
PEOPLE = r"who|client|member|user|subscriber|guest|passenger|kunde"
TEXTS = re.compile(r"comment|review|text|verbatim|feedback|message|tweet|answer|remark|kommentar|avis|opinion|why")
KEYS = re.compile(r"(response|answer|review|message|event|transaction|interaction|row|record|tweet)? ?(id|uuid|guid)$")
DURATIONS = re.compile(r"duration|handle time|handling time|wait(ing)? time|length|dauer|seconds?$|minutes?$")
PLACES = re.compile(r"location|place|city|address|url|time ?zone")
MONEY = re.compile(r"amount|price|revenue|spend|spent|cost|total|value|dollars|euros?|betrag|umsatz|paid|charge")


@dataclass(frozen=True)
class Profile:
    """A column at a glance: its name in plain lower-case words; kind integer, number, date, text, empty."""

    column: str
    name: str
    kind: str
    distinct: tuple[str, ...]
    filled: int
    unique: bool
    longest: float


def guess(reading: Reading, sample: pa.Table, *, what: What, touchpoint_names: Sequence[str] = ()) -> ImportMap:
    """The likeliest map. `sample` is the file's first rows; `touchpoint_names` are those the workspace knows.

    Whatever is not recognised becomes a property (of customers: a trait), so nothing is dropped silently;
    only columns without a single cell are ignored.
    """
    profiles = [_profile(sample, name) for name in reading.columns]
    found: dict[str, ColumnMap] = {
        p.column: ColumnMap(column=p.column, becomes="ignore") for p in profiles if p.kind == "empty"
    }
    spoken = what == "interactions" and bool(reading.turns or reading.kind == "mbox")
    if spoken:
        found |= _conversation(reading)
    _dates(profiles, found, what)
    extra = _people_and_names(profiles, found, what)
    if what == "answers":
        _scores(profiles, found, touchpoint_names)
        _texts(profiles, found)
    if what == "interactions":
        _quantities(profiles, found, headless=not reading.header)
    _keys(profiles, found, what)
    purchases = (
        what == "interactions"
        and any(c.becomes == "money" for c in found.values())
        and not any(c.becomes == "event" for c in found.values())
    )
    rest: Becomes = "trait" if what == "customers" else "property"
    for p in profiles:
        if p.column not in found:
            name = "quantity" if purchases and not reading.header and p.kind == "integer" and _small(p) else ""
            number = p.kind in ("integer", "number") and not (p.unique and p.filled > 20)
            found[p.column] = ColumnMap(
                column=p.column, becomes=rest, number=number and what == "customers", named=name
            )
    columns = [found[p.column] for p in profiles] + extra
    blank: list[Cell] = [
        "",
        *sorted({c for p in profiles if p.kind not in ("text", "empty") for c in p.distinct if c in MISSING}),
    ]
    constants = Constants(event="Purchase") if purchases else Constants()
    if spoken:
        mails = reading.kind == "mbox"
        constants = Constants(event="E-mail" if mails else "Conversation", channel="e-mail" if mails else "")
    return ImportMap(what=what, reading=reading, columns=columns, constants=constants, blank=blank)


def _conversation(reading: Reading) -> dict[str, ColumnMap]:
    """What is known of columns that the reader itself made."""
    known: dict[str, Becomes] = {"text": "text", "said": "property", "seconds": "property"}
    if reading.kind == "mbox":
        known |= {"id": "key", "date": "date", "email": "email", "name": "name", "subject": "property", "thread": "property"}
    return {name: ColumnMap(column=name, becomes=becomes) for name, becomes in known.items() if name in reading.columns}


def _profile(sample: pa.Table, column: str) -> Profile:
    cells = pc.utf8_trim_whitespace(sample[column].combine_chunks())
    encoded = cells.dictionary_encode()
    distinct = tuple(value for value in encoded.dictionary.to_pylist() if value)
    filled = int(pc.sum(pc.greater(pc.utf8_length(cells), 0)).as_py() or 0)
    usual = [value for value in distinct if value not in MISSING][:2000]
    kind = "text"
    if not usual:
        kind = "empty"
    elif all(is_date(value) for value in usual):
        kind = "date"
    elif all(INTEGER.match(value) for value in usual):
        kind = "integer"
    elif all(is_number(value) for value in usual):
        kind = "number"
    longest = sum(len(value) for value in usual) / max(len(usual), 1)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    name = " ".join(re.split(r"[^\w]+|_", words.lower())).strip()
    return Profile(column, name, kind, distinct, filled, len(distinct) == filled, longest)


def _dates(profiles: list[Profile], found: dict[str, ColumnMap], what: What) -> None:
    if what == "customers":
        return
    dated = [p for p in profiles if p.kind == "date" and p.column not in found and "birth" not in p.name]
    dated.sort(key=lambda p: not re.search(r"date|time|created|at$|datum|when", p.name))
    for p in dated[:1]:
        orders = date_orders(list(p.distinct))
        order = next(iter(orders)) if needs_order(list(p.distinct)) and len(orders) == 1 else None
        found[p.column] = ColumnMap(column=p.column, becomes="date", format=order)  # type: ignore[arg-type]


def _people_and_names(profiles: list[Profile], found: dict[str, ColumnMap], what: What) -> list[ColumnMap]:
    """Columns known by their names; a second use of a column is returned apart."""
    extra: list[ColumnMap] = []
    for p in profiles:
        becomes: Becomes | None = next((key for key, pattern in NAMES.items() if re.fullmatch(pattern, p.name)), None)
        if not becomes and p.kind == "text" and p.distinct and all(EMAIL.match(value) for value in p.distinct[:200]):
            becomes = "email"
        if not becomes and re.fullmatch(PEOPLE, p.name) and _are_ids(p):
            becomes = "user_id"
        if what == "customers" and becomes in (
            "outcome",
            "event",
            "touchpoint",
            "channel",
            "programme",
            "metric",
            "handovers",
            "currency",
        ):
            continue
        if not becomes or p.column in found or p.kind == "date":
            continue
        if becomes in {column.becomes for column in found.values()} and becomes != "identifier":
            continue
        if becomes == "name" and p.kind == "text" and not any(" " in value for value in p.distinct[:500]):
            becomes = "user_id"  # a handle
        if becomes == "metric" and not {v.lower() for v in p.distinct} <= {
            "nps",
            "csat",
            "ces",
            "ces1",
            "rating",
            "emotion",
        }:
            continue
        column = ColumnMap(column=p.column, becomes=becomes)
        if becomes == "identifier":
            column.named = p.name.split()[0]
        if becomes == "event" and p.kind == "integer":
            column.prefix = "Activity "
            extra.append(ColumnMap(column=p.column, becomes="touchpoint", prefix="Activity "))
        found[p.column] = column
    return extra


def _scores(profiles: list[Profile], found: dict[str, ColumnMap], touchpoint_names: Sequence[str]) -> None:
    free = [p for p in profiles if p.column not in found]
    battery = [
        p
        for p in free
        if p.kind == "integer" and _span(p)[0] >= 0 and _span(p)[1] in (5, 7, 10) and len(p.distinct) >= 4
    ]
    top = max({_span(p)[1] for p in battery}, key=lambda high: sum(_span(p)[1] == high for p in battery), default=0)
    battery = [p for p in battery if _span(p)[1] == top]
    for p in free:
        column = (
            _named_score(p) or (_battery_score(p, top) if len(battery) >= 3 and p in battery else None) or _yes_no(p)
        )
        if column is not None:
            column.touchpoint = _known(column.touchpoint, touchpoint_names)
            found[p.column] = column


def _known(name: str, touchpoint_names: Sequence[str]) -> str:
    """The touchpoint that the catalogue has by this name, however it is spelt: “Inflight wifi service” is
    “In-flight wifi”.
    """

    def letters(text: str) -> str:
        return re.sub(r"[\W_]+", "", text.casefold())

    for spelling in (letters, lambda text: letters(text).removesuffix("service")):
        wanted = spelling(name)
        found = next((known for known in touchpoint_names if wanted and spelling(known) == wanted), None)
        if found:
            return found
    return name


def _are_ids(p: Profile) -> bool:
    """One word each, most with a digit in it; 0 and 1 alone are a yes or no."""
    values = [value for value in p.distinct if value not in MISSING][:500]
    words = all(" " not in value and "@" not in value and len(value) <= 64 for value in values)
    flag = len(values) <= 2 and all(value.isdecimal() for value in values)
    return words and not flag and sum(any(c.isdecimal() for c in value) for value in values) > len(values) / 2


def _named_score(p: Profile) -> ColumnMap | None:
    if p.kind not in ("integer", "number"):
        return None
    low, high = _span(p)
    patterns: tuple[tuple[str, Metric, tuple[int, int]], ...] = (
        (r"\bnps\b|recommend|promoter", "nps", (0, 10)),
        (r"\bces\b|effort|easy|ease of", "ces", (1, 7)),
        (r"\bcsat\b|satisf", "csat", (1, 5) if high <= 5 else (1, 7) if high <= 7 else (1, 10)),
        (r"\brating\b|\bstars?\b|note|bewertung", "rating", (1, 5) if high <= 5 else (1, 10)),
    )
    for pattern, metric, scale in patterns:
        if re.search(pattern, p.name) and _within(p, scale) >= 0.8 and high > 2:
            if metric == "ces" and high <= 5:
                return None  # on five points low may mean good or bad: only a person can say
            zero: list[Cell] = ["0"] if low == 0 and scale[0] == 1 else []
            return ColumnMap(column=p.column, becomes="score", metric=metric, scale=scale, not_applicable=zero)
    return None


def _battery_score(p: Profile, top: float) -> ColumnMap:
    low = _span(p)[0]
    scale = (0, 10) if top == 10 and low == 0 else (1, int(top))
    zero: list[Cell] = ["0"] if scale[0] == 1 else []
    return ColumnMap(
        column=p.column, becomes="score", metric="csat", scale=scale, not_applicable=zero, touchpoint=p.column
    )


def _yes_no(p: Profile) -> ColumnMap | None:
    words = {value.lower() for value in p.distinct if value not in MISSING}
    for yes, no in YES_NO:
        if words == {yes, no}:
            name = p.column.replace("_", " ").strip()
            touchpoint = f"Overall {name.lower()}" if "satisf" in name.lower() else name
            values = {yes: 1.0, no: 0.0}
            return ColumnMap(
                column=p.column,
                becomes="score",
                metric="csat",
                scale=(0, 1),
                values=values,
                touchpoint=touchpoint,
            )
    return None


def _texts(profiles: list[Profile], found: dict[str, ColumnMap]) -> None:
    scores = [column for column in found.values() if column.becomes == "score"]
    for p in profiles:
        wordy = p.kind == "text" and any(value.count(" ") >= 3 for value in p.distinct[:500])
        named = TEXTS.search(p.name) and not PLACES.search(p.name)
        if p.column not in found and wordy and (named or p.longest > 60):
            of = scores[0].column if len(scores) == 1 else ""
            found[p.column] = ColumnMap(column=p.column, becomes="text", of=of)
            if of:
                scores = []


def _quantities(profiles: list[Profile], found: dict[str, ColumnMap], *, headless: bool) -> None:
    for p in profiles:
        used = {column.becomes for column in found.values()}
        if p.column in found or p.kind not in ("integer", "number"):
            continue
        if "duration" not in used and DURATIONS.search(p.name):
            unit: DurationUnit = next(
                (u for u in ("milliseconds", "minutes", "hours", "days") if u.rstrip("s") in p.name),
                "seconds",
            )
            found[p.column] = ColumnMap(column=p.column, becomes="duration", unit=unit)
        elif "money" not in used and (MONEY.search(p.name) or (headless and p.kind == "number" and _cents(p))):
            found[p.column] = ColumnMap(column=p.column, becomes="money")
    if headless and not {column.becomes for column in found.values()} & {"user_id", "identifier"}:
        # Without names the first column that repeats and is no small count is taken for the customer.
        for p in profiles:
            if p.column not in found and p.kind in ("integer", "text") and not p.unique and len(p.distinct) > 20:
                found[p.column] = ColumnMap(column=p.column, becomes="user_id")
                return


def _keys(profiles: list[Profile], found: dict[str, ColumnMap], what: What) -> None:
    """A column of unique ids; rounded ones (5.7E+17) only look unique."""
    if what == "customers":
        people = [p for p in profiles if p.column not in found and p.unique and KEYS.search(p.name)]
        if people and not {column.becomes for column in found.values()} & {"user_id", "email"}:
            found[people[0].column] = ColumnMap(column=people[0].column, becomes="user_id")
        return
    for p in profiles:
        rounded = any(re.search(r"\d[eE]\+?\d", value) for value in p.distinct[:50])
        if p.column not in found and p.unique and p.filled > 1 and KEYS.search(p.name) and not rounded:
            found[p.column] = ColumnMap(column=p.column, becomes="key")
            return


def _span(p: Profile) -> tuple[float, float]:
    numbers = _numbers(p)
    return (min(numbers), max(numbers)) if numbers else (0, 0)


def _numbers(p: Profile) -> list[float]:
    """The different numbers of a column, without those that have thousands separators."""
    plain = [value.replace(",", ".") for value in p.distinct if value not in MISSING and is_number(value)]
    return [float(value) for value in plain if value.count(".") <= 1 and " " not in value]


def _within(p: Profile, scale: tuple[int, int]) -> float:
    """Share of the different numbers that lie on the scale, or one below it (0 for "not applicable")."""
    numbers = _numbers(p)
    return sum(scale[0] - 1 <= number <= scale[1] for number in numbers) / max(len(numbers), 1)


def _small(p: Profile) -> bool:
    return (
        _span(p)[0] >= 0
        and _span(p)[1] <= 1000
        and not any(value.startswith("0") and len(value) > 1 for value in p.distinct)
    )


def _cents(p: Profile) -> bool:
    return all(re.fullmatch(r"-?\d+[.,]\d{2}", value) for value in p.distinct[:500])
