from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.listening.look.logo import logo
from regard.listening.look.models import Look
from regard.listening.look.worn import forget
from regard.listening.pictures import NoPicture


class LookForm(forms.ModelForm):  # type: ignore[type-arg]
    picture = forms.FileField(
        label=_("Logo"), required=False, widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP. It is made small enough for every page; what shows through stays so."),
    )  # fmt: skip
    drop = forms.BooleanField(label=_("Without a logo, with the name"), required=False)

    class Meta:
        model = Look
        fields = ["picture", "drop", "colour", "font"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["colour"].help_text = _("Of buttons and what is chosen, such as #0d5c63. A survey can have one of its own.")
        if not self.instance.logo:
            del self.fields["drop"]

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).strip().lower()

    def clean_picture(self) -> Any:
        if (given := self.cleaned_data["picture"]) is None:
            return None
        try:
            return logo(given)
        except NoPicture:
            raise forms.ValidationError(_("This file cannot be read as a picture: choose a PNG, JPEG or WebP.")) from None

    def save(self, commit: bool = True) -> Look:
        look: Look = super().save(commit=False)
        if (made := self.cleaned_data["picture"]) is not None:
            look.logo, look.width, look.height = made.png, made.width, made.height
        elif self.cleaned_data.get("drop"):
            look.logo, look.width, look.height = None, 0, 0
        if commit:
            look.save()
            forget()
        return look
