from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.warehouse.scope import Scope
from regard.workspace.units.models import Branch, branches


def within(scope: Scope) -> list[Branch]:
    """The units a reader may see, in tree order."""
    return [branch for branch in branches(scope.workspace) if scope.sees(branch.id)]


def unit_choices(shown: Iterable[Branch]) -> list[tuple[int, str]]:
    return [(branch.id, "\u00a0\u00a0\u00a0" * branch.depth + branch.name) for branch in shown]


class UnitField(forms.TypedChoiceField):
    """One of the units that the reader may see."""

    def __init__(self, scope: Scope, *, help_text: str = "") -> None:
        choices = unit_choices(within(scope))
        super().__init__(coerce=int, choices=choices, label=_("Unit"), help_text=help_text)


class UnitsField(forms.TypedMultipleChoiceField):
    """One or more of the units that the reader may see."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(
            coerce=int,
            choices=unit_choices(within(scope)),
            label=_("Units"),
            widget=forms.CheckboxSelectMultiple,
            help_text=_("They see these units and everything below them."),
        )
