from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from regard.listening.planner.models import Plan


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    """Its `said` is what the usual rate is known from."""

    class Meta:
        model = Plan
        fields = ["rate", "trait"]

    def __init__(self, *args: Any, said: str, traits: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["rate"].help_text = said
        self.fields["trait"] = forms.ChoiceField(
            label=self.fields["trait"].label, required=False, choices=[("", "–"), *((name, name) for name in traits)],
            help_text=_("Shows which of its groups have answers enough."),
        )  # fmt: skip
