from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regard.loyalty.offers.models import Offer
from regard.loyalty.offers.words import KNOWN, LANGUAGES
from regard.outreach.messages.piped import holes

_MOST_CODES = 100_000


class OfferForm(forms.ModelForm):  # type: ignore[type-arg]
    codes = forms.CharField(
        label=_("Codes of their own"), required=False, max_length=9_000_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. Each is given once; those that are there already stay."),
    )  # fmt: skip

    class Meta:
        model = Offer
        fields = ["name", "cost", "code", "days", "most", "budget"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for language, name in LANGUAGES.items():
            self.fields[f"text-{language}"] = forms.CharField(
                label=name, required=False, max_length=4_000, initial=self.instance.texts.get(language, ""),
                widget=forms.Textarea(attrs={"rows": 3, "lang": language, "dir": "auto"}),
            )  # fmt: skip

    @property
    def texts(self) -> list[forms.BoundField]:
        return [self[f"text-{language}"] for language in LANGUAGES]

    def clean_codes(self) -> list[str]:
        lines = list(dict.fromkeys(filter(None, (line.strip() for line in self.cleaned_data["codes"].splitlines()))))
        if too_long := next((line for line in lines if len(line) > 80), ""):
            raise ValidationError(gettext("“%(code)s…” is longer than 80 letters.") % {"code": too_long[:30]})
        if len(lines) > _MOST_CODES:
            raise ValidationError(gettext("Paste at most %(n)s codes at once.") % {"n": _MOST_CODES})
        return lines

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        written = {language: given.get(f"text-{language}", "").strip() for language in LANGUAGES}
        if not any(written.values()):
            self.add_error("text-en", gettext("Say in at least one language what the customer gets."))
        for language, text in written.items():
            if unknown := holes(text, KNOWN):
                said = gettext("Nothing can stand for {{ %(name)s }}. Known are: %(known)s.") % {"name": unknown[0], "known": ", ".join(KNOWN)}
                self.add_error(f"text-{language}", said)
        if given.get("code") and given.get("codes"):
            self.add_error("codes", gettext("Either one code for all or codes of their own."))
        self.instance.texts = {language: text for language, text in written.items() if text}
        return given

    def _get_validation_exclusions(self) -> set[str]:
        """The name is checked against the workspace's others."""
        return set(super()._get_validation_exclusions()) - {"workspace", "retired"}  # type: ignore[misc]
