"""The units of Halcyon Mobile: regions, their stores and contact centres."""

from __future__ import annotations

from dataclasses import dataclass

from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace


@dataclass(frozen=True)
class Region:
    name: str
    share: float  # of customers
    stores: tuple[str, ...]
    centre: str


REGIONS = (
    Region("Nord", 0.17, ("Lille Grand-Place", "Roubaix", "Amiens"), "Lille contact centre"),
    Region("Ouest", 0.18, ("Nantes Commerce", "Rennes", "Brest"), "Nantes contact centre"),
    Region("Rhône-Alpes", 0.17, ("Lyon Part-Dieu", "Lyon Bellecour", "Grenoble"), "Lyon contact centre"),
    Region("Sud", 0.17, ("Marseille Vieux-Port", "Nice", "Toulouse", "Montpellier"), "Marseille contact centre"),
    Region("Île-de-France", 0.20, ("Paris République", "Paris Opéra", "Versailles"), "Paris contact centre"),
    Region("Est", 0.11, ("Strasbourg", "Nancy", "Reims"), "Strasbourg contact centre"),
)


def make_units(workspace: Workspace) -> None:
    """The tree: company → regions → stores and contact centres. What is there already stays."""
    known = {name.casefold() for name in Unit.objects.filter(workspace=workspace).values_list("name", flat=True)}
    for region in REGIONS:
        if region.name.casefold() in known:
            continue
        parent = Unit.objects.create(workspace=workspace, parent=workspace.root, name=region.name)
        Unit.objects.bulk_create(
            [Unit(workspace=workspace, parent=parent, name=name) for name in (*region.stores, region.centre)]
        )
