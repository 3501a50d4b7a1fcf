from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regard.care.cases.models import Case
from regard.care.queues.models import Priority, Queue
from regard.ledger.touchpoints.models import Touchpoint
from regard.warehouse.scope import Scope
from regard.workspace.units.field import UnitField


def _priorities(workspace: int) -> list[tuple[int, str]]:
    """With 0 where a queue says how value and scores raise it."""
    found = [(value, str(label)) for value, label in Priority.choices]
    queues = Queue.objects.filter(workspace=workspace, retired=None)
    return [(0, gettext("as value and score say")), *found] if any(one.weighs for one in queues) else found


class CaseForm(forms.ModelForm):  # type: ignore[type-arg]
    """A case opened by hand."""

    words = forms.CharField(
        label=_("What happened"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In the customer’s words, where you have them."),
    )  # fmt: skip
    mine = forms.BooleanField(label=_("I take it"), required=False, initial=True)

    class Meta:
        model = Case
        fields = ["title", "queue", "touchpoint"]

    field_order = ("title", "words", "queue", "priority", "unit", "touchpoint", "mine")

    def __init__(self, *args: Any, scope: Scope, unit: int | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["unit"] = UnitField(scope, help_text=gettext("Whose matter it is."))
        self.initial["unit"] = unit
        offered = _priorities(scope.workspace)
        self.fields["priority"] = forms.TypedChoiceField(label=_("Priority"), choices=offered, coerce=int)
        self.initial["priority"] = 0 if 0 in dict(offered) else Priority.NORMAL
        queue, touchpoint = self.fields["queue"], self.fields["touchpoint"]
        assert isinstance(queue, forms.ModelChoiceField) and isinstance(touchpoint, forms.ModelChoiceField)
        queue.queryset = Queue.objects.filter(workspace=scope.workspace, retired=None)
        queue.empty_label = None
        touchpoint.queryset = Touchpoint.objects.filter(workspace=scope.workspace, retired=None).order_by("name")
        touchpoint.empty_label = str(_("none in particular"))
        self.order_fields(self.field_order)
