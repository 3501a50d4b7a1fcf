from __future__ import annotations

from django import forms

from regard.workspace.members.models import Member


def offer_colleagues(field: forms.Field, workspace: int, *, nobody: str = "–") -> None:
    """Whoever works here may be chosen."""
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = Member.objects.filter(workspace=workspace, left=None).select_related("user")
    field.empty_label = nobody
