"""What single cells look like: numbers, dates, words. Used on samples, never on whole columns."""

from __future__ import annotations

import re

INTEGER = re.compile(r"[+-]?\d+$")
NUMBER_POINT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?\.?\d*([eE][+-]?\d+)?$")
NUMBER_COMMA = re.compile(r"[+-]?(\d{1,3}([. ]\d{3})+|\d+)?,\d+$")
DATE_YMD = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}([T ].*)?$")
DATE_COMPACT = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$")
DATE_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})([T ,].*)?$")
DATE_NAMED = re.compile(r"(\d{1,2}[-/. ]+[^\W\d]{3,9}\.?[-/., ]+(\d{4}|\d{2})|[^\W\d]{3,9}\.? \d{1,2},? \d{4})\b.*$")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+$")
PHONE = re.compile(r"\+?[\d ()/.-]{7,20}$")


def is_number(value: str) -> bool:
    """A number in either notation; a lone sign or separator is none."""
    value = value.strip()
    return any(c.isdigit() for c in value) and bool(NUMBER_POINT.match(value) or NUMBER_COMMA.match(value))


def is_date(value: str) -> bool:
    """A calendar date in a usual notation, with or without a time."""
    value = value.strip()
    numeric = DATE_NUMERIC.match(value)
    if numeric:
        first, second = int(numeric[1]), int(numeric[3])
        return min(first, second) >= 1 and max(first, second) <= 31 and min(first, second) <= 12
    return bool(DATE_YMD.match(value) or DATE_COMPACT.match(value) or DATE_NAMED.match(value))


def date_orders(values: list[str]) -> set[str]:
    """Which of day-first and month-first these cells allow: both, one, or neither (they contradict).

    Empty cells and dates that need no order (2024-05-01, 31-Jul-18) say nothing.
    """
    orders = {"dmy", "mdy"}
    for value in values:
        numeric = DATE_NUMERIC.match(value.strip())
        if numeric is None:
            continue
        if numeric[2] == "." or int(numeric[1]) > 12:  # dots are written day-first wherever they are used
            orders.discard("mdy")
        if numeric[2] != "." and int(numeric[3]) > 12:
            orders.discard("dmy")
    return orders


def needs_order(values: list[str]) -> bool:
    return any(DATE_NUMERIC.match(value.strip()) for value in values)


def decimals(values: list[str]) -> tuple[bool, bool, str]:
    """(some cell proves a comma, some cell proves a point, an example that could be either)."""
    comma = point = False
    either = ""
    for value in values:
        value = value.strip()
        if re.match(r"[+-]?\d{1,3}[.,]\d{3}$", value) and not re.match(r"[+-]?0[.,]", value):
            either = either or value
        elif re.match(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+$", value):
            comma = comma or not re.match(r"[+-]?\d{1,3}(,\d{3})+$", value)
        elif re.match(r"[+-]?(\d+|\d{1,3}(,\d{3})+)\.\d+([eE][+-]?\d+)?$", value):
            point = True
    return comma, point, either
