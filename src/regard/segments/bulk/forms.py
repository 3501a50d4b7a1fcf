from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.customers.traits.forms import NamedForm
from regard.segments.models import Segment
from regard.workspace.workspaces.models import Workspace


class ListForm(forms.Form):
    """One of the lists there are, or a new one."""

    segment = forms.ModelChoiceField(
        Segment.objects.none(), required=False, label=gettext_lazy("List"), empty_label=gettext_lazy("a new list")
    )
    name = forms.CharField(label=gettext_lazy("Name of the new list"), max_length=120, required=False)

    def __init__(self, *args: Any, workspace: Workspace, may_make: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self._workspace, self._may_make = workspace, may_make
        field = self.fields["segment"]
        field.queryset = Segment.objects.filter(workspace=workspace, retired=None, definition__isnull=True)  # type: ignore[attr-defined]
        if not may_make:
            self.fields.pop("name")
            field.required = True
            field.empty_label = None  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("segment") or "segment" in self.errors:
            return given
        name = given.get("name", "").strip()
        if not name:
            self.add_error("name" if "name" in self.fields else "segment", _("Choose a list or name a new one."))
        elif Segment.objects.filter(workspace=self._workspace, retired=None, name__iexact=name).exists():
            self.add_error("name", _("There is already a segment of this name."))
        return given

    def chosen(self, *, actor: str) -> Segment:
        """The list, made when it is a new one."""
        found: Segment | None = self.cleaned_data.get("segment")
        if found is None:
            found = Segment(workspace=self._workspace, name=self.cleaned_data["name"].strip())
            found.keep(actor=actor)
        return found


class TraitForm(NamedForm):
    value = forms.CharField(
        label=gettext_lazy("Value"), max_length=1_000, required=False, help_text=gettext_lazy("Left empty, the trait is taken away.")
    )  # fmt: skip
