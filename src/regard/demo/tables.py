"""The simulation as files would hold it: Arrow tables of text, a row an interaction, response or customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.connectors.files.rows import ROW
from regard.demo.answers import Responses
from regard.demo.history import ALL, CALL_OUTCOMES, CODE, History
from regard.demo.places import REGIONS
from regard.demo.population import AGES, LANGUAGES, PLANS, Integers, Population
from regard.demo.truths import DAYS_IN_MONTH, MONTHS, Floats

UNITS = tuple(name for region in REGIONS for name in (region.name, region.centre, *region.stores))
ANSWERED_BY = {"Self-service app": "mobile", "Support call": "SMS", "Chat": "chat", "Store visit": "SMS"}


def customers(people: Population, now: datetime) -> pa.Table:
    codes = {code: LANGUAGES[code] for code in range(len(LANGUAGES))}
    mails = [
        f"{name.lower().replace(' ', '.')}.{number}@example.com" for number, name in enumerate(people.names, start=1)
    ]
    return numbered(
        {
            "customer": ids(np.arange(len(people))),
            "name": pa.array(people.names),
            "email": pa.array(mails),
            "phone": pa.array([f"+336{number:08d}" for number in range(10_000_000, 10_000_000 + len(people))]),
            "home store": words(_store(people, np.arange(len(people))), UNITS),
            "language": words(people.language, tuple(codes.values())),
            "plan": words(people.plan, PLANS),
            "age group": words(people.age, AGES),
            "region": words(people.region, tuple(region.name for region in REGIONS)),
            "customer since": pc.utf8_slice_codeunits(dates(people.joined, now), 0, 10),
            "status": pa.array(np.where(people.left < MONTHS, "left", "active").astype(object), pa.string()),
        }
    )


def interactions(history: History, people: Population, now: datetime) -> pa.Table:
    kind = history.kind
    amount = texts(history.money)
    unusual = np.where(history.shock & (kind == CODE["Bill"]), "yes", "")
    return numbered(
        {
            "date": dates(history.when, now),
            "customer": ids(history.customer),
            "touchpoint": words(kind, tuple(k.touchpoint for k in ALL)),
            "event": words(kind, tuple(k.event for k in ALL)),
            "channel": _nested(kind, history.channel, [k.channels for k in ALL]),
            "outcome": _nested(kind, history.outcome, [_outcomes(code) for code in range(len(ALL))]),
            "seconds": texts(history.seconds),
            "amount": amount,
            "handovers": pa.array(np.where(history.handovers < 0, "", history.handovers.astype(str)), pa.string()),
            "unit": words(where(kind, history.customer, people, history.region), UNITS),
            "plan": words(people.plan[history.customer], PLANS),
            "conversation": _conversations(history.matter),
            "far above usual": pa.array(unusual, pa.string()),
        }
    )


def responses(given: Responses, people: Population, comment: Sequence[str], now: datetime) -> pa.Table:
    """One row a response; `score` is of the programme's metric, `nps` of a second question beside it."""
    size = len(given.score)
    programme = given.programme
    kind = np.full(size, CODE[programme.touchpoint]) if programme.touchpoint else np.full(size, -1)
    recent = np.where(given.shock, "far above usual", "as usual")
    return pa.table(
        {
            "date": dates(given.when, now),
            "customer": ids(given.customer),
            "programme": _same(programme.name, size),
            "touchpoint": _same(programme.touchpoint, size),
            "channel": _same(ANSWERED_BY.get(programme.touchpoint, "e-mail"), size),
            "unit": words(where(kind, given.customer, people), UNITS),
            "score": pa.array(given.score.astype(str), pa.string()),
            "nps": pa.array(np.where(given.second < 0, "", given.second.astype(str)), pa.string()),
            "comment": pa.array(comment, pa.string()),
            "language": words(people.language[given.customer], LANGUAGES),
            "plan": words(people.plan[given.customer], PLANS),
            "last bill": pa.array(recent, pa.string()),
        }
    )


def numbered(columns: dict[str, pa.Array]) -> pa.Table:
    """The table with its row numbers, as a file's chunks have them."""
    table = pa.table(columns)
    return table.append_column(ROW, pa.array(np.arange(1, table.num_rows + 1), pa.uint32()))


def dates(when: Floats, now: datetime) -> pa.Array:
    """Months from the beginning → ISO moments in UTC. The beginning lies 18 months before now."""
    milliseconds = np.round((when - MONTHS) * DAYS_IN_MONTH * 86_400_000).astype("m8[ms]")
    moment = np.datetime64(int(now.timestamp() * 1000), "ms") + milliseconds
    return pc.cast(pa.array(moment, pa.timestamp("ms", "UTC")), pa.string())


def ids(customer: Integers) -> pa.Array:
    return pa.array(np.char.add("HM-", np.char.zfill((customer + 1).astype(str), 6)), pa.string())


def words(codes: Integers, names: Sequence[str]) -> pa.Array:
    return pa.array(list(names), pa.string()).take(pa.array(codes))


def texts(numbers: Floats) -> pa.Array:
    """Numbers as a file writes them; NaN is blank."""
    return pc.cast(pa.array(numbers, from_pandas=True), pa.string())


def where(kind: Integers, customer: Integers, people: Population, at: Integers | None = None) -> Integers:
    """The unit where it happened: a contact centre, a store, else the customer's region. As places in
    UNITS. `at`: the region whose contact centre it was, −1 for the customer's own.
    """
    regions = np.array([UNITS.index(region.name) for region in REGIONS])
    centres = np.array([UNITS.index(region.centre) for region in REGIONS])
    at_centre = [code for code, k in enumerate(ALL) if k.place == "centre"]
    at_store = [code for code, k in enumerate(ALL) if k.place == "store"]
    region = people.region[customer]
    return np.select(
        [np.isin(kind, at_centre), np.isin(kind, at_store)],
        [centres[region if at is None else np.where(at < 0, region, at)], _store(people, customer)],
        regions[region],
    )


def _store(people: Population, customer: Integers) -> Integers:
    first = np.array([UNITS.index(region.stores[0]) for region in REGIONS])
    return first[people.region[customer]] + people.store[customer]


def _outcomes(code: int) -> tuple[str, ...]:
    return CALL_OUTCOMES if ALL[code].touchpoint == "Support call" else ALL[code].outcomes


def _nested(kind: Integers, code: Integers, choices: list[tuple[str, ...]]) -> pa.Array:
    """The word of each row among those of its kind; blank for −1."""
    offsets = np.cumsum([0, *(len(names) for names in choices)])[:-1]
    flat = [*(name for names in choices for name in names), ""]
    return words(np.where(code < 0, len(flat) - 1, offsets[kind] + code), flat)


def _conversations(matter: Integers) -> pa.Array:
    """Named as a chat system names them; blank for what is none."""
    named, found = matter >= 0, np.full(len(matter), "", object)
    if named.any():
        found[named] = np.char.add("C-", np.char.zfill(matter[named].astype(str), 6))
    return pa.array(found, pa.string())


def _same(value: str, size: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), size)
