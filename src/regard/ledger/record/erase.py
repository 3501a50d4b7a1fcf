"""Taking customers out of the ledger in ClickHouse, for good: deletes that are done on disk, not merely hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from django.conf import settings

from regard.customers.privacy.needles import Needles
from regard.customers.privacy.registry import Taken
from regard.ledger.ddl import LEDGER
from regard.ledger.inbox.strike import GONE
from regard.warehouse import warehouse

_SAME = (
    "kind, part, version, touchpoint, event, channel, outcome, duration, money, currency, handovers, unit, placed, metric, scale_low, "
    "scale_high, score, language, programme, source"
)
_NOBODYS = f"""
insert into ledger (workspace, profile, at, id, text, response, inbox, received, properties, {_SAME})
select workspace, 0, toStartOfHour(at), sipHash128(concat(id, {{salt:String}})), '',
    if(response = toFixedString('', 16), response, sipHash128(concat(response, {{salt:String}}))), 0, toStartOfHour(received), '', {_SAME}
from ledger where workspace = {{workspace:UInt32}} and profile in {{profiles:Array(UInt64)}} and toYYYYMM(at) = {{month:UInt32}}
"""
_THEIRS = "workspace = {workspace:UInt32} and profile in {profiles:Array(UInt64)}"


def erase_rows(taken: Taken) -> int:
    """Their rows go, or become nobody's: without text and properties, at the hour, known by another id. Returns how many."""
    values = {"workspace": taken.workspace, "profiles": list(taken.profiles)}
    ((count,),) = warehouse().unscoped(f"select count() from ledger where {_THEIRS}", values)
    if count and taken.anonymise:
        months = warehouse().unscoped(f"select distinct toYYYYMM(at) from ledger where {_THEIRS}", values)
        for (month,) in sorted(months):
            # One partition an insert, under a token: the same again after a crash changes nothing.
            warehouse().execute(
                f"{_NOBODYS} settings insert_deduplication_token = '{taken.salt}-{month}'",
                {**values, "salt": taken.salt, "month": month},
            )
    warehouse().change(LEDGER, "delete", _THEIRS, values)
    _replace_words(taken.workspace, taken.needles)
    # What corrections only hid goes as well.
    warehouse().execute(
        f"alter table {LEDGER.local(settings.LEDGER_CLUSTER)} apply deleted mask settings mutations_sync = 2"
    )
    return int(count)


def _replace_words(workspace: int, needles: Needles) -> None:
    """Where somebody else's rows name them."""
    if not needles.plain:
        return
    values: dict[str, object] = {"workspace": workspace, "all": needles.re2}
    where = "workspace = {workspace:UInt32} and (match(text, {all:String}) or match(properties, {all:String}))"
    words, numbers = needles.parted()
    text, properties = "text", "properties"
    if words.plain:
        values["words"] = words.re2
        text = f"replaceRegexpAll({text}, {{words:String}}, '{GONE}')"
        properties = f"replaceRegexpAll({properties}, {{words:String}}, '{GONE}')"
    if numbers.plain:  # a number in JSON stays one
        values["numbers"] = numbers.re2
        text = f"replaceRegexpAll({text}, {{numbers:String}}, '{GONE}')"
        properties = f"replaceRegexpAll({properties}, {{numbers:String}}, '0')"
    warehouse().change(LEDGER, f"update text = {text}, properties = {properties}", where, values)


def reword(workspace: int, texts: Mapping[str, str]) -> None:
    """Give rows (by `hex(id)-part`) another text, on disk too."""
    warehouse().execute(
        f"alter table {LEDGER.local(settings.LEDGER_CLUSTER)} update text = "
        "transform(concat(hex(id), '-', toString(part)), {ids:Array(String)}, {texts:Array(String)}, text) "
        "where workspace = {workspace:UInt32} and concat(hex(id), '-', toString(part)) in {ids:Array(String)} settings mutations_sync = 2",
        {"workspace": workspace, "ids": list(texts), "texts": list(texts.values())},
    )


_OLDER = "workspace = {workspace:UInt32} and kind = {kind:String} and at < {before:DateTime64(3, 'UTC')}"


def remove_older_than(workspace: int, kind: str, before: datetime) -> int:
    """Rows of a kind that have been kept long enough. Returns how many."""
    return _older(workspace, kind, before, where=_OLDER, act="delete")


def silence_older_than(workspace: int, before: datetime) -> int:
    """What was written with answers and said in conversations, once it has been kept long enough; the scores stay."""
    said = f"{_OLDER} and text != ''"
    return sum(_older(workspace, kind, before, where=said, act="update text = ''") for kind in ("answer", "interaction"))


def _older(workspace: int, kind: str, before: datetime, *, where: str, act: str) -> int:
    moment = before.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return warehouse().change(LEDGER, act, where, {"workspace": workspace, "kind": kind, "before": moment})


def still_there(taken: Taken) -> int:
    """Rows of any table of the engine that are still theirs or name them, hidden ones included."""
    return sum(_hits(table, columns, taken) for table, columns in _tables().items())


def _tables() -> dict[str, list[tuple[str, str]]]:
    """Tables that belong to workspaces, with their columns and types."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, name, type in warehouse().unscoped(
        "select table, name, type from system.columns where database = currentDatabase() order by table, position"
    ):
        found.setdefault(table, []).append((name, type))
    return {
        table: columns
        for table, columns in found.items()
        if any(name == "workspace" for name, _ in columns) and not table.endswith("_local")
    }


def _hits(table: str, columns: Iterable[tuple[str, str]], taken: Taken) -> int:
    """The names come from the engine's own catalogue."""
    conditions = _whose(columns)
    values: dict[str, object] = {"workspace": taken.workspace, "profiles": list(taken.profiles)}
    if taken.needles.plain:
        values["needles"] = taken.needles.re2
        conditions += [
            f"match(toString(`{name}`), {{needles:String}})"
            for name, type in columns
            if "String" in type and not type.startswith("FixedString")
        ]
    if not conditions:
        return 0
    # Only tables that have a mask of deleted rows take the setting; others ignore it.
    ((count,),) = warehouse().unscoped(
        f"select count() from `{table}` where workspace = {{workspace:UInt32}} and ({' or '.join(conditions)}) "
        "settings apply_deleted_mask = 0",
        values,
    )
    return int(count)


def _whose(columns: Iterable[tuple[str, str]]) -> list[str]:
    names: Sequence[str] = [name for name, _ in columns]
    return [f"`{name}` in {{profiles:Array(UInt64)}}" for name in ("profile", "customer") if name in names]


def on_disk() -> int:
    """Parts that nothing reads any more and that the engine has not thrown away yet."""
    ((count,),) = warehouse().unscoped(
        "select count() from system.parts where database = currentDatabase() and not active"
    )
    return int(count)
