from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.listening.surveys.definition import BadSurvey, Survey
from regard.listening.surveys.models import Survey as SurveyModel
from regard.listening.surveys.text import from_text


class SurveyNameForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SurveyModel
        fields = ["name", "colour"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["colour"].help_text = _("Of buttons and what is chosen, such as #0d5c63.")

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).strip().lower()

    def _get_validation_exclusions(self) -> set[str]:
        """The name is checked against the workspace's others."""
        return set(super()._get_validation_exclusions()) - {"workspace", "retired"}  # type: ignore[misc]


class SurveyForm(SurveyNameForm):
    text = forms.CharField(
        label=_("What is asked"), widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "code"}), max_length=400_000,
        help_text=_("YAML: pages of questions, in every language. It can be kept in git and pasted back."),
    )  # fmt: skip

    content: Survey

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            self.content = from_text(text)
        except BadSurvey as problem:
            raise forms.ValidationError(str(problem)) from None
        return text
