from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.warehouse.scope import Scope
from regard.workspace.units.field import unit_choices, within
from regard.workspace.units.models import Unit


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name and place. The root keeps its place; nothing is moved out of the reader's sight."""

    class Meta:
        model = Unit
        fields = ["name"]

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.workspace_id = scope.workspace
        if self.instance.pk and self.instance.parent_id is None:
            return
        shown = [branch for branch in within(scope) if self.instance.pk not in branch.path]
        self.fields["parent"] = forms.TypedChoiceField(
            coerce=int, choices=unit_choices(shown), label=_("Part of"), initial=self.instance.parent_id
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if parent := given.get("parent"):
            self.instance.parent_id = parent
        return given

    def _get_validation_exclusions(self) -> set[str]:
        return set(super()._get_validation_exclusions()) - {"workspace", "parent"}  # type: ignore[misc]
