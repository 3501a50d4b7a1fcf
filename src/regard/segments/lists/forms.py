from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regard.customers.identity.names import titled
from regard.segments.lists.pasted import Pasted, decoded, read_pasted

#: So many are looked up at once; larger lists come by a segment or an import.
MOST = 20_000
_BIGGEST = 5_000_000


class PasteForm(forms.Form):
    identifiers = forms.CharField(
        label=gettext_lazy("What they are known by"),
        widget=forms.Textarea(attrs={"rows": 10, "placeholder": "ines@example.org\n+33 6 12 34 56 78\nC-1042"}),
        max_length=1_000_000,
        required=False,
        help_text=gettext_lazy("One on each line, or a table with titles: the column “email”, “phone” or another kind counts, else the first."),
    )  # fmt: skip
    file = forms.FileField(label=gettext_lazy("Or a CSV file"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)

    def __init__(self, *args: Any, kinds: Iterable[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self._kinds = tuple(kinds)
        choices = [("", _("any kind")), *((kind, titled(kind)) for kind in self._kinds)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > _BIGGEST:
            raise forms.ValidationError(_("This file is larger than 5 MB. Split it and upload the parts."))
        return file

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        parts = [given["identifiers"]] + ([decoded(given["file"].read())] if given["file"] else [])
        read = [read_pasted(part, self._kinds) for part in parts if part.strip()]
        number = sum(len(one.values) for one in read)
        if not number:
            raise forms.ValidationError(_("Give at least one identifier, or a file."))
        if number > MOST:
            told = ngettext("At most %(n)s at a time.", "At most %(n)s at a time.", MOST) % {"n": f"{MOST:,}"}
            raise forms.ValidationError(told)
        return given | {"read": [Pasted(one.values, given["kind"] or one.kind) for one in read]}
