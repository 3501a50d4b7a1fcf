"""The segment editor's form: rows of fields ↔ a definition. What is typed is kept as it is until it makes sense."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from regard.customers.traits.models import Trait as Entry
from regard.segments.definition import (
    Agreed,
    Answered,
    BadDefinition,
    Did,
    Group,
    Known,
    Leaf,
    Member,
    Restrained,
    Sequence,
    Suppressed,
    Trait,
    Unit,
    What,
    leaves_of,
    read,
)

KINDS = {
    "trait": _("what we know"),
    "did": _("what they did"),
    "answered": _("what they answered"),
    "sequence": _("in what order"),
    "unit": _("where they are at home"),
    "known": _("how they are known"),
    "agreed": _("what they agreed to"),
    "suppressed": _("the suppression list"),
    "restrained": _("reasons not to contact them"),
    "member": _("another segment"),
}
TRAIT_OPS = {
    "is": _("is one of"), "is not": _("is none of"), "contains": _("contains"), "starts with": _("starts with"), "has": _("lists one of"),
    ">=": _("is at least"), "<=": _("is at most"), "=": _("is the number"), "before": _("is before"), "after": _("is after"),
    "last days": _("is in the last … days"), "known": _("is known"), "unknown": _("is not known"),
}  # fmt: skip
_ALWAYS = ("known", "unknown")
#: How values of a kind compare; a trait without a kind compares in every way.
_OPS_OF: dict[str, tuple[str, ...]] = {
    "text": ("is", "is not", "contains", "starts with", *_ALWAYS), "number": (">=", "<=", "=", *_ALWAYS), "money": (">=", "<=", "=", *_ALWAYS),
    "date": ("before", "after", "last days", *_ALWAYS), "boolean": ("is", *_ALWAYS), "choice": ("is", "is not", *_ALWAYS),
    "list": ("has", *_ALWAYS),
}  # fmt: skip
TIMES_OPS = {">=": _("at least"), "<=": _("at most"), "=": _("exactly")}
SCORE_OPS = {"<=": _("at most"), ">=": _("at least"), "=": _("exactly")}
SAYS = {"yes": _("has agreed to"), "no": _("has said no to"), "nothing": _("has said nothing of")}
LISTED = {"yes": _("is on"), "no": _("is not on")}
HELD = {"yes": _("There is"), "no": _("There is no")}
JOINS = {"all": _("all of these hold"), "any": _("any of these holds"), "none": _("none of these holds")}
MOST_GROUPS, MOST_ROWS = 10, 20
#: What a new row begins with.
_BEGUN: dict[str, dict[str, str]] = {
    "trait": {"op": "is"}, "did": {"op": ">=", "times": "1", "days": "90"}, "answered": {"which": "last", "metric": "nps", "op": "<=", "score": "6"},
    "sequence": {"within": "30"}, "unit": {}, "known": {"namespace": "email"}, "agreed": {"channel": "all", "says": "yes"},
    "suppressed": {"channel": "any", "says": "yes"}, "restrained": {"reason": "any", "channel": "any", "purpose": "any", "says": "yes"},
    "member": {},
}  # fmt: skip


@dataclass
class Row:
    kind: str
    fields: dict[str, str] = field(default_factory=dict)
    at: str = ""  # its place in the form, as its fields' names begin
    drop: str = ""
    #: Of a trait: how it can be compared, what can be chosen, and what its field takes.
    ops: dict[str, Any] = field(default_factory=lambda: dict(TRAIT_OPS))
    options: Iterable[str] = ()
    takes: str = "text"

    def _both(self, name: str) -> list[str]:
        return [self.fields.get(f"{start}-{name}", "") for start in ("first", "then")]

    @property
    def touched(self) -> list[str]:
        """Of a sequence: the first touchpoint and the one after."""
        return self._both("touchpoint")

    @property
    def channels(self) -> list[str]:
        return self._both("channel")

    @property
    def events(self) -> list[str]:
        return self._both("event")

    @property
    def outcomes(self) -> list[str]:
        return self._both("outcome")


@dataclass
class Rows:
    join: str = "all"
    rows: list[Row] = field(default_factory=list)
    at: str = ""
    number: str = ""


@dataclass
class Draft:
    join: str = "all"
    groups: list[Rows] = field(default_factory=lambda: [Rows()])

    @classmethod
    def begun(cls, group: Group | None) -> Draft | None:
        """The form of a definition; None for one that says more than the form can hold (deeper groups, several units, commas)."""
        if group is None or not group.of:
            return cls()
        flat = not any(isinstance(one, Group) for one in group.of)
        draft = cls("all" if flat else group.kind, [])
        for one in (group,) if flat else group.of:
            join, inside = (one.kind, one.of) if isinstance(one, Group) else ("all", (one,))
            draft.groups.append(Rows(join, [_row(leaf) for leaf in inside if not isinstance(leaf, Group)]))
        try:
            same = leaves_of(draft.definition()) == leaves_of(group)
        except BadDefinition:
            same = False
        return draft if same and all(len(_flat(one)) == len(_direct(one)) for one in group.of) else None

    @classmethod
    def posted(cls, post: QueryDict) -> Draft:
        """As it was filled in, and changed by the button that was pressed: `add` (group:kind), `drop` (group:row), `more`, `less`."""
        draft = cls(_one_of(post.get("join"), JOINS), [])
        for g in range(MOST_GROUPS):
            if f"g{g}" not in post:
                break
            rows = Rows(_one_of(post.get(f"g{g}"), JOINS))
            for r in range(MOST_ROWS):
                kind = post.get(f"g{g}r{r}", "")
                if kind not in KINDS:
                    break
                start = f"g{g}r{r}-"
                rows.rows.append(
                    Row(
                        kind,
                        {key[len(start) :]: str(value)[:1_000] for key, value in post.items() if key.startswith(start)},
                    )
                )
            draft.groups.append(rows)
        draft._press(post)
        return draft

    def _press(self, post: QueryDict) -> None:
        group, _colon, what = post.get("add", "").partition(":")
        if (
            what in KINDS
            and group.isdecimal()
            and int(group) < len(self.groups)
            and len(self.groups[int(group)].rows) < MOST_ROWS
        ):
            self.groups[int(group)].rows.append(Row(what, dict(_BEGUN[what])))
        group, _colon, row = post.get("drop", "").partition(":")
        if (
            group.isdecimal()
            and row.isdecimal()
            and int(group) < len(self.groups)
            and int(row) < len(self.groups[int(group)].rows)
        ):
            del self.groups[int(group)].rows[int(row)]
        less = post.get("less", "")
        if less.isdecimal() and int(less) < len(self.groups):
            del self.groups[int(less)]
        if "more" in post and len(self.groups) < MOST_GROUPS:
            self.groups.append(Rows())
        self.groups = self.groups or [Rows()]

    def knowing(self, catalogue: Mapping[str, Entry]) -> Draft:
        """With conditions on traits that have a kind as that kind compares."""
        for row in (row for group in self.groups for row in group.rows if row.kind == "trait"):
            if trait := catalogue.get(row.fields.get("name", "").strip()):
                _as_kind(row, trait)
        return self

    def placed(self) -> Draft:
        """With the names that its fields have on the page."""
        for g, group in enumerate(self.groups):
            group.at, group.number = f"g{g}", str(g)
            for r, row in enumerate(group.rows):
                row.at, row.drop = f"g{g}r{r}", f"{g}:{r}"
        return self

    def definition(self) -> Group:
        """Raises BadDefinition."""
        return read(
            {
                "kind": self.join,
                "of": [{"kind": g.join, "of": [_leaf(row) for row in g.rows]} for g in self.groups if g.rows],
            }
        )


def _as_kind(row: Row, trait: Entry) -> None:
    """What was chosen before the trait had its kind stays, and stands beside what its kind offers."""
    value, op = row.fields.get("value", ""), row.fields.get("op", "")
    row.ops = {one: TRAIT_OPS[one] for one in _OPS_OF[trait.kind]}
    if op not in row.ops and value:
        row.ops[op] = TRAIT_OPS.get(op, op)
    elif op not in row.ops:
        op = row.fields["op"] = next(iter(row.ops))
    if op == "last days" or op in (">=", "<=", "="):
        row.takes = "number"
    elif op in ("before", "after"):
        row.takes = "date"
    elif trait.kind == "boolean" and value in ("", "true", "false"):
        row.takes, row.fields["value"] = "boolean", value or "true"
    elif trait.kind == "choice":
        row.options = trait.options


def _flat(one: Leaf | Group) -> list[Leaf]:
    return leaves_of(one) if isinstance(one, Group) else [one]


def _direct(one: Leaf | Group) -> list[Leaf]:
    return [leaf for leaf in one.of if not isinstance(leaf, Group)] if isinstance(one, Group) else [one]


def _leaf(row: Row) -> dict[str, Any]:
    given = row.fields
    match row.kind:
        case "trait":
            values = [value.strip() for value in given.get("value", "").split(",") if value.strip()]
            return {"kind": "trait", "name": given.get("name", "").strip(), "op": given.get("op"), "values": values}
        case "did":
            told = {"kind": "did", "what": _what(given, ""), "op": given.get("op"), "times": given.get("times") or 1}
            return told | _number(given, "days")
        case "answered":
            said: dict[str, Any] = {name: given.get(name) or "" for name in ("metric", "op", "score", "which")}
            return said | {"kind": "answered"} | _number(given, "days") | _number(given, "touchpoint")
        case "sequence":
            told = {"kind": "sequence", "first": _what(given, "first-"), "then": _what(given, "then-")}
            return told | _number(given, "within") | _number(given, "days")
        case "unit":
            return {"kind": "unit", "units": [given["unit"]] if given.get("unit") else []}
        case "known":
            return {"kind": "known", "namespace": given.get("namespace", "").strip()}
        case "agreed":
            return {"kind": "agreed"} | {name: given.get(name, "") for name in ("purpose", "channel", "says")}
        case "suppressed":
            return {"kind": "suppressed"} | {name: given.get(name, "") for name in ("channel", "says")}
        case "restrained":
            return {"kind": "restrained"} | {
                name: given.get(name, "") for name in ("reason", "channel", "purpose", "says")
            }
        case _:
            return {"kind": "member"} | _number(given, "segment")


def _what(given: Mapping[str, str], start: str) -> dict[str, Any]:
    texts = {name: given.get(f"{start}{name}", "").strip() for name in ("channel", "outcome", "event")}
    return {name: text for name, text in texts.items() if text} | _number(
        {"touchpoint": given.get(f"{start}touchpoint", "")}, "touchpoint"
    )


def _number(given: Mapping[str, str], name: str) -> dict[str, Any]:
    return {name: given[name].strip()} if given.get(name, "").strip() else {}


def _row(leaf: Leaf) -> Row:
    match leaf:
        case Trait():
            return Row("trait", {"name": leaf.name, "op": leaf.op, "value": ", ".join(leaf.values)})
        case Did():
            return Row(
                "did", {**_filled(leaf.what, ""), "op": leaf.op, "times": str(leaf.times), "days": str(leaf.days or "")}
            )
        case Answered():
            return Row(
                "answered",
                {"metric": leaf.metric, "op": leaf.op, "score": f"{leaf.score:g}", "which": leaf.which, "days": str(leaf.days or ""),
                 "touchpoint": "" if leaf.touchpoint is None else str(leaf.touchpoint)},
            )  # fmt: skip
        case Sequence():
            both = _filled(leaf.first, "first-") | _filled(leaf.then, "then-")
            return Row("sequence", {**both, "within": str(leaf.within), "days": str(leaf.days or "")})
        case Unit():
            return Row("unit", {"unit": str(leaf.units[0])})
        case Known():
            return Row("known", {"namespace": leaf.namespace})
        case Agreed():
            return Row("agreed", {"purpose": leaf.purpose, "channel": leaf.channel, "says": leaf.says})
        case Suppressed():
            return Row("suppressed", {"channel": leaf.channel, "says": leaf.says})
        case Restrained():
            return Row(
                "restrained",
                {"reason": leaf.reason, "channel": leaf.channel, "purpose": leaf.purpose, "says": leaf.says},
            )
        case Member():
            return Row("member", {"segment": str(leaf.segment)})


def _filled(what: What, start: str) -> dict[str, str]:
    touchpoint = "" if what.touchpoint is None else str(what.touchpoint)
    return {
        f"{start}touchpoint": touchpoint,
        f"{start}channel": what.channel,
        f"{start}outcome": what.outcome,
        f"{start}event": what.event,
    }


def _one_of(value: str | None, choices: Mapping[str, object]) -> str:
    return value if value is not None and value in choices else next(iter(choices))
