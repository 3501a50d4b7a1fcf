"""What a number can be broken down by, and filtered on: one entry each. Names given by users are values, never SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.customers.accounts.models import below
from regard.customers.accounts.queries import names as account_names
from regard.ledger.touchpoints.models import Stage, Touchpoint
from regard.metrics.period import BadQuery
from regard.workspace.units.models import branches

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

UNMAPPED = gettext_lazy("unmapped")


@dataclass
class Names:
    """The workspace's touchpoints and units by id, read once for each query."""

    workspace: int
    touchpoints: dict[int, tuple[str, str, str]] = field(default_factory=dict)  # id → name, stage, function
    units: dict[int, tuple[str, tuple[int, ...]]] = field(default_factory=dict)  # id → name, path
    _accounts: dict[int, str] | None = None

    @classmethod
    def of(cls, workspace: int) -> Names:
        rows = Touchpoint.objects.filter(workspace_id=workspace).values_list("id", "name", "stage", "function")
        return cls(
            workspace,
            {id: (name, stage, function) for id, name, stage, function in rows},
            {branch.id: (branch.name, branch.path) for branch in branches(workspace)},
        )

    def touchpoint(self, id: int) -> str:
        return self.touchpoints[id][0] if id in self.touchpoints else str(UNMAPPED)

    @property
    def accounts(self) -> dict[int, str]:
        """Read when they are first asked for: there may be many."""
        if self._accounts is None:
            self._accounts = account_names(self.workspace)
        return self._accounts

    def unit(self, id: int) -> str:
        return self.units[id][0] if id in self.units else _("unknown unit")


@dataclass(frozen=True)
class Expression:
    """A piece of SQL over `ledger`, or over the mirror's `people`, with the values it binds.

    `read` is what becomes of what `people` gives beside a row of the ledger: `{}` stands for it.
    """

    sql: str
    values: Mapping[str, object] = field(default_factory=dict)
    of_people: bool = False
    read: str = "{}"


@dataclass(frozen=True)
class Dimension:
    name: str
    title: StrOrPromise
    expression: Callable[[Names, str, str], Expression]  # names, argument ("" or the trait's name), time zone
    label: Callable[[Names, object], str] = lambda names, value: str(value)
    #: Names that a filter takes → values of the expression. Without it the text itself is compared.
    values: Callable[[Names, Sequence[str]], list[object]] | None = None
    takes_argument: bool = False
    #: The title with an argument in it, where it does not simply follow.
    named: StrOrPromise = ""
    is_time: bool = False
    #: ClickHouse's type of the expression.
    type: str = "String"


def _column(name: str) -> Callable[[Names, str, str], Expression]:
    return lambda names, argument, zone: Expression(name)


def _of_touchpoint(place: int) -> Callable[[Names, str, str], Expression]:
    key = {1: "stage", 2: "function"}[place]

    def expression(names: Names, argument: str, zone: str) -> Expression:
        ids, values = list(names.touchpoints), [found[place] for found in names.touchpoints.values()]
        sql = f"transform(touchpoint, {{{key}_ids:Array(UInt32)}}, {{{key}_values:Array(String)}}, '')"
        return Expression(sql, {f"{key}_ids": ids, f"{key}_values": values})

    return expression


def _region(names: Names, argument: str, zone: str) -> Expression:
    ids = list(names.units)
    tops = [path[1] if len(path) > 1 else path[0] for _, path in names.units.values()]
    return Expression(
        "transform(unit, {region_ids:Array(UInt32)}, {region_tops:Array(UInt32)}, toUInt32(0))",
        {"region_ids": ids, "region_tops": tops},
    )


def _trait(names: Names, argument: str, zone: str) -> Expression:
    return Expression("traits[{trait:String}]", {"trait": argument}, of_people=True)


def _trait_then(names: Names, argument: str, zone: str) -> Expression:
    """As it was believed when the row happened; nothing before anybody had said so."""
    then = "arrayLast(step -> step.1 <= toUnixTimestamp64Milli(at), {}).2"
    return Expression("then[{trait:String}]", {"trait": argument}, of_people=True, read=then)


def _property(names: Names, argument: str, zone: str) -> Expression:
    return Expression("props[{property:String}]", {"property": argument})


def _start_of(function: str, *more: str) -> Callable[[Names, str, str], Expression]:
    extra = "".join(f", {part}" for part in more)
    return lambda names, argument, zone: Expression(f"toDate({function}(at{extra}, {{zone:String}}))", {"zone": zone})


def _touchpoint_ids(names: Names, given: Sequence[str]) -> list[object]:
    by_name = {name.casefold(): id for id, (name, _, _) in names.touchpoints.items()}
    unmapped = {"unmapped", "no touchpoint", str(UNMAPPED).casefold(), _("no touchpoint").casefold()}
    found: list[object] = []
    for text in given:
        if text.strip().casefold() in unmapped:
            found.append(0)
        elif text.strip().casefold() in by_name:
            found.append(by_name[text.strip().casefold()])
        else:
            raise BadQuery(_("There is no touchpoint “%(name)s”.") % {"name": text[:80]}, "touchpoint")
    return found


def _unit_ids(names: Names, given: Sequence[str]) -> list[object]:
    """A unit stands for itself and everything below it."""
    found: list[object] = []
    for text in given:
        match = next((id for id, (name, _) in names.units.items() if name.casefold() == text.strip().casefold()), None)
        if match is None:
            raise BadQuery(_("There is no unit “%(name)s”.") % {"name": text[:80]}, "unit")
        found += [id for id, (_, path) in names.units.items() if match in path]
    return found


def _account_ids(names: Names, given: Sequence[str]) -> list[object]:
    """An account, by its name or as #id, stands for itself and all that is part of it."""
    chosen: list[int] = []
    for text in given:
        wanted = text.strip().casefold()
        found = [id for id, name in names.accounts.items() if wanted in (name.casefold(), f"#{id}")]
        if wanted == _("no account").casefold():
            chosen.append(0)
        elif not found:
            raise BadQuery(_("There is no account “%(name)s”.") % {"name": text[:80]}, "account")
        chosen += found
    return [*(id for id in chosen if id == 0), *below(names.workspace, *chosen)]


def _stage_label(names: Names, value: object) -> str:
    return str(Stage(value).label) if value in Stage.values else str(value or UNMAPPED)


def _or(none: str) -> Callable[[Names, object], str]:
    return lambda names, value: str(value) if value != "" else _(none)


def _day_label(names: Names, value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


_NONE_SAID = "not said"

DIMENSIONS: dict[str, Dimension] = {
    dimension.name: dimension
    for dimension in (
        Dimension(
            "touchpoint",
            gettext_lazy("touchpoint"),
            _column("touchpoint"),
            lambda n, v: n.touchpoint(int(str(v))),
            _touchpoint_ids,
            type="UInt32",
        ),
        Dimension("stage", gettext_lazy("lifecycle stage"), _of_touchpoint(1), _stage_label),
        Dimension("function", gettext_lazy("function"), _of_touchpoint(2), _or(_NONE_SAID)),
        Dimension("channel", gettext_lazy("channel"), _column("channel"), _or(_NONE_SAID)),
        Dimension(
            "unit", gettext_lazy("unit"), _column("unit"), lambda n, v: n.unit(int(str(v))), _unit_ids, type="UInt32"
        ),
        Dimension(
            "region", gettext_lazy("region"), _region, lambda n, v: n.unit(int(str(v))), _unit_ids, type="UInt32"
        ),
        Dimension("event", gettext_lazy("event"), _column("event"), _or(_NONE_SAID)),
        Dimension("outcome", gettext_lazy("outcome"), _column("outcome"), _or(_NONE_SAID)),
        Dimension("language", gettext_lazy("language"), _column("language"), _or(_NONE_SAID)),
        Dimension("programme", gettext_lazy("programme"), _column("programme"), _or(_NONE_SAID)),
        Dimension("trait", gettext_lazy("trait"), _trait, _or(_NONE_SAID), takes_argument=True),
        Dimension(
            "trait_then",
            gettext_lazy("trait at the time"),
            _trait_then,
            _or(_NONE_SAID),
            takes_argument=True,
            named=gettext_lazy("trait “%(name)s” at the time"),
        ),
        Dimension(
            "account",
            gettext_lazy("account"),
            lambda names, argument, zone: Expression("account", of_people=True),
            lambda n, v: n.accounts.get(int(str(v)), _("no account")),
            _account_ids,
            type="UInt32",
        ),
        Dimension("property", gettext_lazy("property"), _property, _or(_NONE_SAID), takes_argument=True),
        Dimension("day", gettext_lazy("day"), _start_of("toStartOfDay"), _day_label, is_time=True, type="Date"),
        Dimension("week", gettext_lazy("week"), _start_of("toStartOfWeek", "1"), _day_label, is_time=True, type="Date"),
        Dimension("month", gettext_lazy("month"), _start_of("toStartOfMonth"), _day_label, is_time=True, type="Date"),
        Dimension(
            "quarter", gettext_lazy("quarter"), _start_of("toStartOfQuarter"), _day_label, is_time=True, type="Date"
        ),
    )
}


@dataclass(frozen=True)
class By:
    """A dimension as chosen: `trait:plan` is the dimension trait with the argument plan."""

    dimension: Dimension
    argument: str = ""

    @property
    def name(self) -> str:
        return f"{self.dimension.name}:{self.argument}" if self.argument else self.dimension.name

    @property
    def title(self) -> str:
        if self.argument and self.dimension.named:
            return str(self.dimension.named) % {"name": self.argument}
        return f"{self.dimension.title} “{self.argument}”" if self.argument else str(self.dimension.title)


def read_by(text: str, *, field: str = "by") -> By:
    """`channel`, `trait:plan`, `property:device`. Raises BadQuery."""
    name, _colon, argument = text.strip().partition(":")
    dimension = DIMENSIONS.get(name)
    if dimension is None:
        raise BadQuery(
            _("“%(text)s” is not something to break down by. Choose one of: %(names)s.")
            % {"text": name[:60], "names": ", ".join(DIMENSIONS)},
            field,
        )
    if dimension.takes_argument != bool(argument.strip()):
        example = f"{name}:plan" if dimension.takes_argument else name
        raise BadQuery(_("Write it as %(example)s.") % {"example": example}, field)
    return By(dimension, argument.strip()[:200])
