"""Names become ids: touchpoints by the catalogue, units by the tree."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.ledger.record.columns import ROWS
from regard.ledger.touchpoints.models import Touchpoint
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

#: A file that names more units than this has the wrong column chosen as unit.
MOST_NEW_UNITS = 2_000


def place_touchpoints(rows: pa.Table, mapped: np.ndarray, workspace: int) -> tuple[pa.Table, np.ndarray]:
    """Touchpoints given by name. A name that the catalogue does not know stays on the row as its event, unmapped."""
    names = rows.column("touchpoint").combine_chunks().dictionary_encode()
    if not len(names.dictionary):
        return rows, mapped
    catalogue = dict(Touchpoint.objects.filter(workspace_id=workspace).values_list("name", "id"))
    ids = {name.casefold(): id for name, id in catalogue.items()}
    found = _by_code(names, ids)
    unknown = pc.and_(pc.is_valid(rows.column("touchpoint")), pa.array(found == 0))
    event = pc.if_else(unknown, pc.coalesce(rows.column("event"), rows.column("touchpoint")), rows.column("event"))
    rows = rows.set_column(ROWS.get_field_index("event"), ROWS.field("event"), event)
    return rows, np.where(found > 0, found, mapped)


def place_units(rows: pa.Table, touchpoints: np.ndarray, workspace: int) -> tuple[np.ndarray, np.ndarray]:
    """For each row the unit where it happened, else the owner of its touchpoint, else the root; and whether it was said.

    Units that nobody has heard of are made, below the root: what a file says of its places is knowledge too.
    """
    names = rows.column("unit").combine_chunks().dictionary_encode()
    root = Workspace.objects.get(pk=workspace).root.pk
    ids: dict[str, int] = {}
    if len(names.dictionary):
        ids = _units(workspace, root, [name for name in names.dictionary.to_pylist() if name.strip()])
    said = _by_code(names, ids)
    owners = dict(Touchpoint.objects.filter(workspace_id=workspace, owner__isnull=False).values_list("id", "owner_id"))
    if not owners:
        owned = np.full(len(touchpoints), root, np.uint32)
    else:
        unique, inverse = np.unique(touchpoints, return_inverse=True)
        owned = np.array([owners.get(int(touchpoint), root) for touchpoint in unique], np.uint32)[inverse]
    return np.where(said > 0, said, owned).astype(np.uint32), said > 0


def _by_code(names: pa.DictionaryArray, ids: dict[str, int]) -> np.ndarray:
    lookup = np.array([ids.get(name.strip().casefold(), 0) for name in names.dictionary.to_pylist()] + [0], np.uint32)
    codes = pc.fill_null(names.indices, len(lookup) - 1).to_numpy(zero_copy_only=False)
    found: np.ndarray = lookup[codes]
    return found


def _units(workspace: int, root: int, wanted: Iterable[str]) -> dict[str, int]:
    known = {name.casefold(): id for name, id in Unit.objects.filter(workspace_id=workspace).values_list("name", "id")}
    new = {name.strip().casefold(): name.strip()[:120] for name in wanted if name.strip().casefold() not in known}
    if new:
        room = max(0, MOST_NEW_UNITS - len(known))
        made = [Unit(workspace_id=workspace, parent_id=root, name=name) for name in list(new.values())[:room]]
        Unit.objects.bulk_create(made, ignore_conflicts=True)
        known = {
            name.casefold(): id for name, id in Unit.objects.filter(workspace_id=workspace).values_list("name", "id")
        }
    return known
