from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from regard.ledger.redaction.found import ANY, Piece, pieces
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope

#: The engine's candidates of one page; some of them turn out to be no card and no account.
_LOOKED_AT = 200
_ID = "concat(hex(id), '-', toString(part))"


@dataclass(frozen=True)
class Comment:
    """A text in which somebody wrote down personal data."""

    id: str
    at: datetime
    profile: int
    pieces: tuple[Piece, ...]


def comments_with_personal_data(scope: Scope, *, before: str = "") -> tuple[list[Comment], str]:
    """Newest first, and where to go on: "" at the end."""
    values: dict[str, object] = {"any": ANY, "limit": _LOOKED_AT + 1}
    after = ""
    if before.isdigit() and len(before) < 16:
        values["before"] = int(before)
        after = " and toUnixTimestamp64Milli(at) < {before:Int64}"
    rows = warehouse().select(
        scope,
        f"select {_ID}, at, profile, text, toUnixTimestamp64Milli(at) from ledger where $scope and text != '' and match(text, {{any:String}})"
        f"{after} order by at desc limit {{limit:UInt32}}",
        values,
    )
    found = [Comment(id, at, int(profile), tuple(pieces(text))) for id, at, profile, text, _ms in rows[:_LOOKED_AT]]
    following = str(int(rows[_LOOKED_AT - 1][4])) if len(rows) > _LOOKED_AT else ""
    return [one for one in found if any(piece.kind for piece in one.pieces)], following


@dataclass(frozen=True)
class Written:
    id: str
    inbox: int
    text: str


def texts_of(scope: Scope, ids: list[str]) -> list[Written]:
    rows = warehouse().select(
        scope,
        f"select {_ID} as place, inbox, text from ledger where $scope and text != '' and hex(id) in {{items:Array(String)}} "
        "and place in {ids:Array(String)}",
        {"ids": ids, "items": [id.partition("-")[0] for id in ids]},
    )
    return [Written(id, int(inbox), text) for id, inbox, text in rows]
