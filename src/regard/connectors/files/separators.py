"""How lines of text split into columns, and whether the first line names them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass

from regard.connectors.files.reading import Question
from regard.connectors.files.values import is_date, is_number

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
HEADER_WORDS = re.compile(
    r"(?i)\b(id|name|date|time|timestamp|email|e-mail|mail|phone|comment|text|review|rating|score|label|city|country|"
    r"type|status|age|gender|value|amount|price|product|category|customer|user|kunde|datum|bewertung|kommentar|note|"
    r"client|avis|commentaire|fecha|cliente|comentario|feedback|answer|question|channel|region|store)\b"
)


@dataclass(frozen=True)
class Layout:
    """`separator` is one character, or a space for columns aligned with whitespace."""

    separator: str
    question: Question | None


def layout(text: str) -> Layout:
    """The separator under which the lines agree on a number of columns."""
    found = {separator: _agreement(text, separator) for separator in SEPARATORS}
    good = {separator: fit for separator, fit in found.items() if fit[0] >= 0.8 and fit[1] >= 2}
    aligned = _aligned(text)
    if not good:
        if aligned:
            return Layout(separator=" ", question=None)
        loose = max(found, key=lambda separator: found[separator][0] * (found[separator][1] > 1))
        return Layout(separator=loose if found[loose][1] > 1 else ",", question=None)
    best = max(good, key=lambda separator: (round(good[separator][0], 2), good[separator][1]))
    # A second separator under which every line agrees as well (decimal commas between semicolons, say).
    rivals = [
        separator
        for separator, fit in good.items()
        if separator != best and fit[0] >= good[best][0] - 0.02 and not _only_inside(text, separator, best)
    ]
    if not rivals:
        return Layout(separator=best, question=None)
    choices = (best, *rivals)
    names = " or ".join(SEPARATORS[separator] for separator in choices)
    reason = f"Every line splits into the same number of columns by {names}."
    return Layout(
        separator=best,
        question=Question(about="separator", choices=choices, chosen=best, reason=reason),
    )


def _agreement(text: str, separator: str) -> tuple[float, int]:
    """(share of rows that have the commonest number of columns, that number)."""
    rows = parse(text, separator)
    if not rows:
        return 0.0, 0
    (width, count), *_ = Counter(len(row) for row in rows).most_common(1)
    if len(rows[0]) != width:  # the header must agree too
        return 0.5 * count / len(rows), width
    return count / len(rows), width


def _only_inside(text: str, inner: str, outer: str) -> bool:
    """True when splitting by `inner` only cuts single cells of `outer` in two, at a comma within numbers or
    words."""
    rows = parse(text, outer)[:200]
    cells = [cell for row in rows for cell in row if inner in cell]
    return all(is_number(cell) or " " in cell.strip() for cell in cells)


def _aligned(text: str) -> bool:
    rows = [line.split() for line in text.splitlines() if line.strip()]
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    same = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
    # Prose of equal length is no table: some column must hold numbers or dates.
    return same >= 0.95 and any(is_number(cell) or is_date(cell) for cell in rows[-1])


def parse(text: str, separator: str, limit: int = 2000) -> list[list[str]]:
    """Rows of a sample; blank lines dropped."""
    if separator == " ":
        return [line.split() for line in text.splitlines() if line.strip()][:limit]
    rows = []
    csv.field_size_limit(1 << 30)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row in csv.reader((line + "\n" for line in lines), delimiter=separator):
        if row and (len(row) > 1 or row[0].strip()):
            rows.append(row)
        if len(rows) >= limit:
            break
    return rows


def header(rows: list[list[str]]) -> tuple[bool, Question | None]:
    """Does the first row name the columns? Certain when its cells differ in kind from those below."""
    first, rest = rows[0], rows[1:]
    if any(is_number(cell) or is_date(cell) for cell in first):
        # A header may hold years or item numbers; then the cells below are of another kind.
        numeric = [index for index, cell in enumerate(first) if is_number(cell) or is_date(cell)]
        below = [row[index] for row in rest for index in numeric if index < len(row) and row[index].strip()]
        names = sum(bool(HEADER_WORDS.search(cell)) for cell in first)
        if below and not any(is_number(cell) or is_date(cell) for cell in below):
            return True, None
        return names * 2 > len(first), None
    if any(HEADER_WORDS.search(cell.replace("_", " ")) and len(cell) < 40 for cell in first) or not rest:
        return True, None
    for index in range(len(first)):
        below = [row[index] for row in rest if index < len(row) and row[index].strip()]
        if below and sum(is_number(cell) or is_date(cell) for cell in below) > 0.8 * len(below):
            return True, None
    shown = ", ".join(first[:3])
    reason = f"All cells are words, so the first line ({shown}) may name the columns or be data."
    return True, Question(about="header", choices=("yes", "no"), chosen="yes", reason=reason)
