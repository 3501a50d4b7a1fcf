"""The mapping step: events that nobody has placed yet get their touchpoint and what the rule reads from their properties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.ledger.mapping.rules import MOST_MONEY, SECONDS_IN, Rule, as_number, as_text, read
from regard.ledger.record.columns import ROWS

_properties = msgspec.json.Decoder(dict[str, Any])
_READ = ("channel", "outcome", "duration", "money", "currency", "handovers", "unit", "kind", "metric", "score", "text")


def map_events(rows: pa.Table, rules: Sequence[Rule]) -> tuple[pa.Table, np.ndarray]:
    """Returns the rows with what the rules read, and for each row the touchpoint's id (0: unmapped)."""
    placed = np.zeros(rows.num_rows, np.uint32)
    if not rules or not rows.num_rows:
        return rows, placed
    mine = pc.and_(pc.equal(rows.column("kind"), "interaction"), pc.is_null(rows.column("touchpoint")))
    events = pc.if_else(mine, rows.column("event"), None).combine_chunks().dictionary_encode()
    codes = events.indices.to_numpy(zero_copy_only=False)
    changed: dict[str, dict[int, Any]] = {name: {} for name in (*_READ, "scale_low", "scale_high")}
    properties = rows.column("properties")
    for code, event in enumerate(events.dictionary.to_pylist()):
        fitting = [rule for rule in rules if rule.fits(event)]
        if not fitting:
            continue
        where = np.flatnonzero(codes == code)
        if not fitting[0].reads:
            placed[where] = fitting[0].touchpoint
            for name, value in (("channel", fitting[0].channel), ("outcome", fitting[0].outcome)):
                if value:
                    changed[name].update(dict.fromkeys(where.tolist(), value))
            continue
        for place, text in zip(where.tolist(), properties.take(pa.array(where)).to_pylist(), strict=True):
            opened = _open(text)
            rule = next((rule for rule in fitting if all(condition.holds(opened) for condition in rule.when)), None)
            if rule:
                placed[place] = rule.touchpoint
                _read_into(changed, place, rule, opened)
    return _with(rows, changed), placed


def _open(text: str | None) -> dict[str, Any]:
    try:
        return _properties.decode(text) if text else {}
    except (msgspec.MsgspecError, RecursionError):
        return {}


def _read_into(changed: dict[str, dict[int, Any]], place: int, rule: Rule, properties: dict[str, Any]) -> None:
    def text(name: str, constant: str, property: str) -> None:
        found = read(properties, property) if property else None
        value = as_text(found)[:200] if found not in (None, "") else constant
        if value:
            changed[name][place] = value

    text("channel", rule.channel, rule.channel_property)
    text("outcome", rule.outcome, rule.outcome_property)
    text("currency", rule.currency, rule.currency_property)
    text("unit", "", rule.unit_property)
    duration = as_number(read(properties, rule.duration_property)) if rule.duration_property else None
    if duration is not None and duration >= 0:
        changed["duration"][place] = duration * SECONDS_IN[rule.duration_unit]
    money = as_number(read(properties, rule.money_property)) if rule.money_property else None
    if money is not None and abs(money) < MOST_MONEY:
        changed["money"][place] = money
    handovers = as_number(read(properties, rule.handovers_property)) if rule.handovers_property else None
    if handovers is not None and 0 <= handovers < 65_536:
        changed["handovers"][place] = int(handovers)
    score = as_number(read(properties, rule.score_property)) if rule.score_property else None
    if rule.metric and score is not None and rule.scale_low <= score <= rule.scale_high:
        changed["kind"][place] = "answer"
        changed["metric"][place] = rule.metric
        changed["score"][place] = score
        changed["scale_low"][place], changed["scale_high"][place] = rule.scale_low, rule.scale_high
        text("text", "", rule.text_property)


def _with(rows: pa.Table, changed: dict[str, dict[int, Any]]) -> pa.Table:
    for name, values in changed.items():
        if not values:
            continue
        places = np.fromiter(values, np.int64, len(values))
        mask = np.zeros(rows.num_rows, bool)
        mask[places] = True
        kind = ROWS.field(name).type
        new = pa.array([values[place] for place in sorted(values)], kind)
        column = pc.replace_with_mask(rows.column(name).combine_chunks(), pa.array(mask), new)
        rows = rows.set_column(ROWS.get_field_index(name), ROWS.field(name), column)
    return rows
