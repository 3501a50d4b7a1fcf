"""Reading computed traits: which there are, what customers have of them, and what a definition would come out at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max

from regard.customers.people.slots import Worked
from regard.customers.traits.models import Trait
from regard.ledger.inbox.models import Batch
from regard.ledger.touchpoints.models import Touchpoint
from regard.segments.compile import Statement
from regard.segments.computed.compile import compile
from regard.segments.computed.definition import Definition, Type, type_of
from regard.segments.computed.ground import Ground
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.table import Column
from regard.segments.computed.words import channel_title, formula, parsed, told
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.workspaces.models import Workspace

_EPOCH = date(1970, 1, 1)
_COMMONEST = 5


def in_force(workspace: int) -> dict[str, Column]:
    """By name, where readers find the values of each."""
    return {trait.name: trait.column for trait in ComputedTrait.objects.filter(workspace_id=workspace)}


def names(workspace: int) -> list[str]:
    return list(ComputedTrait.objects.filter(workspace_id=workspace).values_list("name", flat=True))


def kinds(workspace: int) -> dict[str, Trait]:
    """As entries of the catalogue of traits: what an editor needs to know of how they compare."""
    found = ComputedTrait.objects.filter(workspace_id=workspace)
    return {one.name: Trait(workspace_id=workspace, name=one.name, kind=type_of(one.measure)) for one in found}


def some(workspace: int) -> bool:
    return ComputedTrait.objects.filter(workspace_id=workspace).exists()


def worked_out(scope: Scope, customers: Iterable[int]) -> dict[int, dict[str, Worked]]:
    """Each customer's computed traits by name; not known ones too. The caller knows that the customers may be seen."""
    wanted = list(customers)
    traits = list(ComputedTrait.objects.filter(workspace_id=scope.workspace))
    if not traits or not wanted:
        return {customer: {} for customer in wanted}
    currency = Workspace.objects.values_list("currency", flat=True).get(pk=scope.workspace)
    rows = warehouse().select(
        scope,
        "select customer, trait, value from computed where $workspace and version in {versions:Array(UInt64)} "
        "and (trait, version) in arrayZip({traits:Array(UInt32)}, {versions:Array(UInt64)}) and customer in {customers:Array(UInt64)}",
        {"versions": [one.version for one in traits], "traits": [one.pk for one in traits], "customers": wanted},
    )
    found = {(int(customer), int(trait)): str(value) for customer, trait, value in rows}
    kinds = [(trait, trait.measure, trait.column.otherwise) for trait in traits]
    return {
        customer: {
            trait.name: _worked(found.get((customer, trait.pk), otherwise), measure, currency)
            for trait, measure, otherwise in kinds
        }
        for customer in wanted
    }


def _worked(text: str, definition: Definition, currency: str) -> Worked:
    value = parsed(text, definition)
    return Worked(value.isoformat() if isinstance(value, date) else value, told(value, definition, currency))


@dataclass(frozen=True)
class Listed:
    trait: ComputedTrait
    formula: str


def listed(workspace: Workspace) -> list[Listed]:
    touchpoints = dict(Touchpoint.objects.filter(workspace=workspace).values_list("pk", "name"))
    return [
        Listed(trait, formula(trait.measure, touchpoints, workspace.currency))
        for trait in ComputedTrait.objects.filter(workspace=workspace)
    ]


@dataclass(frozen=True)
class Preview:
    """What a definition comes out at now: how many customers have one, of how many, and what they have."""

    formula: str
    number: int
    total: int
    #: Lowest, middle and highest, or none for texts.
    spread: tuple[str, str, str] | None
    #: For texts and lists: the commonest, with how many have it.
    commonest: tuple[tuple[str, int], ...]


def preview(workspace: Workspace, definition: Definition, *, now: datetime) -> Preview:
    scope, on = Scope(workspace.pk), Ground.of(workspace, now)
    statement = compile([(0, definition)], on)
    words = formula(definition, on.touchpoints, workspace.currency)
    ((total,),) = warehouse().select(
        scope, "select count() from people final where $workspace and profile = customer and not is_account"
    )
    kind = type_of(definition)
    if kind in (Type.LIST, Type.TEXT):
        number, commonest = _commonest(scope, statement, kind)
        shown = tuple((channel_title(text) if "channel" in definition.kind else text, of) for text, of in commonest)
        return Preview(words, number, int(total), None, shown)
    value = "toInt32(toDate32(value))" if kind is Type.DATE else "toFloat64(value)"
    ((number, *three),) = warehouse().select(
        scope,
        f"select count(), min(it), quantileExactLow(0.5)(it), max(it) from (select {value} as it from ({statement.sql}))",
        statement.values,
    )
    if not number:
        return Preview(words, 0, int(total), None, ())
    values = [_EPOCH + timedelta(days=int(one)) if kind is Type.DATE else float(one) for one in three]
    low, middle, high = (told(one, definition, workspace.currency) for one in values)
    return Preview(words, int(number), int(total), (low, middle, high), ())


def basis_of(workspace: int, ground: Ground) -> str:
    """What values follow from, in short: the day, the ledger, whose profiles are whose, and names. Asked before they are worked out."""
    batch = Batch.objects.filter(workspace_id=workspace).exclude(done=None).aggregate(newest=Max("pk"))["newest"]
    ((rows, people, mirrored),) = warehouse().select(
        Scope(workspace),
        "select (select count() from ledger where $workspace), count(), max(version) from people where $workspace",
    )
    names = hashlib.blake2b(repr(ground.touchpoints).encode(), digest_size=8).hexdigest()
    return f"{ground.today} {ground.zone} {ground.currency} {names} {batch or 0} {rows} {people} {mirrored}"


def versions(workspace: int) -> set[int]:
    """Those that have rows, in force or not."""
    rows = warehouse().select(Scope(workspace), "select distinct version from computed where $workspace")
    return {int(version) for (version,) in rows}


def said_by_sources(workspace: int, name: str) -> str:
    """The trait that a source has said of somebody and that is called so, in whatever case; else nothing."""
    rows = warehouse().select(
        Scope(workspace),
        "select name from (select arrayJoin(mapKeys(traits)) as name from people where $workspace) "
        "where lowerUTF8(name) = lowerUTF8({name:String}) limit 1",
        {"name": name},
    )
    return str(rows[0][0]) if rows else ""


def _commonest(scope: Scope, statement: Statement, kind: Type) -> tuple[int, list[tuple[str, int]]]:
    each = "arrayJoin(JSONExtract(value, 'Array(String)'))" if kind is Type.LIST else "value"
    ((number, found),) = warehouse().select(
        scope,
        f"with worked as ({statement.sql}) select (select count() from worked), toJSONString(groupArray((it, of))) from "
        f"(select {each} as it, count() as of from worked group by it order by of desc, it limit {_COMMONEST})",
        statement.values,
    )
    return int(number), [(str(text), int(of)) for text, of in json.loads(found)]
