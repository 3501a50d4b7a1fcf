"""What kind of value each trait of the demo company's customers has."""

from __future__ import annotations

from regard.customers.traits.enter import enter
from regard.customers.traits.models import Trait
from regard.demo.places import REGIONS
from regard.demo.population import AGES, PLANS
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
