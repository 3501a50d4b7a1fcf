"""The board: initiatives by how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Min, Q

from regard.governance.initiatives.models import Initiative, Stage, newest
from regard.governance.initiatives.shown import Shown, best
from regard.workspace.workspaces.models import Workspace


@dataclass(frozen=True)
class Card:
    """`due`: of its first task that is not done."""

    initiative: Initiative
    told: Shown | None
    tasks: int
    done: int
    due: date | None
    late: bool

    @property
    def worked(self) -> bool:
        return self.told is not None and self.told.told and not self.told.value.startswith("\u2212")


@dataclass(frozen=True)
class Column:
    label: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Board:
    columns: tuple[Column, ...]
    dropped: tuple[Card, ...]

    @property
    def cards(self) -> tuple[Card, ...]:
        return tuple(card for column in self.columns for card in column.cards) + self.dropped


def board(workspace: Workspace, *, today: date) -> Board:
    open_ = Q(tasks__done=None)
    found = Initiative.objects.filter(workspace=workspace).select_related("owner__user", "workspace").annotate(
        task_count=Count("tasks"), done_count=Count("tasks", filter=~open_), next_due=Min("tasks__due", filter=open_)
    ).order_by(F("next_due").asc(nulls_last=True), "-pk")  # fmt: skip
    by_stage: dict[str, list[Card]] = {}
    measured = newest(Initiative.objects.filter(workspace=workspace))
    for one in found:
        told = best(one, measured[one.pk]) if one.pk in measured else None
        late = one.next_due is not None and one.next_due < today
        by_stage.setdefault(one.stage, []).append(Card(one, told, one.task_count, one.done_count, one.next_due, late))
    columns = tuple(
        Column(str(label), tuple(by_stage.get(value, ()))) for value, label in Stage.choices if value != Stage.DROPPED
    )
    return Board(columns, tuple(by_stage.get(Stage.DROPPED, ())))
