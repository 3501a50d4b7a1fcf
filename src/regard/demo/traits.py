"""What kind of value each trait of the demo company's customers has, and what is worked out of what they did."""

from __future__ import annotations

from datetime import datetime

from regard.customers.traits.enter import enter
from regard.customers.traits.models import Trait
from regard.demo.places import REGIONS
from regard.demo.population import AGES, PLANS
from regard.segments.computed.definition import read
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.save import save
from regard.workspace.workspaces.models import Workspace

_CHOICE, _DATE = Trait.Kind.CHOICE, Trait.Kind.DATE


def enter_traits(workspace: Workspace, *, by: str) -> None:
    for name, title, kind, options in (
        ("plan", "Plan", _CHOICE, PLANS),
        ("age_group", "Age", _CHOICE, AGES),
        ("region", "Region", _CHOICE, [region.name for region in REGIONS]),
        ("customer_since", "Customer since", _DATE, ()),
        ("status", "Status", _CHOICE, ("active", "left")),
        ("language", "Language", Trait.Kind.TEXT, ()),
    ):
        enter(Trait(workspace=workspace, name=name, title=title, kind=kind, options=list(options)), by=by)


COMPUTED = {
    "Contacts in 90 days": {"kind": "number", "days": 90},
    "Days since the last contact": {"kind": "days since"},
    "Last NPS": {"kind": "last score", "metric": "nps"},
    "Spent in 12 months": {"kind": "sum", "days": 365},
    "Touchpoints used": {"kind": "touchpoints"},
}


def enter_computed(workspace: Workspace, *, by: str, now: datetime) -> None:
    """Once what happened is in the ledger. Those that are there stay."""
    known = set(ComputedTrait.objects.filter(workspace=workspace).values_list("name", flat=True))
    for name, definition in COMPUTED.items():
        if name not in known:
            save(ComputedTrait(workspace=workspace), read(definition), name=name, actor=by, now=now)
