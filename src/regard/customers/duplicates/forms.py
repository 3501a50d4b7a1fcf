from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.customers.duplicates.fields import MOST, Field, How, titled
from regard.customers.duplicates.guessing import Found
from regard.customers.duplicates.models import DuplicateSettings


class ScheduleForm(forms.Form):
    threshold = forms.FloatField(
        label=gettext_lazy("Propose pairs from this probability on, in %"), min_value=1, max_value=99.9,
        help_text=gettext_lazy("50 shows every pair that is likelier one person than two."),
    )  # fmt: skip
    every = forms.ChoiceField(label=gettext_lazy("Search"), choices=DuplicateSettings.Every.choices)


class AcceptForm(forms.Form):
    threshold = forms.FloatField(
        label=gettext_lazy("Accept pairs from this probability on, in %"), min_value=50, max_value=100, initial=99
    )


@dataclass(frozen=True)
class Choice:
    """Something that could be compared, and how it is."""

    number: int
    source: str
    share: float | None
    how: str  # empty: not

    @property
    def title(self) -> str:
        return titled(self.source)

    @property
    def percent(self) -> float | None:
        return None if self.share is None else 100 * self.share


def choices(found: list[Found], kept: list[Field]) -> list[Choice]:
    """What there is, with what was chosen; what was guessed where nothing was chosen."""
    chosen = {field.source: field.how.value for field in kept}
    shares = {one.source: one for one in found}
    sources = [*chosen, *(source for source in shares if source not in chosen)]
    return [
        Choice(
            number,
            source,
            shares[source].share if source in shares else None,
            chosen.get(source, "") if kept else (shares[source].how or ""),
        )
        for number, source in enumerate(sources)
    ]


def taken(post: Mapping[str, str], offered: list[Choice]) -> tuple[list[Field], str]:
    """The fields chosen on the page, and what is wrong with them."""
    found = []
    for choice in offered:
        how = post.get(f"how-{choice.number}", "")
        if post.get(f"source-{choice.number}") == choice.source and how in list(How):
            found.append(Field(choice.source, How(how)))
    if len(found) < 2:
        return found, _("Compare at least two fields: one alone tells too little.")
    if len(found) > MOST:
        return found, _("Compare at most %(n)d fields.") % {"n": MOST}
    if all(field.how == How.EXACT for field in found):
        return found, _(
            "At least one field must be compared by more than its exact value: a name, a date, a number, an address."
        )
    return found, ""
